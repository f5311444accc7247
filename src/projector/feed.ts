/**
 * The log as it is projected, handed to many followers in this process, each at its own pace. The newest records are kept
 * decoded in a bounded ring that all share; who has fallen behind it, or begins further back, reads the log itself.
 * A follower sees the valid records only, whole commands, each once, in log order. Nobody waits for anybody; who follows
 * ahead does not even wait for the projections, where records were stored by this process. Who has to read a log that
 * cannot be reached just then is served when it can: no outage ends a follower.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isFailure } from '../errors.ts';
import type { Recorded } from '../log/codec.ts';
import type { Log } from '../log/log.ts';
import type { Position } from '../model/position.ts';
import type { Rows } from '../model/projection.ts';
import type { Following, FollowOptions } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import type { Chunk } from './chunk-writer.ts';
import { Follower, type Kept, type Source } from './follower.ts';
import { validRecords } from './read.ts';
import { WholeCommands } from './whole-commands.ts';

export interface FeedLimits {
  /** Records in the ring. */
  readonly recordsMax: number;
  /** Their stored size; decoded they take about four times that. */
  readonly bytesMax: number;
}

/** Batches that wait for what others have written before them; when there are more, all are heard when they are projected. */
const EARLY_MAX = 64;
/** Between two tries to read a log that is away. */
const AWAY_MS = 250;
const LIMITS: FeedLimits = { recordsMax: 8192, bytesMax: 4 * 1024 * 1024 };

export class Feed implements Source {
  readonly #log: Log;
  readonly #rows: Rows;
  readonly #limits: FeedLimits;
  readonly #followers = new Set<Follower>();
  #ring: Kept[] = [];
  #records = 0;
  #bytes = 0;
  /** Projected up to here. */
  #position: Position;
  /** Acknowledged up to here: stored by this process, and so known without being read. */
  #ahead: Position;
  /** Acknowledged chunks that stand behind records of another writer, which are not known here yet. */
  #early: Kept[] = [];

  /** `rows` is the projected database at `position`; what it knows must be published here in the same breath. */
  constructor(log: Log, rows: Rows, position: Position, limits: FeedLimits = LIMITS) {
    this.#log = log;
    this.#rows = rows;
    this.#position = position;
    this.#ahead = position;
    this.#limits = limits;
  }

  get position(): Position {
    return this.#position;
  }

  get ahead(): Position {
    return this.#ahead;
  }

  /** See `Runtime.follow`. Whoever follows takes care of `ended`: a failure that nobody takes is a crash. */
  follow(options: FollowOptions): Following {
    const follower = new Follower(this, options, () => this.#followers.delete(follower));
    this.#followers.add(follower);
    follower.wake();
    return follower;
  }

  publish(chunk: Chunk): void {
    this.#position = chunk.upTo;
    if (chunk.upTo > this.#ahead) {
      this.#ahead = chunk.upTo;
      if (this.#followers.size > 0 && holdsRecords(chunk)) this.#keep(chunk);
      else this.#forget();
      this.#goAhead();
    }
    for (const follower of this.#followers) follower.wake();
  }

  /** Stored by this process in one piece and acknowledged just now; will be projected. */
  acknowledged(records: readonly Recorded[]): void {
    const [first, last] = [records[0], records.at(-1)];
    const ahead = [...this.#followers].filter(({ isAhead }) => isAhead);
    if (first === undefined || last === undefined || ahead.length === 0) return;
    const bytes = records.reduce((sum, { payload }) => sum + payload.length, 0);
    this.#early.push({
      after: first.position - 1,
      upTo: last.position,
      bytes,
      valid: records.map(({ record }) => record),
    });
    this.#goAhead();
    for (const follower of ahead) follower.wake();
  }

  /** Takes the early chunks that join on to what is known; those behind a gap wait until the gap is projected. */
  #goAhead(): void {
    this.#early = this.#early.filter((early) => {
      if (early.upTo <= this.#ahead) return false;
      if (early.after > this.#ahead) return true;
      this.#ahead = early.upTo;
      this.#keep(early);
      return false;
    });
    if (this.#early.length > EARLY_MAX) this.#early = [];
  }

  /** Ends all followers, with `error` if there is one. */
  end(error?: unknown): void {
    for (const follower of [...this.#followers]) {
      if (error === undefined) follower.stop();
      else follower.fail(error);
    }
  }

  /** The kept chunk that holds what follows `position`; undefined when it is older than the ring. */
  after(position: Position): Kept | undefined {
    const newest = this.#ring.at(-1);
    if (newest === undefined || position >= newest.after) return newest;
    let low = 0;
    let high = this.#ring.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ring[middle]?.upTo ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    const found = this.#ring[low];
    return found !== undefined && found.after <= position ? found : undefined;
  }

  /** Valid records of a range that ends where a command does, in pieces that do so too. A log that is away is waited for. */
  async *history(
    after: Position,
    upTo: Position,
    isWanted: () => boolean,
  ): AsyncGenerator<readonly LoggedTransition[]> {
    for (let read = after; isWanted(); )
      try {
        for await (const records of this.#wholeCommands(read, upTo)) {
          read = records.at(-1)?.position ?? read;
          yield records;
        }
        return;
      } catch (error) {
        if (!isFailure(error, 'unavailable')) throw error;
        await delay(AWAY_MS, undefined, { ref: false });
      }
  }

  async *#wholeCommands(after: Position, upTo: Position): AsyncGenerator<readonly LoggedTransition[]> {
    const whole = new WholeCommands<{ position: Position; record: LoggedTransition }>();
    for await (const records of validRecords(this.#log, this.#rows, { after, upTo })) {
      yield whole.take(records.map(placed)).map(recordOf);
      await turnOfOthers();
    }
    yield whole.rest().map(recordOf);
  }

  #keep(chunk: Kept): void {
    this.#ring.push(chunk);
    this.#records += chunk.valid.length;
    this.#bytes += chunk.bytes;
    this.#trim();
  }

  /** With nobody following, as during a rebuild, keeping records, or decoding them at all, only costs. */
  #forget(): void {
    this.#ring = [];
    this.#early = [];
    this.#records = 0;
    this.#bytes = 0;
  }

  #trim(): void {
    const { recordsMax, bytesMax } = this.#limits;
    let dropped = 0;
    while (dropped < this.#ring.length - 1 && (this.#records > recordsMax || this.#bytes > bytesMax)) {
      const oldest = this.#ring[dropped++];
      this.#records -= oldest?.valid.length ?? 0;
      this.#bytes -= oldest?.bytes ?? 0;
    }
    if (dropped > 0) this.#ring = this.#ring.slice(dropped);
  }
}

/** Its records may be decoded by asking for them: not to be asked of a chunk that nobody wants. */
function holdsRecords(chunk: Chunk): chunk is Chunk & Kept {
  return chunk.valid !== undefined;
}

function placed(record: LoggedTransition): { position: Position; record: LoggedTransition } {
  return { position: record.position, record };
}

function recordOf(item: { readonly record: LoggedTransition }): LoggedTransition {
  return item.record;
}

/** Lets other work of the process run: reading history must not hold up the newest records. */
function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
