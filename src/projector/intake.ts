/**
 * What the projector is fed with: the log, in order and without a gap. While this process writes, its own records are taken
 * at their acknowledgement, together with what they say, and not read back; all others are read from the log.
 * It goes between two states. Following: everything comes from the log, as for a process that never writes. Taking: what is
 * written here comes at once, and a jump of position is the sign of another writer, whose records are read before it goes on.
 * Back to following it goes when nothing was written here for a while, when the log was lost and came back (which proves
 * anew that it did not go backwards), and when somebody names a position that nobody here wrote.
 */
import { isFailure } from '../errors.ts';
import type { Recorded } from '../log/codec.ts';
import type { Log, LogFollowing } from '../log/log.ts';
import type { Position } from '../model/position.ts';
import type { FedRecord } from './read.ts';

export interface IntakeOptions {
  readonly log: Log;
  readonly after: Position;
  /** Takes the records that follow; nothing more is delivered while it is pending. */
  deliver(records: readonly FedRecord[]): void | Promise<void>;
}

/** Looked at so often whether anything was written here: what another writes meanwhile is seen after twice as long at most. */
const QUIET_MS = 250;
/** Own records that wait to be projected; what comes when there are more is read from the log when they are through. */
const WAITING_RECORDS_MAX = 8192;
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export class Intake {
  /** Settles when nothing is taken any more: resolves after `stop`, rejects as `LogFollowing.ended` does. */
  readonly ended: Promise<void>;
  readonly #options: IntakeOptions;
  /** Everything up to here was delivered, waits, or is being read. */
  #taken: Position;
  /** The log is known to hold as much. */
  #reach: Position;
  #waiting: Recorded[] = [];
  #waitingBytes = 0;
  #following: LogFollowing | undefined;
  #delivering: void | Promise<void> = undefined;
  #followAgain = false;
  #wroteLately = false;
  #stopped = false;
  /** Resolved when there is something to do. */
  #news = Promise.withResolvers<void>();

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#taken = options.after;
    this.#reach = options.after;
    this.ended = this.#run();
  }

  /** Stored by this process just now, in one piece; each call goes on where the one before ended, or further on. */
  written(records: readonly Recorded[]): void {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#wroteLately = true;
    this.#endFollowing();
    this.#reach = Math.max(this.#reach, last.position);
    const fits = this.#waiting.length < WAITING_RECORDS_MAX && this.#waitingBytes < WAITING_BYTES_MAX;
    if (first.position <= this.#taken + 1 && fits) this.#keep(records);
    this.#news.resolve();
  }

  /** The log holds this position: if nobody here wrote it, it is fetched now. */
  expect(position: Position): void {
    if (position > this.#reach) this.#follow();
  }

  stop(): void {
    this.#stopped = true;
    this.#endFollowing();
    this.#news.resolve();
  }

  async #run(): Promise<void> {
    const forgetStatus = this.#options.log.onStatus((status) => {
      if (status === 'up') this.#follow();
    });
    try {
      while (!this.#stopped) {
        if (this.#waiting.length === 0) await this.#followLog();
        await this.#delivering;
        await this.#takeWritten();
      }
    } finally {
      forgetStatus();
    }
  }

  /** Resolves when something was written here, or the log is closed. */
  async #followLog(): Promise<void> {
    const following: LogFollowing = this.#options.log.follow({
      after: this.#taken,
      deliver: (records) => {
        // What it brings once it is ended is had otherwise.
        if (this.#following !== following) return;
        this.#taken = records.at(-1)?.position ?? this.#taken;
        this.#reach = Math.max(this.#reach, this.#taken);
        return this.#pass(records);
      },
    });
    this.#following = following;
    this.#followAgain = false;
    following.ended.catch(() => undefined);
    await Promise.race([following.ended, this.#untilNews()]);
    if (this.#following === following) this.stop();
  }

  /** Resolves when the log is to be followed again. */
  async #takeWritten(): Promise<void> {
    const quiet = setInterval(() => this.#lookWhetherQuiet(), QUIET_MS);
    try {
      while (!this.#stopped) {
        if (this.#waiting.length > 0) await this.#pass(this.#takeWaiting());
        else if (this.#followAgain) return;
        else if (this.#reach > this.#taken) await this.#readOthers();
        else await this.#untilNews();
      }
    } finally {
      clearInterval(quiet);
    }
  }

  /** What was jumped over, and what did not fit; meanwhile what is written here waits. */
  async #readOthers(): Promise<void> {
    let read = this.#taken;
    const upTo = this.#reach;
    this.#taken = upTo;
    try {
      for await (const records of this.#options.log.read({ after: read, upTo })) {
        if (this.#stopped) return;
        await this.#pass(records);
        read = records.at(-1)?.position ?? read;
      }
    } catch (error) {
      if (!isFailure(error, 'unavailable')) throw error;
      // A follower waits for a server that is down.
      this.#takeWaiting();
      this.#taken = read;
      this.#follow();
    }
  }

  #pass(records: readonly FedRecord[]): void | Promise<void> {
    this.#delivering = this.#options.deliver(records);
    return this.#delivering;
  }

  #keep(records: readonly Recorded[]): void {
    for (const record of records) {
      if (record.position <= this.#taken) continue;
      this.#waiting.push(record);
      this.#waitingBytes += record.payload.length;
      this.#taken = record.position;
    }
  }

  #takeWaiting(): readonly Recorded[] {
    const records = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return records;
  }

  #follow(): void {
    if (this.#following !== undefined) return;
    this.#followAgain = true;
    this.#news.resolve();
  }

  #endFollowing(): void {
    this.#following?.stop();
    this.#following = undefined;
  }

  #lookWhetherQuiet(): void {
    if (!this.#wroteLately) this.#follow();
    this.#wroteLately = false;
  }

  /** To be called in the same breath in which there was found to be nothing to do. */
  #untilNews(): Promise<void> {
    this.#news = Promise.withResolvers();
    return this.#news.promise;
  }
}
