/**
 * One archived generation, read as a log is: by position, as a range, by subject. Reads only what it must: a block of 256
 * records for one of them, and for a subject's history the list of subjects, once.
 */
import { LRUCache } from 'lru-cache';
import type { Position } from '../../model/position.ts';
import type { StoredRecord } from '../log.ts';
import { BLOCK_LINES, type BlockFile, readBlock, readLines } from './block-file.ts';
import { recordOf } from './record-line.ts';

/** Blocks kept as text, each a few hundred KiB. */
const BLOCKS_KEPT = 16;

export interface ArchiveFiles {
  readonly first: Position;
  readonly last: Position;
  readonly records: readonly BlockFile[];
  readonly subjects: BlockFile;
}

interface SubjectLine {
  readonly subject: string;
  readonly positions: readonly Position[];
}

export class Archive {
  readonly folder: string;
  readonly #files: ArchiveFiles;
  readonly #blocks = new LRUCache<string, Promise<readonly string[]>>({ max: BLOCKS_KEPT });
  #positions: Promise<ReadonlyMap<string, readonly Position[]>> | undefined;

  constructor(folder: string, files: ArchiveFiles) {
    this.folder = folder;
    this.#files = files;
  }

  get first(): Position {
    return this.#files.first;
  }

  get last(): Position {
    return this.#files.last;
  }

  /** Throws `recordInvalid`, as all reads here, for a file that is damaged or gone. */
  async at(position: Position): Promise<StoredRecord | undefined> {
    const place = this.#placeOf(position);
    if (place === undefined) return undefined;
    const { file, line } = place;
    const lines = await this.#block(file, Math.floor(line / BLOCK_LINES));
    return recordOf(lines[line % BLOCK_LINES] ?? '');
  }

  /** From `after` (exclusive) to `upTo` (inclusive), as far as they are here, block by block. */
  async *read(range: {
    readonly after: Position;
    readonly upTo: Position;
  }): AsyncGenerator<readonly StoredRecord[], void> {
    let next = Math.max(range.after + 1, this.first);
    const upTo = Math.min(range.upTo, this.last);
    while (next <= upTo) {
      const place = this.#placeOf(next);
      if (place === undefined) return;
      for await (const { lines } of readLines(this.folder, place.file, Math.floor(place.line / BLOCK_LINES))) {
        const skipped = (next - place.start) % BLOCK_LINES;
        const wanted = lines.slice(skipped, skipped + upTo - next + 1);
        yield wanted.map(recordOf);
        next += wanted.length;
        if (next > upTo) return;
      }
    }
  }

  /** All records of a subject after a position, in chunks. */
  async *history(subject: string, after: Position): AsyncGenerator<readonly StoredRecord[], void> {
    const wanted = ((await this.#subjects()).get(subject) ?? []).filter((position) => position > after);
    for (let start = 0; start < wanted.length; ) {
      const block = this.#blockNumber(wanted[start] ?? 0);
      let end = start + 1;
      while (end < wanted.length && this.#blockNumber(wanted[end] ?? 0) === block) end += 1;
      const records = await Promise.all(wanted.slice(start, end).map((position) => this.at(position)));
      yield records.filter((record) => record !== undefined);
      start = end;
    }
  }

  /** First record of a subject after a position. */
  async next(subject: string, after: Position): Promise<StoredRecord | undefined> {
    const position = (await this.#subjects()).get(subject)?.find((one) => one > after);
    return position === undefined ? undefined : this.at(position);
  }

  /** First record that the log stored at or after a time: its own clock never runs back. */
  async since(time: number): Promise<StoredRecord | undefined> {
    let [low, high] = [this.first, this.last + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (((await this.at(middle))?.storedAt ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return this.at(low);
  }

  #placeOf(
    position: Position,
  ): { readonly file: BlockFile; readonly start: Position; readonly line: number } | undefined {
    let start = this.first;
    for (const file of this.#files.records) {
      if (position >= start && position < start + file.lines) return { file, start, line: position - start };
      start += file.lines;
    }
    return undefined;
  }

  /** The same for all records of one block, and for no others. */
  #blockNumber(position: Position): string {
    const place = this.#placeOf(position);
    return place === undefined ? '' : `${place.file.name} ${Math.floor(place.line / BLOCK_LINES)}`;
  }

  /** Read once for all who ask at the same time; again after it failed. */
  #block(file: BlockFile, block: number): Promise<readonly string[]> {
    const key = `${file.name} ${block}`;
    const kept = this.#blocks.get(key);
    if (kept !== undefined) return kept;
    const lines = readBlock(this.folder, file, block);
    this.#blocks.set(key, lines);
    lines.catch(() => this.#blocks.delete(key));
    return lines;
  }

  #subjects(): Promise<ReadonlyMap<string, readonly Position[]>> {
    if (this.#positions === undefined) {
      this.#positions = this.#readSubjects();
      this.#positions.catch(() => {
        this.#positions = undefined;
      });
    }
    return this.#positions;
  }

  async #readSubjects(): Promise<ReadonlyMap<string, readonly Position[]>> {
    const found = new Map<string, readonly Position[]>();
    for await (const { lines } of readLines(this.folder, this.#files.subjects))
      for (const line of lines) {
        const { subject, positions } = JSON.parse(line) as SubjectLine;
        found.set(subject, positions);
      }
    return found;
  }
}
