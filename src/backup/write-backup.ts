/**
 * Makes a backup, also beside a running server. What speaks of the log (signed checkpoints, places of consumers) is copied before
 * the log's end is looked at, so it is never ahead of it; files before and after, so none that a record names is missing.
 */
import type { KeyObject } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { unless } from '../errors.ts';
import { archiveFolder, archivesIn, coverage, type KeptArchive } from '../log/archive/archives.ts';
import { MANIFEST } from '../log/archive/manifest.ts';
import type { BlobStore } from '../log/blob-store.ts';
import { copyFile, digestOfFile, writeFrom } from '../log/file-copy.ts';
import { copyLog } from '../log/generation/copy-log.ts';
import type { Log } from '../log/log.ts';
import { notAtHand } from '../log/log-failures.ts';
import type { OutsideConsumerAdmin } from '../log/outside-consumers.ts';
import type { OutsideScope } from '../log/outside-subjects.ts';
import { type Backup, DATA, type KeptBackup, PARTS, writeBackupManifest } from './backup.ts';

export interface WriteBackup {
  /** Empty, or not there. */
  readonly folder: string;
  readonly log: Log;
  readonly store: BlobStore;
  readonly dataDir: string;
  readonly archiveDir: string;
  /** Those that are granted, and who knows where they are. */
  readonly grants: readonly OutsideScope[];
  readonly consumers: Pick<OutsideConsumerAdmin, 'progress'>;
  /** False: archived generations, which never change, are kept elsewhere. */
  readonly withArchives: boolean;
  /** Signs the part of the log. */
  readonly key?: KeyObject | undefined;
  /** RFC 3339. */
  readonly time: string;
  readonly progress?: (what: 'records' | 'files' | 'archives', done: number, total: number) => void;
}

/**
 * Throws as `log.read` does, and `momentUnavailable` when an archive of the log is not at hand. A file that was added and removed
 * again meanwhile may be missing.
 */
export async function writeBackup(options: WriteBackup): Promise<KeptBackup> {
  const { folder, log, time, key, archiveDir, progress } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = await copyData(options);
  const consumers = await placesOf(options);
  const early = await copyFiles(options, new Set());
  const copied = await copyLog({
    ...{ log, folder: join(folder, PARTS.log), archiveFolder: archiveDir, key, time },
    progress: (done, total) => progress?.('records', done, total),
  });
  const files = await copyFiles(options, early);
  const { number: generation, seam } = log.generation;
  const archives = await copyArchives(options);
  return writeBackupManifest(folder, {
    ...{ log: log.id, generation, seam, last: copied?.manifest.last ?? seam, time },
    ...{ records: copied?.sha256 ?? null, archives, files: [...files].sort(), data, consumers },
  });
}

async function copyData({ dataDir, folder }: WriteBackup): Promise<Backup['data']> {
  const data: Backup['data'][number][] = [];
  for (const name of (await Promise.all(DATA.map((one) => filesAt(dataDir, one)))).flat()) {
    const to = join(folder, PARTS.data, name);
    const sha256 = (await copyFile(join(dataDir, name), to)) ? await digestOfFile(to) : undefined;
    if (sha256 !== undefined) data.push({ name, sha256 });
  }
  return data;
}

/** The file of that name or, of a folder, all below it, as paths from `above`; none where there is nothing. */
async function filesAt(above: string, name: string): Promise<readonly string[]> {
  const options = { recursive: true, withFileTypes: true } as const;
  const below = await readdir(join(above, name), options).catch(unless('ENOENT', 'ENOTDIR'));
  if (below === undefined) return [name];
  return below
    .filter((one) => one.isFile() && !one.name.endsWith('.new'))
    .map((one) => relative(above, join(one.parentPath, one.name)));
}

async function placesOf({ grants, consumers }: WriteBackup): Promise<Backup['consumers']> {
  const places: Backup['consumers'][number][] = [];
  for (const { tenant, name, kinds } of grants) {
    const now = await consumers.progress({ tenant, name, kinds });
    if (now !== undefined)
      places.push({ tenant, name, kinds: [...kinds], inFlight: now.inFlight, after: now.acknowledged });
  }
  return places;
}

/** Those that are there now and were not copied before; all that are copied. */
async function copyFiles(
  { store, folder, progress }: WriteBackup,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const copied = new Set(before);
  const due = (await store.list()).filter((digest) => !before.has(digest));
  for (const [index, digest] of due.entries()) {
    if (await copyStored(store, digest, join(folder, PARTS.files, digest))) copied.add(digest);
    progress?.('files', index + 1, due.length);
  }
  return copied;
}

/** False for one that was removed meanwhile. */
async function copyStored(store: BlobStore, digest: string, to: string): Promise<boolean> {
  const source = await store.get(digest);
  if (source === undefined) return false;
  try {
    await writeFrom(to, source);
    return true;
  } catch (error) {
    if ((await store.get(digest)) === undefined) return false;
    throw error;
  }
}

async function copyArchives(options: WriteBackup): Promise<Backup['archives']> {
  const { log, folder, archiveDir, withArchives, progress } = options;
  const { seam } = log.generation;
  const archives = coverage(await archivesIn(archiveDir), { log: log.id, upTo: seam });
  const reached = archives.at(-1)?.manifest.last ?? 0;
  if (reached < seam) throw notAtHand(reached + 1, seam, archiveDir);
  for (const [index, archive] of archives.entries()) {
    if (!withArchives) break;
    await copyArchive(archive, join(folder, PARTS.archives));
    progress?.('archives', index + 1, archives.length);
  }
  return { manifests: archives.map(({ sha256 }) => sha256), areHere: withArchives };
}

/** Into a folder of its generation. What makes it an archive comes last. */
export async function copyArchive({ folder, manifest }: KeptArchive, above: string): Promise<void> {
  const to = archiveFolder(above, manifest.generation);
  const { records, subjects, genesis } = manifest;
  const files = [...records, subjects, ...(genesis === null ? [] : [genesis])].map(({ name }) => name);
  for (const name of [...files, MANIFEST]) await copyFile(join(folder, name), join(to, name));
}
