/**
 * Group commit: one append in flight; parcels that arrive meanwhile form the next atomic batches.
 * It settles every batch before the next is sent: a lost acknowledgement is resolved by reading back, an absent batch is
 * sent again unchanged, so a parcel is committed once, refused, or (for as long as nobody knows) in doubt. Of a batch that
 * a server's death has cut, the parcels that are whole are committed and the others refused, once nothing can complete it.
 * It does not decide and does not re-decide: that is the owner's part, told by `conflicted`.
 */
import { isFailure, LedgerlineError } from '../errors.ts';
import type { Position } from '../model/position.ts';
import { type AppendOutcome, BATCH_ENTRIES_MAX, type Entry, type Log, type ReadBack } from './log.ts';

/** What must be stored together. May be empty: it then only keeps its place in the order. */
export interface Parcel {
  readonly entries: readonly ParcelEntry[];
}

export interface ParcelEntry {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** What it was decided on, and where that stands; looked at when the batch is sent, when all earlier ones are settled. */
  readonly base: { readonly position: Position | undefined };
}

export interface ParcelOwner<P extends Parcel> {
  /** Stored, in this order, from `first` on without gaps. */
  committed(parcels: readonly P[], first: Position): void;
  /**
   * The batch met a stale expectation, or was cut before these: none of them is stored (of the first a part may stand in
   * the log, void), and nothing of what waits behind them was sent. Oldest first.
   */
  conflicted(parcels: readonly P[]): void;
  /** Stores a record of its own at the log's end, if that is still `end`, else it is a conflict. Throws `unavailable`. */
  seal(end: Position): Promise<AppendOutcome>;
  /** Certainly not stored, never sent. */
  unsent(parcels: readonly P[], cause: LedgerlineError): void;
  /** The outcome has been unknown for `doubtMsMax` and is still being resolved. `waiting` were not sent and are given up. */
  doubtful(inFlight: readonly P[], waiting: readonly P[]): void;
}

export interface GroupCommitOptions {
  readonly log: Log;
  /** Bytes of one batch; a batch holds at least one parcel, however large. */
  readonly batchBytesMax: number;
  /** Waits in real time (never the domain's clock): it is I/O that is waited for. */
  readonly pause: (ms: number) => Promise<void>;
  /** Between two tries to settle a batch in doubt. */
  readonly settleRetryMs: number;
  /** How long a batch may be in doubt before its callers are told so. */
  readonly doubtMsMax: number;
  readonly onBatch?: (entries: number, parcels: number) => void;
}

/**
 * Enough parcels for an append of their own. Were all that wait taken at once, callers who answer one another's batches
 * would move in step: nothing decided while the log writes, nothing written while they decide.
 */
const BATCH_PARCELS = 128;

export class GroupCommit<P extends Parcel> {
  readonly #options: GroupCommitOptions;
  readonly #owner: ParcelOwner<P>;
  #queue: P[] = [];
  #running: Promise<void> | undefined;
  /** Set while the first batch still waits for the rest of its tick. */
  #start: (() => void) | undefined;
  #closed = false;

