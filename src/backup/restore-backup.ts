/**
 * Makes an installation out of a backup, in an empty data folder and on a NATS server that holds no log: the same records at the
 * same positions. What was interrupted is finished by repeating it; until then a file in the data folder keeps servers from
 * starting on half of it.
 */
import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerlineError, unless } from '../errors.ts';
import { archiveAt, archiveFolder, genesisOf } from '../log/archive/archives.ts';
import type { BlobStore } from '../log/blob-store.ts';
import type { Connection } from '../log/connection.ts';
import { copyFile } from '../log/file-copy.ts';
import { type FillStep, fillStream, isFilling } from '../log/generation/fill-stream.ts';
import type { StoredRecord } from '../log/log.ts';
import type { OutsideConsumerAdmin } from '../log/outside-consumers.ts';
import { streamInfo } from '../log/stream.ts';
import { readWhole, syncFolder, writeWhole } from '../log/whole-file.ts';
import { type KeptBackup, PARTS } from './backup.ts';
import type { CheckedBackup } from './check-backup.ts';
import { copyArchive } from './write-backup.ts';

/** In the order in which they are reached. */
export type RestoreStep = 'laidOut' | FillStep | 'files' | 'consumers';

export interface LayOut {
  readonly backup: KeptBackup;
  readonly checked: CheckedBackup;
  readonly dataDir: string;
  readonly archiveDir: string;
  readonly progress?: RestoreProgress;
  /** Told after each step; what it throws ends the work there, as a crash would. */
  readonly reached?: (step: RestoreStep) => void;
}

export interface Restore extends LayOut {
  readonly connection: Connection;
  readonly store: BlobStore;
  readonly consumers: Pick<OutsideConsumerAdmin, 'begin'>;
  /** Servers of a cluster that keep a copy each. */
  readonly replicas: number;
}

export type RestoreProgress = (what: 'archives' | 'records' | 'files', done: number, total: number) => void;

const UNFINISHED = 'restoring.json';
const unfinishedSchema = z.object({
  /** SHA-256 of its manifest, and where it was. */
  backup: z.string(),
  folder: z.string(),
  /** The stream is this restore's own. */
  begun: z.literal(true).exactOptional(),
});

type Unfinished = z.infer<typeof unfinishedSchema>;

/** Throws `badConfiguration` where a restore was interrupted: half an installation must not be taken for a whole one. */
export async function assertRestored(dataDir: string): Promise<void> {
  const unfinished = await unfinishedIn(dataDir);
  if (unfinished === undefined) return;
  const message = `${dataDir} is half restored: repeat \`ledgerline restore ${unfinished.folder}\`, or delete it`;
  throw new LedgerlineError('badConfiguration', message, { folder: dataDir });
}

/**
 * What is needed before the NATS server is started: the small files and the archives. Throws `badConfiguration` for a data folder
 * that holds anything else than archives, and what an interrupted restore of the same backup left.
 */
export async function layOut(options: LayOut): Promise<void> {
  const { backup, checked, dataDir, archiveDir, progress, reached } = options;
  await assertFree(options);
  const { folder, data, sha256 } = backup;
  if ((await unfinishedIn(dataDir)) === undefined) await note(dataDir, { backup: sha256, folder });
  for (const { name } of data) await copyFile(join(folder, PARTS.data, name), join(dataDir, name));
  for (const [index, archive] of checked.archives.entries()) {
    const there = await archiveAt(archiveFolder(archiveDir, archive.manifest.generation));
    if (there?.sha256 !== archive.sha256) await copyArchive(archive, archiveDir);
    progress?.('archives', index + 1, checked.archives.length);
  }
  reached?.('laidOut');
}

/** Throws `badConfiguration` where the server holds a log that this restore did not begin. */
export async function assertNoLog({ connection, backup, dataDir }: Pick<Restore, 'connection' | 'backup' | 'dataDir'>) {
  const found = await streamInfo(connection);
  const unfinished = await unfinishedIn(dataDir);
  if (found !== undefined && unfinished?.begun !== true) throw occupied(backup.log);
  return found;
}

/** The rest. Throws `badConfiguration` where there is a log already, `unavailable` where repeating may help. */
export async function restore(options: Restore): Promise<void> {
  const { backup, dataDir, consumers, reached } = options;
  await restoreLog(options);
  await restoreFiles(options);
  reached?.('files');
  for (const { inFlight, after, ...scope } of backup.consumers) await consumers.begin(scope, { after, inFlight });
  reached?.('consumers');
  await rm(join(dataDir, UNFINISHED));
  await syncFolder(dataDir);
}

async function assertFree({ backup, dataDir, archiveDir }: LayOut): Promise<void> {
  const { sha256, folder } = backup;
  const unfinished = await unfinishedIn(dataDir);
  if (unfinished?.backup === sha256) return;
  const held = (await readdir(dataDir).catch(unless('ENOENT'))) ?? [];
  const problem =
    unfinished !== undefined
      ? `is half restored from another backup, ${unfinished.folder}`
      : held.some((name) => join(dataDir, name) !== archiveDir)
        ? 'is not empty'
        : undefined;
  if (problem === undefined) return;
  const message = `LEDGERLINE_DATA: ${dataDir} ${problem}: ${folder} is restored into an empty folder only`;
  throw new LedgerlineError('badConfiguration', message, { variable: 'LEDGERLINE_DATA' });
}

function note(dataDir: string, unfinished: Unfinished): Promise<void> {
  return writeWhole(join(dataDir, UNFINISHED), `${JSON.stringify(unfinished)}\n`);
}

async function unfinishedIn(dataDir: string): Promise<Unfinished | undefined> {
  const file = join(dataDir, UNFINISHED);
  const text = await readWhole(file);
  return text === undefined ? undefined : unfinishedSchema.parse(JSON.parse(text));
}

async function restoreLog(options: Restore): Promise<void> {
  const { connection, backup, checked, dataDir, replicas, progress, reached } = options;
  const { log, generation, seam, last } = backup;
  const found = await assertNoLog(options);
  if (found !== undefined && !isFilling(found)) return;
  await note(dataDir, { backup: backup.sha256, folder: backup.folder, begun: true });
  const copies = checked.archives.at(-1)?.manifest.genesis?.lines ?? 0;
  await fillStream(
    {
      ...{ connection, log, replicas, generation: { number: generation, seam }, first: seam - copies + 1, last },
      records: () => recordsOf(checked),
      progress: (done, total) => progress?.('records', done, total),
      ...(reached === undefined ? {} : { reached }),
    },
    found,
  );
}

/** As the stream held them: what its generation began with, then all that was recorded since. */
async function* recordsOf({ archives, records }: CheckedBackup): AsyncGenerator<readonly StoredRecord[], void> {
  const before = archives.at(-1);
  if (before !== undefined) yield* genesisOf(before.folder, before.manifest);
  if (records === undefined) return;
  const { first, last } = records.manifest;
  yield* records.records.read({ after: first - 1, upTo: last });
}

async function restoreFiles({ backup, store, progress }: Restore): Promise<void> {
  const { folder, files } = backup;
  const there = new Set(await store.list());
  for (const [index, digest] of files.entries()) {
    if (!there.has(digest)) {
      const received = await store.receive(createReadStream(join(folder, PARTS.files, digest)));
      await received.keep();
    }
    progress?.('files', index + 1, files.length);
  }
}

function occupied(log: string): LedgerlineError {
  const message = `the NATS server holds a log already: log ${log} is restored to a server without one`;
  return new LedgerlineError('badConfiguration', message, { log });
}
