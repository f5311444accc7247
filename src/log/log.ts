/**
 * The port of the truth: an append-only sequence of records, one subject per actor, compare-and-set per subject.
 * Two implementations, memory-log.ts (reference, simulation) and jetstream-log.ts; one contract suite runs both.
 * The port knows bytes and subjects only; what a record means is codec.ts's business.
 */
import type { Position } from '../model/position.ts';

export interface Entry {
  readonly subject: string;
  readonly payload: Uint8Array;
  /**
   * Position of the subject's last record before this batch, 0 for none. Given on the subject's first entry of a
   * batch, absent on its later ones.
   */
  readonly expected?: Position;
}

/** A record at its place in the log. */
export interface PlacedRecord {
  readonly position: Position;
  readonly subject: string;
  readonly payload: Uint8Array;
}

export interface StoredRecord extends PlacedRecord {
  /** When the log stored it, ms since 1970, by the log's own clock. For orientation only: time is a record's own `time`. */
  readonly storedAt: number;
}

export type AppendOutcome =
  /** All entries are on disk, at `first`, `first + 1`, … in order. */
  | { readonly kind: 'committed'; readonly first: Position }
  /** At least one expectation failed; nothing of the batch was stored. */
  | { readonly kind: 'conflict' }
  /** The acknowledgement did not arrive: stored or not, nobody knows yet. Ask `outcomeOf`. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** What reading back proves about a batch whose acknowledgement was lost. */
export type ReadBack =
  | { readonly kind: 'committed'; readonly first: Position }
  /**
   * Only the first `stored` entries are there: the server went down while it wrote them, and with it its copy of the
   * rest. `sealed`: another record stands behind them, so that the rest can never follow.
   */
  | { readonly kind: 'partly'; readonly first: Position; readonly stored: number; readonly sealed: boolean }
  /** Another record stands where ours was expected: ours can never be stored. */
  | { readonly kind: 'lost' }
  /** Neither: the identical entries may be appended again, and cannot apply twice. */
  | { readonly kind: 'absent' };

export interface FollowLog {
  readonly after: Position;
  /**
   * Takes records in order, gapless (`position === previous + 1` is proven before delivery). While it is pending,
   * nothing more is delivered and at most a bounded amount is buffered.
   */
  deliver(records: readonly StoredRecord[]): void | Promise<void>;
}

export interface LogFollowing {
  /** Resolves after stop(); rejects with `recordInvalid` on a gap, `logBehind` if the log ends before `after`, or deliver's own error. */
  readonly ended: Promise<void>;
  stop(): void;
}

export type LogStatus = 'up' | 'down';

/** A log that was begun anew keeps its positions: those up to the seam are in archives, the others in the new generation. */
export interface Generation {
  /** 1, 2, 3 … */
  readonly number: number;
  /** Last position of the generation before; 0 for the first. */
  readonly seam: Position;
  /** Records after this position can be read: 0 unless archives are not at hand. */
  readonly reach: Position;
}

export const FIRST_GENERATION: Generation = { number: 1, seam: 0, reach: 0 };

export interface Log {
  /** Minted when the log was created; two logs never share one. */
  readonly id: string;
  /** The one that grows. */
  readonly generation: Generation;
  readonly status: LogStatus;
  /** Tells every change of status; the returned function ends that. */
  onStatus(listener: (status: LogStatus) => void): () => void;

  /**
   * Stores all entries or none (1 to 1000); with `after` only where the log ends at that position, else it is a conflict.
   * One call at a time per process, but for that of a seal. Throws `unavailable` when certainly nothing was stored.
   */
  append(entries: readonly Entry[], after?: Position): Promise<AppendOutcome>;
  /** Reads what became of a batch whose outcome is unknown. Throws `unavailable`. */
  outcomeOf(entries: readonly Entry[]): Promise<ReadBack>;

  /** Position of the newest record, 0 for an empty log. */
  head(): Promise<Position>;
  /**
   * Newest record of a subject; its position is the one to expect in `append`. Of a subject that has not moved since the
   * generation began, that is where its copy stands, and nobody else's position; undefined for one that was left behind.
   */
  last(subject: string): Promise<StoredRecord | undefined>;
  /** First record of a subject after a position. */
  next(subject: string, after: Position): Promise<StoredRecord | undefined>;
  at(position: Position): Promise<StoredRecord | undefined>;
  /** First record stored at or after a time (ms since 1970, the log's clock). */
  since(time: number): Promise<StoredRecord | undefined>;
  /** Records in order from `after` (exclusive) to `upTo` (inclusive), in chunks; proves that none is missing. */
  read(range: { readonly after: Position; readonly upTo: Position }): AsyncIterable<readonly StoredRecord[]>;
  /** All records of one subject after a position, in order, in chunks. */
  history(subject: string, after: Position): AsyncIterable<readonly StoredRecord[]>;
  /** History first, then whatever is appended, until stopped. Survives a restart of the server behind it. */
  follow(options: FollowLog): LogFollowing;

  close(): Promise<void>;
}

export const BATCH_ENTRIES_MAX = 1000;