  constructor(options: GroupCommitOptions, owner: ParcelOwner<P>) {
    this.#options = options;
    this.#owner = owner;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  push(parcel: P): void {
    if (this.#closed) throw new LedgerlineError('unavailable', 'the writer is closed');
    this.#queue.push(parcel);
    if (this.#running === undefined) this.#startThisTick();
    else if (this.#queue.length >= BATCH_PARCELS) this.#start?.();
  }

  /** Resolves when nothing is queued or in flight. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** No more parcels; a batch in doubt is left unresolved. */
  close(): void {
    this.#closed = true;
  }

  /** Parcels of the same tick share the first batch, unless there are enough for one before the tick is over. */
  #startThisTick(): void {
    this.#running = new Promise((done, failed) => {
      this.#start = () => {
        this.#start = undefined;
        this.#run().then(done, failed);
      };
    });
    queueMicrotask(() => this.#start?.());
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0 && !this.#closed) await this.#commit(this.#take());
    } finally {
      this.#running = undefined;
    }
  }

  /** The oldest parcels: all, or a good half where there are many, so that the next are decided while these are stored. */
  #take(): P[] {
    const parcelsMax = Math.max(BATCH_PARCELS, Math.ceil(this.#queue.length / 2));
    let entries = 0;
    let bytes = 0;
    let count = 0;
    for (const parcel of this.#queue) {
      let parcelBytes = 0;
      for (const { payload } of parcel.entries) parcelBytes += payload.byteLength;
      const full =
        entries + parcel.entries.length > BATCH_ENTRIES_MAX || bytes + parcelBytes > this.#options.batchBytesMax;
      if ((full || count === parcelsMax) && count > 0) break;
      entries += parcel.entries.length;
      bytes += parcelBytes;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(parcels: P[]): Promise<void> {
    const entries = entriesOf(parcels);
    if (entries.length === 0) return this.#owner.committed(parcels, 0);
    let outcome: ReadBack | undefined;
    try {
      outcome = await this.#settle(entries, parcels);
    } catch (error) {
      if (!isFailure(error)) throw error;
      return this.#owner.unsent([...parcels, ...this.#queue.splice(0)], error);
    }
    if (outcome === undefined) return;
    if (outcome.kind === 'committed') return this.#committed(parcels, outcome.first);
    const whole = outcome.kind === 'partly' ? wholeAmong(parcels, outcome.stored) : 0;
    if (outcome.kind === 'partly' && whole > 0) this.#committed(parcels.slice(0, whole), outcome.first);
    this.#owner.conflicted([...parcels.slice(whole), ...this.#queue.splice(0)]);
  }

  #committed(parcels: readonly P[], first: Position): void {
    this.#options.onBatch?.(entriesIn(parcels), parcels.length);
    this.#owner.committed(parcels, first);
  }

  /** Undefined when the writer was closed before anybody knew. */
  async #settle(entries: readonly Entry[], parcels: readonly P[]): Promise<ReadBack | undefined> {
    /** A try was made whose outcome nobody told: it may be stored. */
    let inDoubt = false;
    let settled = false;
    const tellDoubt = async () => {
      await this.#options.pause(this.#options.doubtMsMax);
      if (!settled) this.#owner.doubtful(parcels, this.#queue.splice(0));
    };
    for (;;) {
      try {
        const outcome = await this.#options.log.append(entries);
        if (outcome.kind === 'committed') {
          settled = true;
          return outcome;
        }
        // In doubt, a refusal can be our own record's doing.
        if (outcome.kind === 'conflict' && !inDoubt) return { kind: 'lost' };
      } catch (error) {
        if (!inDoubt) throw error;
      }
      if (!inDoubt) void tellDoubt();
      else await this.#options.pause(this.#options.settleRetryMs);
      inDoubt = true;
      const back = await this.#readBack(entries);
      if (back === undefined || back.kind !== 'absent') {
        settled = true;
        return back;
      }
    }
  }

  /**
   * What is found is sealed before anybody is told. A server that was killed had written it, but perhaps not synced: the
   * seal's acknowledgement says that all before it is on disk. And a server that could not write the rest of a batch (a full
   * disk) keeps it, and completes the batch when it starts again, for as long as nothing stands behind.
   */
  async #readBack(entries: readonly Entry[]): Promise<ReadBack | undefined> {
    const { log, pause, settleRetryMs } = this.#options;
    while (!this.#closed) {
      try {
        const back = await log.outcomeOf(entries);
        if (back.kind === 'lost' || back.kind === 'absent' || (back.kind === 'partly' && back.sealed)) return back;
        const stored = back.kind === 'partly' ? back.stored : entries.length;
        const sealing = await this.#owner.seal(back.first + stored - 1);
        // Where it is a conflict, something else stands behind, synced before the refusal came.
        if (back.kind === 'committed' && sealing.kind !== 'unknown') return back;
      } catch (error) {
        if (!isFailure(error, 'unavailable')) throw error;
      }
      await pause(settleRetryMs);
    }
    return undefined;
  }
}

function entriesIn(parcels: readonly Parcel[]): number {
  return parcels.reduce((sum, { entries }) => sum + entries.length, 0);
}

/** How many parcels, from the first on, are among the first `stored` entries; one that is empty rests on those before it. */
function wholeAmong(parcels: readonly Parcel[], stored: number): number {
  let end = 0;
  const cut = parcels.findIndex(({ entries }) => {
    end += entries.length;
    return end > stored;
  });
  return cut === -1 ? parcels.length : cut;
}

/** The expectation goes on each subject's first entry of the batch, and on no later one. */
function entriesOf(parcels: readonly Parcel[]): Entry[] {
  const seen = new Set<string>();
  const entries: Entry[] = [];
  for (const parcel of parcels) {
    for (const entry of parcel.entries) {
      const { subject, payload } = entry;
      entries.push(seen.has(subject) ? { subject, payload } : { subject, payload, expected: expectationOf(entry) });
      seen.add(subject);
    }
  }
  return entries;
}

function expectationOf({ subject, base: { position } }: ParcelEntry): Position {
  if (position === undefined) throw new Error(`${subject}: decided on a state whose record was never acknowledged`);
  return position;
}
