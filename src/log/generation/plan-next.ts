/**
 * Prepares the next generation of the log without touching the one there is: archives it, proves the archive against it,
 * and writes the plan that the next opening of the log carries out. What an interrupted one left is made again.
 */
import type { KeyObject } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { LedgerlineError } from '../../errors.ts';
import type { Position } from '../../model/position.ts';
import { Archive } from '../archive/archive.ts';
import { checkArchive, describeProblem, firstDifference } from '../archive/archive-check.ts';
import { writeGenesis, writeRecords } from '../archive/archive-writer.ts';
import { archiveAt, archiveFolder, archivesIn, coverage, genesisOf, type KeptArchive } from '../archive/archives.ts';
import { writeManifest } from '../archive/manifest.ts';
import type { Log, StoredRecord } from '../log.ts';
import { notAtHand } from '../log-failures.ts';
import { type Plan, writePlan } from './plan.ts';
import type { Survey } from './survey.ts';

export type PrepareStep = 'archived' | 'signed' | 'proven' | 'planned';

export interface PrepareOptions {
  readonly log: Log;
  readonly archiveFolder: string;
  readonly planFile: string;
  readonly survey: Survey;
  /** Consumers outside, which go on after the seam. */
  readonly consumers: Plan['consumers'];
  /** Signs the archive. */
  readonly key?: KeyObject | undefined;
  /** RFC 3339. */
  readonly time: string;
  readonly progress?: (what: 'archiving' | 'checking', done: number, total: number) => void;
  /** Told after each step; what it throws ends the work there, as a crash would. */
  readonly reached?: (step: PrepareStep) => void;
}

/** The archive before the one to come: that of the last generation. Throws `momentUnavailable` when it is not at hand. */
export async function archiveBefore(
  { id, generation }: Pick<Log, 'id' | 'generation'>,
  folder: string,
): Promise<KeptArchive | undefined> {
  const { seam } = generation;
  if (seam === 0) return undefined;
  const before = coverage(await archivesIn(folder), { log: id, upTo: seam }).at(-1);
  if (before?.manifest.last === seam) return before;
  throw notAtHand(seam, seam, folder);
}

/** The finished archive. Throws `recordInvalid` when it does not pass its own check: then nothing is planned. */
export async function planNext(options: PrepareOptions): Promise<KeptArchive> {
  const { log, survey, progress, reached } = options;
  const before = await archiveBefore(log, options.archiveFolder);
  const folder = archiveFolder(options.archiveFolder, log.generation.number);
  const { first, last } = survey;
  await clear(folder, log);
  const written = await writeRecords({
    ...{ log, folder, first, last },
    progress: (done, total) => progress?.('archiving', done, total),
  });
  const genesis = await writeGenesis(folder, carried(before, new Archive(folder, written), survey));
  reached?.('archived');
  const { id, generation } = log;
  const content = { ...written, genesis, log: id, generation: generation.number, time: options.time };
  await writeManifest(folder, { ...content, previous: before?.sha256 ?? null }, options.key);
  reached?.('signed');
  const archive = await archiveAt(folder);
  if (archive === undefined) throw new LedgerlineError('recordInvalid', `${folder} is no archive`, { folder });
  await prove(options, archive, before);
  reached?.('proven');
  await writePlan(options.planFile, {
    ...{ log: id, generation: generation.number + 1, seam: last, archive: archive.sha256 },
    consumers: options.consumers,
  });
  reached?.('planned');
  return archive;
}

/** Makes room: what the log still holds may go; anything else somebody may need, and is moved aside. */
async function clear(folder: string, log: Log): Promise<void> {
  const there = await archiveAt(folder);
  if (there === undefined) return;
  const { log: id, last } = there.manifest;
  const held = id === log.id && last <= (await log.head()) && (await firstDifference(there, log)) === undefined;
  if (!held) await rename(folder, `${folder}.${there.sha256.slice(0, 8)}`);
}

/** Read back from the disk, it is whole, and record by record what the log holds. */
async function prove(
  { log, key, progress }: PrepareOptions,
  archive: KeptArchive,
  before: KeptArchive | undefined,
): Promise<void> {
  const told = (done: number, total: number) => progress?.('checking', done, total);
  const [problem] = await checkArchive(archive, { before, key, progress: told });
  if (problem !== undefined)
    throw new LedgerlineError('recordInvalid', `the archive is not whole: ${describeProblem(problem)}`, { ...problem });
  const position = await firstDifference(archive, log);
  if (position === undefined) return;
  const message = `${archive.folder} is not what the log holds at position ${position}`;
  throw new LedgerlineError('recordInvalid', message, { position });
}

async function* carried(
  before: KeptArchive | undefined,
  records: Archive,
  { carried: positions }: Survey,
): AsyncGenerator<readonly StoredRecord[], void> {
  const isCarried = ({ position }: { readonly position: Position }) => positions.has(position);
  if (before !== undefined)
    for await (const chunk of genesisOf(before.folder, before.manifest)) yield chunk.filter(isCarried);
  for await (const chunk of records.read({ after: records.first - 1, upTo: records.last }))
    yield chunk.filter(isCarried);
}
