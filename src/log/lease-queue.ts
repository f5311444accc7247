/**
 * Waiting for the writer's lease for as long as it takes: had at once when its holder gives it up, and as soon as it has
 * expired when he died. Whether he lives is nobody's question here: he has it until the key says otherwise.
 * No outage of the server ends the waiting. Of several who wait one has it, in no order.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LedgerlineError } from '../errors.ts';
import { HeldLease, type Lease, type LeaseOptions, lookEveryMs } from './lease.ts';
import { type Holding, LeaseKey } from './lease-key.ts';
import { patiently } from './patience.ts';

/** The lease, had already where nobody else has it. Throws `unavailable` when no server answers, `badConfiguration` when it does not let us in. */
export async function queueForLease(options: LeaseOptions): Promise<Lease> {
  const key = await LeaseKey.open(options);
  try {
    const found = await patiently('the right to write the log', () => key.takeUnlessHeld());
    return typeof found === 'number' ? new HeldLease(options, key, found) : new QueuedLease(options, key, found);
  } catch (error) {
    await key.close();
    throw error;
  }
}

class QueuedLease implements Lease {
  readonly held: Promise<void>;
  readonly lost: Promise<LedgerlineError>;
  readonly #options: LeaseOptions;
  readonly #key: LeaseKey;
  readonly #had = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<LedgerlineError>();
  readonly #waiting: Promise<void>;
  #holder: string;
  #lease: Lease | undefined;
  #released = false;
  /** Resolved when it is worth looking at once. */
  #news = Promise.withResolvers<void>();

  constructor(options: LeaseOptions, key: LeaseKey, { name }: Holding) {
    this.#options = options;
    this.#key = key;
    this.#holder = name;
    this.held = this.#had.promise;
    this.held.catch(() => undefined);
    this.lost = this.#lost.promise;
    key.onFreed(() => this.#news.resolve());
    void key.closed.then(() => this.#shutOut());
    this.#waiting = this.#wait();
  }

  get holder(): string | undefined {
    return this.#lease === undefined ? this.#holder : undefined;
  }

  get lapsed(): LedgerlineError | undefined {
    if (this.#lease !== undefined) return this.#lease.lapsed;
    return new LedgerlineError('unavailable', 'this server stands by: another one takes the commands');
  }

  async release(): Promise<void> {
    this.#released = true;
    this.#news.resolve();
    await this.#waiting;
    await (this.#lease?.release() ?? this.#key.close());
  }

  async #wait(): Promise<void> {
    while (!this.#released && this.#lease === undefined) {
      await Promise.race([this.#news.promise, delay(lookEveryMs(this.#key), undefined, { ref: false })]);
      this.#news = Promise.withResolvers();
      // Not to be had and not to be seen are the same for now: it is looked at again.
      const found = await this.#key.takeUnlessHeld().catch(() => undefined);
      if (typeof found === 'number') this.#begin(found);
      else if (found !== undefined) this.#holder = found.name;
    }
  }

  #begin(revision: number): void {
    this.#lease = new HeldLease(this.#options, this.#key, revision);
    void this.#lease.lost.then(this.#lost.resolve);
    this.#had.resolve();
  }

  #shutOut(): void {
    if (this.#released || this.#lease !== undefined) return;
    this.#released = true;
    this.#had.reject(new LedgerlineError('unavailable', 'the NATS server lets this server in no more'));
  }
}
