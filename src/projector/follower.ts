/**
 * One who follows the feed, at his own pace: he is handed what he has not had, from the feed's ring as long as that goes back to
 * where he stands, else from the log, and nothing more while a delivery of his is pending.
 */
import type { Position } from '../model/position.ts';
import type { Following, FollowOptions } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import type { Chunk } from './chunk-writer.ts';

/** Valid records after `after` up to `upTo`. */
export type Kept = Pick<Chunk, 'after' | 'upTo' | 'bytes'> & { readonly valid: readonly LoggedTransition[] };

/** What is followed. */
export interface Source {
  /** Projected up to here. */
  readonly position: Position;
  /** Acknowledged up to here: stored by this process, and so known without being read. */
  readonly ahead: Position;
  /** The kept chunk that holds what follows `position`; undefined when it is older than what is kept. */
  after(position: Position): Kept | undefined;
  /** Valid records of a range that ends where a command does, in pieces that do so too. A log that is away is waited for. */
  history(after: Position, upTo: Position, isWanted: () => boolean): AsyncIterable<readonly LoggedTransition[]>;
}

export class Follower implements Following {
  readonly ended: Promise<void>;
  readonly #feed: Source;
  readonly #options: FollowOptions;
  readonly #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  readonly #leave: () => void;
  #position: Position;
  #running = false;
  #over = false;

  constructor(feed: Source, options: FollowOptions, leave: () => void) {
    this.#feed = feed;
    this.#options = options;
    this.#leave = leave;
    this.#position = options.after === 'now' ? this.#end : options.after;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settle = { resolve, reject };
  }

  get position(): Position {
    return this.#position;
  }

  get isAhead(): boolean {
    return this.#options.ahead === true;
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    if (!this.#running) this.#settle.resolve();
  }

  fail(error: unknown): void {
    this.#over = true;
    this.#leave();
    this.#settle.reject(error);
  }

  /** Looks for something new; does nothing while a delivery is pending, which looks again when it ends. */
  wake(): void {
    if (this.#running || this.#over) return;
    this.#running = true;
    this.#run().catch((error: unknown) => this.fail(error));
  }

  /** Runs without an await while everything is in the ring and `deliver` is synchronous. */
  async #run(): Promise<void> {
    try {
      while (!this.#over && this.#position < this.#end) {
        const chunk = this.#feed.after(this.#position);
        if (chunk !== undefined) {
          const upTo = Math.min(chunk.upTo, this.#end);
          const pending = this.#deliver(chunk.valid, upTo);
          if (pending !== undefined) await pending;
          this.#position = upTo;
        } else if (this.#position < this.#feed.position) await this.#catchUp();
        // What it has missed is not projected yet: when it is, this follower is woken.
        else break;
      }
    } finally {
      this.#running = false;
    }
    if (this.#over) this.#settle.resolve();
  }

  async #catchUp(): Promise<void> {
    const upTo = this.#feed.position;
    for await (const records of this.#feed.history(this.#position, upTo, () => !this.#over)) {
      await this.#deliver(records, upTo);
      this.#position = records.at(-1)?.position ?? this.#position;
      if (this.#over) return;
    }
    if (!this.#over) this.#position = upTo;
  }

  #deliver(records: readonly LoggedTransition[], upTo: Position): void | Promise<void> {
    const { only } = this.#options;
    const wanted = records.filter(
      (record) => record.position > this.#position && record.position <= upTo && (only === undefined || only(record)),
    );
    if (wanted.length > 0) return this.#options.deliver(wanted);
  }

  /** Up to here this follower may be served. */
  get #end(): Position {
    return this.isAhead ? this.#feed.ahead : this.#feed.position;
  }
}
