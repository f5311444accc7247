/** A copy of what is in the log and in no archive yet, as an archive of its own, also beside a running server. */
import type { KeyObject } from 'node:crypto';
import { LedgerlineError } from '../../errors.ts';
import { firstDifference } from '../archive/archive-check.ts';
import { writeRecords } from '../archive/archive-writer.ts';
import { archiveAt, type KeptArchive } from '../archive/archives.ts';
import { writeManifest } from '../archive/manifest.ts';
import type { Log } from '../log.ts';
import { archiveBefore } from './plan-next.ts';

export interface CopyLog {
  readonly log: Log;
  /** Whatever it holds is deleted first. */
  readonly folder: string;
  /** Where the archives of older generations are: the copy names the one before it, if it is there. */
  readonly archiveFolder: string;
  /** Signs the copy. */
  readonly key?: KeyObject | undefined;
  /** RFC 3339. */
  readonly time: string;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Proven against the log, record by record; undefined when there is nothing to copy. Throws as `log.read` does, and
 * `recordInvalid` for a copy that is not what the log holds.
 */
export async function copyLog(options: CopyLog): Promise<KeptArchive | undefined> {
  const { log, folder, archiveFolder, key, time, progress } = options;
  const { number: generation, seam } = log.generation;
  const last = await log.head();
  if (last === seam) return undefined;
  const range = { first: seam + 1, last };
  const files = await writeRecords({ log, folder, ...range, ...(progress === undefined ? {} : { progress }) });
  const previous = (await archiveBefore(log, archiveFolder).catch(() => undefined))?.sha256 ?? null;
  await writeManifest(folder, { ...files, genesis: null, log: log.id, generation, time, previous }, key);
  const archive = await archiveAt(folder);
  const position = archive === undefined ? range.first : await firstDifference(archive, log);
  if (position === undefined) return archive;
  throw new LedgerlineError('recordInvalid', `${folder} is not what the log holds at position ${position}`, {
    position,
  });
}
