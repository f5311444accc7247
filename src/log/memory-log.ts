/**
 * The reference log: an array and a map from subject to positions, synchronous inside. What it does is what a log is;
 * simulation and quick tests run on it, with the faults of a real one on demand. Nothing survives the process.
 */
import assert from 'node:assert/strict';
import type { Position } from '../model/position.ts';
import { readBack, subjectStarts } from './entries.ts';
import {
  type AppendOutcome,
  type Entry,
  FIRST_GENERATION,
  type FollowLog,
  type Log,
  type LogFollowing,
  type LogStatus,
  type ReadBack,
  type StoredRecord,
} from './log.ts';
import { endsBefore, unavailable } from './log-failures.ts';

const CHUNK_RECORDS_MAX = 2000;

/**
 * What may go wrong with one append. `unavailable`: nothing is sent. The others lose the acknowledgement: the batch was
 * `stored`, was `lost` on the way, arrives `late`, when `land` is called, if its expectations still hold then, or only its
 * first entries were `stored`, as after a power cut.
 */
export type AppendFault =
  | 'unavailable'
  | 'stored'
  | 'lost'
  | { readonly late: (land: () => AppendOutcome) => void }
  | { readonly stored: number };

export interface MemoryLogOptions {
  readonly id: string;
  /** ms since 1970, for `storedAt`. */
  readonly now: () => number;
  /** What the log begins with, positions 1, 2, 3, …; for instance the first records of another: a restored older copy. */
  readonly records?: readonly StoredRecord[];
  /** Asked before every append. */
  readonly fault?: (entries: readonly Entry[]) => AppendFault | undefined;
}

export class MemoryLog implements Log {
  readonly id: string;
  readonly generation = FIRST_GENERATION;
  #status: LogStatus = 'up';
  readonly #options: MemoryLogOptions;
  readonly #records: StoredRecord[] = [];
  readonly #positions = new Map<string, Position[]>();
  readonly #listeners = new Set<(status: LogStatus) => void>();
  readonly #followings = new Set<MemoryFollowing>();

  constructor(options: MemoryLogOptions) {
    this.id = options.id;
    this.#options = options;
    for (const record of options.records ?? []) this.#store(record);
  }

  get status(): LogStatus {
    return this.#status;
  }

  /** All records, oldest first: a view that grows with the log. */
  get records(): readonly StoredRecord[] {
    return this.#records;
  }

  /** While down, every call throws `unavailable` and followers wait. */
  setStatus(status: LogStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
    if (status === 'up') this.#wake();
  }

  onStatus(listener: (status: LogStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async append(entries: readonly Entry[], after?: Position): Promise<AppendOutcome> {
    this.#assertUp();
    const starts = subjectStarts(entries);
    const fault = this.#options.fault?.(entries);
    const land = (stored = entries.length): AppendOutcome => {
      const isElsewhere = after !== undefined && after !== this.#records.length;
      if (isElsewhere || starts.some(({ subject, expected }) => this.#lastOf(subject) !== expected))
        return { kind: 'conflict' };
      return { kind: 'committed', first: this.#storeAll(entries.slice(0, stored)) };
    };
    if (fault === undefined) return land();
    if (fault === 'unavailable') throw unavailable();
    if (fault === 'stored') land();
    if (typeof fault === 'object') 'late' in fault ? fault.late(() => land()) : land(fault.stored);
    return { kind: 'unknown', cause: new Error('the acknowledgement was lost') };
  }

  async outcomeOf(entries: readonly Entry[]): Promise<ReadBack> {
    return readBack(entries, this);
  }

  async head(): Promise<Position> {
    this.#assertUp();
    return this.#records.length;
  }

  async last(subject: string): Promise<StoredRecord | undefined> {
    return this.at(this.#lastOf(subject));
  }

  async next(subject: string, after: Position): Promise<StoredRecord | undefined> {
    return this.at(this.#positions.get(subject)?.find((position) => position > after) ?? 0);
  }

  async at(position: Position): Promise<StoredRecord | undefined> {
    this.#assertUp();
    return this.#records[position - 1];
  }

  async since(time: number): Promise<StoredRecord | undefined> {
    this.#assertUp();
    return this.#records.find(({ storedAt }) => storedAt >= time);
  }

  async *read({ after, upTo }: { after: Position; upTo: Position }): AsyncIterable<readonly StoredRecord[]> {
    this.#assertUp();
    if (after < upTo && upTo > this.#records.length) throw endsBefore(upTo, this.#records.length);
    for (let from = after; from < upTo; from += CHUNK_RECORDS_MAX) {
      this.#assertUp();
      yield this.#records.slice(from, Math.min(from + CHUNK_RECORDS_MAX, upTo));
    }
  }

  async *history(subject: string, after: Position): AsyncIterable<readonly StoredRecord[]> {
    this.#assertUp();
    const records = (this.#positions.get(subject) ?? [])
      .filter((position) => position > after)
      .flatMap((position) => this.#records[position - 1] ?? []);
    for (let from = 0; from < records.length; from += CHUNK_RECORDS_MAX) {
      yield records.slice(from, from + CHUNK_RECORDS_MAX);
    }
  }

  follow(options: FollowLog): LogFollowing {
    const following = new MemoryFollowing(this, options, () => this.#followings.delete(following));
    this.#followings.add(following);
    return following;
  }

  async close(): Promise<void> {
    for (const following of this.#followings) following.stop();
    this.setStatus('down');
  }

  #assertUp(): void {
    if (this.#status === 'down') throw unavailable();
  }

  #lastOf(subject: string): Position {
    return this.#positions.get(subject)?.at(-1) ?? 0;
  }

  #storeAll(entries: readonly Entry[]): Position {
    const first = this.#records.length + 1;
    const storedAt = Math.max(this.#options.now(), this.#records.at(-1)?.storedAt ?? 0);
    for (const [index, { subject, payload }] of entries.entries()) {
      this.#store({ position: first + index, subject, payload, storedAt });
    }
    this.#wake();
    return first;
  }

  #store(record: StoredRecord): void {
    assert.equal(record.position, this.#records.length + 1);
    this.#records.push(record);
    const positions = this.#positions.get(record.subject);
    if (positions === undefined) this.#positions.set(record.subject, [record.position]);
    else positions.push(record.position);
  }

  #wake(): void {
    for (const following of this.#followings) following.wake();
  }
}

class MemoryFollowing implements LogFollowing {
  readonly ended: Promise<void>;
  #stopped = false;
  #wake = Promise.withResolvers<void>();

  constructor(log: MemoryLog, options: FollowLog, onEnd: () => void) {
    this.ended = this.#run(log, options).finally(onEnd);
  }

  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  wake(): void {
    this.#wake.resolve();
  }

  async #run(log: MemoryLog, { after, deliver }: FollowLog): Promise<void> {
    let delivered = after;
    while (!this.#stopped) {
      this.#wake = Promise.withResolvers();
      if (log.status === 'up' && log.records.length < delivered) throw endsBefore(delivered, log.records.length);
      if (log.status === 'down' || log.records.length === delivered) {
        await this.#wake.promise;
        continue;
      }
      // Not before follow() has returned.
      await Promise.resolve();
      const chunk = log.records.slice(delivered, delivered + CHUNK_RECORDS_MAX);
      delivered += chunk.length;
      if (!this.#stopped) await deliver(chunk);
    }
  }
}
