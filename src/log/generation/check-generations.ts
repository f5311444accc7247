/**
 * Whether the generations of a log make one: every archive is at hand and whole, each goes on from the one before, and the
 * stream begins with exactly what the last archive says. What stands in the records is not looked at: that is `verify`'s.
 */
import type { KeyObject } from 'node:crypto';
import { messageOf } from '../../errors.ts';
import { type ArchiveProblem, checkArchive } from '../archive/archive-check.ts';
import { genesisOf, type KeptArchive } from '../archive/archives.ts';
import { oneByOne } from '../chunks.ts';
import type { StoredRecord } from '../log.ts';
import type { GenerationLog } from './generation-log.ts';

export interface CheckGenerations {
  readonly archiveFolder: string;
  /** With it signatures are checked. */
  readonly key?: KeyObject | undefined;
  readonly progress?: (done: number, total: number) => void;
}

/** Empty when all is well. */
export async function checkGenerations(
  log: GenerationLog,
  { archiveFolder, key, progress }: CheckGenerations,
): Promise<readonly ArchiveProblem[]> {
  const problems: ArchiveProblem[] = [];
  const { seam } = log.generation;
  let before: KeptArchive | undefined;
  for (const archive of log.archives) {
    const { first, last } = archive.manifest;
    if (first > (before?.manifest.last ?? 0) + 1) problems.push(missing(archiveFolder, before, first - 1));
    const told = (done: number) => progress?.(first - 1 + done, seam);
    problems.push(...(await checkArchive(archive, { before, key, progress: told })));
    before = archive;
    progress?.(last, seam);
  }
  if (before === undefined || before.manifest.last < seam) problems.push(missing(archiveFolder, before, seam));
  else problems.push(...(await copyProblem(log, before)));
  return problems;
}

function missing(file: string, before: KeptArchive | undefined, last: number): ArchiveProblem {
  return { file, first: (before?.manifest.last ?? 0) + 1, last, problem: 'these records are archived and not at hand' };
}

/** The first difference says enough. */
async function copyProblem(log: GenerationLog, archive: KeptArchive): Promise<readonly ArchiveProblem[]> {
  const { folder, manifest } = archive;
  const copies = oneByOne(log.copies(manifest.genesis?.lines ?? 0));
  try {
    for await (const chunk of genesisOf(folder, manifest))
      for (const due of chunk) {
        const copy = await copies.next();
        if (copy.done !== true && isCopy(copy.value, due)) continue;
        const place = { first: due.position, last: due.position };
        return [{ file: 'the stream', ...place, problem: 'the generation does not begin with what was archived' }];
      }
  } catch (error) {
    return [{ file: folder, problem: messageOf(error) }];
  }
  return [];
}

function isCopy(copy: StoredRecord, due: StoredRecord): boolean {
  return copy.subject === due.subject && Buffer.compare(copy.payload, due.payload) === 0;
}
