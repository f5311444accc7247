/**
 * Whether an archive is what its manifest says, file by file and line by line, and whether the generation after it began
 * with records it holds. What is wrong is named by file and, where that can be said, by position.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { isFailure, messageOf } from '../../errors.ts';
import type { Position } from '../../model/position.ts';
import { oneByOne } from '../chunks.ts';
import { hashOf } from '../codec.ts';
import { digestOfFile } from '../file-copy.ts';
import type { Log, StoredRecord } from '../log.ts';
import { genesisOf, type KeptArchive } from './archives.ts';
import { BLOCK_LINES, type BlockFile, readBlock, readLines } from './block-file.ts';
import { MANIFEST, signatureProblem } from './manifest.ts';
import { recordOf } from './record-line.ts';

export interface ArchiveProblem {
  /** Path of the file. */
  readonly file: string;
  /** Positions it concerns, both inclusive, where that is known. */
  readonly first?: Position;
  readonly last?: Position;
  readonly problem: string;
}

export interface CheckOptions {
  /** The archive of the generation before; absent for the first, and `elsewhere` when it is not at hand to be compared. */
  readonly before?: KeptArchive | 'elsewhere' | undefined;
  /** With it the signature is checked. */
  readonly key?: KeyObject | undefined;
  readonly progress?: (done: number, total: number) => void;
}

/** Empty when all is well. */
export async function checkArchive(
  archive: KeptArchive,
  options: CheckOptions = {},
): Promise<readonly ArchiveProblem[]> {
  const check = new ArchiveCheck(archive);
  check.manifest(options);
  await check.digests();
  await check.carried(options.before);
  await check.records(options.progress);
  await check.subjects();
  return check.problems;
}

/** The files alone, by their digests. Empty when they are what was written. */
export async function checkFiles(archive: KeptArchive): Promise<readonly ArchiveProblem[]> {
  const check = new ArchiveCheck(archive);
  await check.digests();
  return check.problems;
}

/** One line. */
export function describeProblem({ file, first, last, problem }: ArchiveProblem): string {
  const where = first === undefined ? '' : `, positions ${first} to ${last}`;
  return `${file}${where}: ${problem}`;
}

/** Position of the first record that is another one in the log, or missing in one of them; undefined when there is none. */
export async function firstDifference({ records }: KeptArchive, log: Pick<Log, 'read'>): Promise<Position | undefined> {
  const range = { after: records.first - 1, upTo: records.last };
  const archived = oneByOne(records.read(range));
  for await (const chunk of log.read(range))
    for (const stored of chunk) {
      const next = await archived.next();
      if (next.done === true || !same(next.value, stored)) return stored.position;
    }
  const left = await archived.next();
  return left.done === true ? undefined : left.value.position;
}

class ArchiveCheck {
  readonly problems: ArchiveProblem[] = [];
  readonly #archive: KeptArchive;
  readonly #subjects = new Map<string, Position[]>();
  /** What this archive holds at the positions from which the first records of the next generation were copied. */
  readonly #carried = new Map<Position, string>();

  constructor(archive: KeptArchive) {
    this.#archive = archive;
  }

