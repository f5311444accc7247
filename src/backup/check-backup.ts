/** Whether a backup is what it says: every part at hand, every byte as it was written, and the whole one log. */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { checkArchive, describeProblem } from '../log/archive/archive-check.ts';
import { archiveAt, archiveFolder, type KeptArchive } from '../log/archive/archives.ts';
import { digestOfFile } from '../log/file-copy.ts';
import { type KeptBackup, PARTS } from './backup.ts';

export interface CheckBackup {
  /** Where archives are that the backup leaves out. */
  readonly archiveDir: string;
  /** With it the signatures of archives are checked. */
  readonly key?: KeyObject | undefined;
  readonly progress?: (done: number, total: number) => void;
}

/** What it is made of. */
export interface CheckedBackup {
  /** Archived generations, the first one's first. */
  readonly archives: readonly KeptArchive[];
  /** The part of the log; undefined where nothing was recorded after the seam. */
  readonly records: KeptArchive | undefined;
  /** One line each; empty when all is well. */
  readonly problems: readonly string[];
}

/** Reads all of it. */
export async function checkBackup(backup: KeptBackup, options: CheckBackup): Promise<CheckedBackup> {
  const problems = [...(await dataProblems(backup)), ...(await fileProblems(backup))];
  const archives: KeptArchive[] = [];
  const above = backup.archives.areHere ? join(backup.folder, PARTS.archives) : options.archiveDir;
  for (const [index, sha256] of backup.archives.manifests.entries()) {
    const folder = archiveFolder(above, index + 1);
    const archive = await archiveAt(folder);
    if (archive?.sha256 === sha256) archives.push(archive);
    else problems.push(archive === undefined ? `${folder}: it is not there` : `${folder}: it is another archive`);
  }
  const records = backup.records === null ? undefined : await archiveAt(join(backup.folder, PARTS.log));
  if ((records?.sha256 ?? null) !== backup.records)
    problems.push(`${join(backup.folder, PARTS.log)}: it is not what the backup was made with`);
  const generations = [...archives, ...(records === undefined ? [] : [records])];
  for (const [index, archive] of generations.entries()) {
    const { key, progress } = options;
    const done = archive.manifest.first - 1;
    const found = await checkArchive(archive, {
      ...{ before: generations[index - 1], key },
      progress: (more) => progress?.(done + more, backup.last),
    });
    problems.push(...found.map(describeProblem));
  }
  return { archives, records, problems };
}

async function dataProblems({ folder, data }: KeptBackup): Promise<readonly string[]> {
  const named = data.map(({ name, sha256 }) => ({ file: join(folder, PARTS.data, name), sha256 }));
  return (await Promise.all(named.map(problemOf))).flat();
}

async function fileProblems({ folder, files }: KeptBackup): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const sha256 of files) problems.push(...(await problemOf({ file: join(folder, PARTS.files, sha256), sha256 })));
  return problems;
}

async function problemOf({ file, sha256 }: { readonly file: string; readonly sha256: string }) {
  const found = await digestOfFile(file);
  if (found === sha256) return [];
  return [found === undefined ? `${file}: it is not there` : `${file}: its SHA-256 is ${found}, not ${sha256}`];
}
