/**
 * Copies of the live database, made now and then, from which a past moment is projected instead of from the log's start.
 * One file per copy, named by its position. Old ones thin out, so that a bounded number covers the whole log evenly.
 * They may be deleted at any time; a copy that does not fit the log or the projections is deleted when it is met.
 */
import { statSync } from 'node:fs';
import { constants, copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '../model/position.ts';

/** A database that can hold still while its file is copied; see `Database.frozen`. */
export interface CopySource {
  readonly inMemory: boolean;
  frozen(copy: (file: string) => Promise<void>): Promise<void>;
}

export interface KeptCopiesOptions {
  /** A folder of their own; whatever else is in it is deleted. */
  readonly folder: string;
  /** A copy is made when the live database is so many records past the last one. */
  readonly everyRecords: number;
  readonly filesMax: number;
  /** Of all files together; the newest stays, however large it is. */
  readonly bytesMax: number;
  /** A copy could not be made (a full disk). It will be tried again; only time travel is slower meanwhile. */
  failed(error: unknown): void;
}

export class KeptCopies {
  readonly #options: KeptCopiesOptions;
  #positions: Position[];
  #tried: Position;
  #scratches = 0;
  #copying: Promise<void> | undefined;

  private constructor(options: KeptCopiesOptions, positions: Position[]) {
    this.#options = options;
    this.#positions = positions;
    this.#tried = positions.at(-1) ?? 0;
  }

  static async open(options: KeptCopiesOptions): Promise<KeptCopies> {
    await mkdir(options.folder, { recursive: true });
    const positions: Position[] = [];
    for (const name of await readdir(options.folder)) {
      const position = Number(/^(\d+)\.db$/.exec(name)?.[1] ?? Number.NaN);
      if (Number.isSafeInteger(position)) positions.push(position);
      else await rm(join(options.folder, name), { force: true });
    }
    return new KeptCopies(
      options,
      positions.sort((a, b) => a - b),
    );
  }

  /** The newest copy that is not past `position`. */
  before(position: Position): { readonly position: Position; readonly file: string } | undefined {
    const found = this.#positions.findLast((kept) => kept <= position);
    return found === undefined ? undefined : { position: found, file: this.#file(found) };
  }

  /** Starts a copy in the background when one is due. `position` is where `source` stands. */
  offer(source: CopySource, position: Position): void {
    if (this.#copying !== undefined || source.inMemory || position < this.#tried + this.#options.everyRecords) return;
    this.#tried = position;
    this.#copying = this.#copy(source, position)
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => {
        this.#copying = undefined;
      });
  }

  /** A path for a database that is only worked with. */
  scratch(): string {
    return join(this.#options.folder, `scratch-${++this.#scratches}`);
  }

  async forget(position: Position): Promise<void> {
    this.#positions = this.#positions.filter((kept) => kept !== position);
    await rm(this.#file(position), { force: true });
  }

  async forgetAll(): Promise<void> {
    this.#tried = 0;
    for (const position of [...this.#positions]) await this.forget(position);
  }

  /** Resolves when no copy is being made. */
  async idle(): Promise<void> {
    await this.#copying;
  }

  async #copy(source: CopySource, position: Position): Promise<void> {
    const unfinished = join(this.#options.folder, 'copying');
    await source.frozen((file) => copyFile(file, unfinished, constants.COPYFILE_FICLONE));
    await toDisk(unfinished);
    await rename(unfinished, this.#file(position));
    this.#positions = [...this.#positions.filter((kept) => kept !== position), position].sort((a, b) => a - b);
    while (this.#areTooMany) await this.forget(leastMissed(this.#positions));
  }

  get #areTooMany(): boolean {
    const { filesMax, bytesMax } = this.#options;
    const sizeOf = (position: Position) => statSync(this.#file(position), { throwIfNoEntry: false })?.size ?? 0;
    const bytes = this.#positions.reduce((sum, position) => sum + sizeOf(position), 0);
    return this.#positions.length > 1 && (this.#positions.length > filesMax || bytes > bytesMax);
  }

  #file(position: Position): string {
    return join(this.#options.folder, `${position}.db`);
  }
}

async function toDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** The one whose going leaves the smallest gap between its neighbours; never the newest. */
function leastMissed(positions: readonly Position[]): Position {
  let least = positions[0] ?? 0;
  let smallest = Number.POSITIVE_INFINITY;
  positions.forEach((position, index) => {
    const next = positions[index + 1];
    if (next === undefined) return;
    const gap = next - (positions[index - 1] ?? 0);
    if (gap < smallest) [least, smallest] = [position, gap];
  });
  return least;
}