  manifest({ before, key }: CheckOptions): void {
    const { manifest } = this.#archive;
    const unsigned = key === undefined ? undefined : signatureProblem(this.#archive, key);
    if (unsigned !== undefined) this.#find(MANIFEST, unsigned);
    if (before !== 'elsewhere' && manifest.previous !== (before?.sha256 ?? null))
      this.#find(MANIFEST, 'the archive before it is not the one it was written after');
    const held = manifest.records.reduce((sum, { lines }) => sum + lines, 0);
    const due = manifest.last - manifest.first + 1;
    if (held !== due) this.#find(MANIFEST, `its files hold ${held} records, not ${due}`);
  }

  async digests(): Promise<void> {
    const { records, subjects, genesis } = this.#archive.manifest;
    for (const file of [...records, subjects, ...(genesis === null ? [] : [genesis])]) {
      const found = await digestOfFile(join(this.#archive.folder, file.name));
      if (found === undefined) this.#find(file.name, 'it is not there');
      else if (found !== file.sha256)
        this.#find(file.name, `its SHA-256 is ${found}, the manifest says ${file.sha256}`);
    }
  }

  /** First records of the next generation that are older than this archive: this generation must have begun with them too. */
  async carried(before: CheckOptions['before']): Promise<void> {
    const { folder, manifest } = this.#archive;
    const { genesis, first } = manifest;
    if (genesis === null) return;
    const earlier = new Map<Position, string>();
    await this.#reading(genesis, async () => {
      if (before !== undefined && before !== 'elsewhere')
        for await (const chunk of genesisOf(before.folder, before.manifest))
          for (const record of chunk) earlier.set(record.position, nameOf(record));
      for await (const chunk of genesisOf(folder, manifest))
        for (const record of chunk) {
          if (record.position >= first) this.#carried.set(record.position, nameOf(record));
          else if (before !== 'elsewhere' && earlier.get(record.position) !== nameOf(record))
            this.#find(genesis.name, 'it is not what the archive before it holds', record.position);
        }
    });
  }

  async records(progress?: (done: number, total: number) => void): Promise<void> {
    const { records, first, last, head } = this.#archive.manifest;
    let due = first;
    for (const file of records)
      for (let block = 0; block * BLOCK_LINES < file.lines; block += 1) {
        const lines = Math.min(BLOCK_LINES, file.lines - block * BLOCK_LINES);
        await this.#block(file, block, { first: due, last: due + lines - 1 });
        due += lines;
        progress?.(due - first, last - first + 1);
      }
    for (const position of this.#carried.keys())
      this.#find(this.#archive.manifest.genesis?.name ?? '', 'the archive does not hold it', position);
    const newest = await this.#archive.records.at(last).catch(() => undefined);
    if (newest !== undefined && hashOf(newest.payload) !== head)
      this.#find(MANIFEST, `the record there does not have the SHA-256 ${head}`, last);
  }

  async subjects(): Promise<void> {
    const { folder, manifest } = this.#archive;
    if (this.problems.length > 0) return;
    await this.#reading(manifest.subjects, async () => {
      for await (const { lines } of readLines(folder, manifest.subjects))
        for (const line of lines) {
          const { subject, positions } = JSON.parse(line) as { subject: string; positions: readonly Position[] };
          if (JSON.stringify(this.#subjects.get(subject)) !== JSON.stringify(positions))
            this.#find(manifest.subjects.name, 'it lists records that are not those of their subject', positions[0]);
        }
    });
    if (manifest.subjects.lines !== this.#subjects.size)
      this.#find(manifest.subjects.name, `it lists ${manifest.subjects.lines} of ${this.#subjects.size} subjects`);
  }

  async #block(
    file: BlockFile,
    block: number,
    span: { readonly first: Position; readonly last: Position },
  ): Promise<void> {
    try {
      const lines = await readBlock(this.#archive.folder, file, block);
      for (const [index, line] of lines.entries()) this.#record(file, recordOf(line), span.first + index);
    } catch (error) {
      const problem = isFailure(error) ? 'these records cannot be read' : `a line is no record: ${String(error)}`;
      this.problems.push({ file: join(this.#archive.folder, file.name), ...span, problem });
      for (const position of this.#carried.keys())
        if (position >= span.first && position <= span.last) this.#carried.delete(position);
    }
  }

  #record(file: BlockFile, record: StoredRecord, due: Position): void {
    const { position, subject } = record;
    if (position !== due) this.#find(file.name, `the record says that it is at ${position}`, due);
    const carried = this.#carried.get(due);
    if (carried !== undefined && carried !== nameOf(record))
      this.#find(file.name, 'it is not what the next generation began with', due);
    this.#carried.delete(due);
    const known = this.#subjects.get(subject);
    if (known === undefined) this.#subjects.set(subject, [due]);
    else known.push(due);
  }

  async #reading(file: BlockFile, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.#find(file.name, messageOf(error));
    }
  }

  #find(name: string, problem: string, position?: Position): void {
    const place = position === undefined ? {} : { first: position, last: position };
    this.problems.push({ file: join(this.#archive.folder, name), ...place, problem });
  }
}

function nameOf({ subject, payload }: StoredRecord): string {
  return `${subject} ${hashOf(payload)}`;
}

function same(one: StoredRecord, other: StoredRecord): boolean {
  return (
    one.position === other.position && one.subject === other.subject && Buffer.compare(one.payload, other.payload) === 0
  );
}
