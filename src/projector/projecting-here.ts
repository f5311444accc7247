/**
 * Projecting in this thread: stored records in, chunks out. Decoded, cut where commands end, checked, projected; one
 * transaction per call, or a larger one while more is to come at once. Every projected database is made by this.
 */
import type { Position } from '../model/position.ts';
import type { Checkpoint, Makers } from './checkpoint.ts';
import { type Chunk, ChunkWriter } from './chunk-writer.ts';
import { type Database, isFull } from './database.ts';
import { finish } from './open.ts';
import type { Projecting } from './projecting.ts';
import { type FedRecord, type Read, readInPieces } from './read.ts';
import { WholeCommands } from './whole-commands.ts';

/**
 * With more to come nobody waits for anything, and a larger transaction writes each row and page less often. So much of the
 * log is held meanwhile, at most.
 */
export const OPEN_BYTES_MAX = 64 * 1024 * 1024;

export interface ProjectingHereOptions extends Makers {
  /** With its tables, at its checkpoint. */
  readonly database: Database;
  /** Id of the log. */
  readonly log: string;
  projected?(chunk: Chunk): void;
  /** A transaction with more stored bytes is committed although more records are to come; absent: 64 MiB. */
  readonly openBytesMax?: number;
  /**
   * Waits a while, when the disk was found full: what that undid is then done again. Absent, and for a transaction of several
   * calls, it throws.
   */
  whenFull?(): void;
}

export class ProjectingHere implements Projecting {
  readonly rows: Database;
  readonly openedAt: Position;
  readonly #options: ProjectingHereOptions;
  readonly #writer: ChunkWriter;
  readonly #whole = new WholeCommands<Read>((read, junk) => ({ ...read, record: undefined, junk }));

  constructor(options: ProjectingHereOptions) {
    const { database, log } = options;
    this.#options = options;
    this.rows = database;
    this.#writer = new ChunkWriter(database, options, log);
    this.openedAt = this.#writer.checkpoint.position;
  }

  /** Where the database stands. */
  get checkpoint(): Checkpoint {
    return this.#writer.checkpoint;
  }

  get inMemory(): boolean {
    return this.rows.inMemory;
  }

  /** When it throws the database is as it was after the last transaction. */
  project(stored: readonly FedRecord[], more: boolean): void {
    const done: (readonly Read[])[] | undefined = more || this.#writer.openBytes > 0 ? undefined : [];
    for (const piece of readInPieces(stored)) {
      const reads = this.#whole.take(piece);
      this.#throughFull(done, () => this.#writer.add(reads, !more));
      done?.push(reads);
    }
    const { openBytesMax = OPEN_BYTES_MAX } = this.#options;
    if (more && this.#writer.openBytes < openBytesMax) return;
    const chunk = this.#throughFull(done, () => this.#writer.commit());
    if (chunk !== undefined) this.#options.projected?.(chunk);
  }

  /** `done` is all that the transaction holds before `work`; undefined where nobody knows. */
  #throughFull<Result>(done: readonly (readonly Read[])[] | undefined, work: () => Result): Result {
    for (let isUndone = false; ; isUndone = true) {
      try {
        if (isUndone) for (const reads of done ?? []) this.#writer.add(reads, true);
        return work();
      } catch (error) {
        const { whenFull } = this.#options;
        if (done === undefined || whenFull === undefined || !isFull(error)) throw error;
        whenFull();
      }
    }
  }

  finish(): void {
    finish(this.rows);
  }

  frozen(copy: (file: string) => Promise<void>): Promise<void> {
    return this.rows.frozen(copy);
  }

  close(): void {
    this.rows.close();
  }
}
