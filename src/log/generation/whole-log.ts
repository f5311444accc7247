/** The log as everybody opens it: its stream and, once there is more than one generation, the archives before it. */
import { archivesIn } from '../archive/archives.ts';
import { type JetStreamLogOptions, openJetStreamLog } from '../jetstream-log.ts';
import type { Log } from '../log.ts';
import { GenerationLog } from './generation-log.ts';

/** Throws as `openJetStreamLog` does, and `recordInvalid` for an archive whose manifest cannot be read. */
export async function openWholeLog(options: JetStreamLogOptions, archiveFolder: string): Promise<Log> {
  const stream = await openJetStreamLog(options);
  if (stream.generation.seam === 0) return stream;
  try {
    return new GenerationLog(stream, await archivesIn(archiveFolder), archiveFolder);
  } catch (error) {
    await stream.close();
    throw error;
  }
}
