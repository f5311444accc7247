/**
 * The writer's lease, for a log on an outside server: of all processes that could write, one does. A key that expires unless
 * it is renewed (lease-key.ts); whoever could not renew it in time pauses before it can expire, and goes on when
 * he has it again and nobody had it meanwhile: an outage of the server is no reason to stop for good.
 * For speed and simplicity only: a writer that lost it and does not know yet can do no harm, its expectations fail.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LedgerlineError } from '../errors.ts';
import { LeaseKey, type LeaseKeyOptions } from './lease-key.ts';
import { patiently } from './patience.ts';

export interface LeaseOptions extends LeaseKeyOptions {
  /** A clock that never jumps, ms. */
  readonly monotonicMs: () => number;
  /**
   * Told who has it, of whom nobody knows whether he lives: he is waited for until he renews it, and then has it, or until it has
   * expired. Absent: he has it.
   */
  readonly onWait?: (holder: string) => void;
  /** Told that it lapsed, and why, and that it is held again (undefined); some time after it is so, at the latest a quarter of its lifetime. */
  readonly onLapse?: (lapsed: LedgerlineError | undefined) => void;
}

export interface Lease {
  /** Who has it, while this process waits for it; undefined once it was had here. */
  readonly holder: string | undefined;
  /** Resolves when it is had here: at once, but for who stands by. Rejects when it cannot be waited for any more. */
  readonly held: Promise<void>;
  /** Why nothing may be written now: another has it, or it was not renewed in time. Undefined while it is held. */
  readonly lapsed: LedgerlineError | undefined;
  /** Settles when another has it, or had it, after it was had here; never after `release`. */
  readonly lost: Promise<LedgerlineError>;
  /** Gives it up, so that another may have it at once; or waits for it no more. */
  release(): Promise<void>;
}

/** Renewed so often within its lifetime. */
const RENEWALS_PER_TTL = 4;
/** Whoever waits for it to expire looks so often. */
const LOOKS_PER_TTL = 40;
/** Held no longer than this share of its lifetime without a renewal: ended sooner than anybody else can have it. */
const SAFE_SHARE = 0.75;

/** Throws `alreadyRunning`, naming the holder, `unavailable` when no server answers, `badConfiguration` when it does not let us in. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const key = await LeaseKey.open(options);
  try {
    const revision = await patiently('the right to write the log', () => takeKey(key, options));
    return new HeldLease(options, key, revision);
  } catch (error) {
    await key.close();
    throw error;
  }
}

/** May be repeated: whoever has it takes it again. Throws as `LeaseKey.takeUnlessHeld` does. */
async function takeKey(key: LeaseKey, options: Pick<LeaseOptions, 'onWait'>): Promise<number> {
  const found = await key.takeUnlessHeld();
  if (typeof found === 'number') return found;
  const { name, revision } = found;
  const { onWait } = options;
  onWait?.(name);
  if (onWait === undefined || !(await expires(key, revision))) {
    const message = `the log is being written by ${name}; one process at a time may`;
    throw new LedgerlineError('alreadyRunning', message, { holder: name });
  }
  return takeKey(key, options);
}

/** False as soon as it is seen to have been renewed, by whomever. */
async function expires(key: LeaseKey, revision: number): Promise<boolean> {
  const pauseMs = lookEveryMs(key);
  for (let look = 0; look < 2 * LOOKS_PER_TTL; look += 1) {
    await delay(pauseMs);
    const current = await key.held();
    if (current === undefined) return true;
    if (current.revision !== revision) return false;
  }
  return false;
}

/** How often whoever waits for it looks whether it has expired. */
export function lookEveryMs({ ttlMs }: Pick<LeaseKey, 'ttlMs'>): number {
  return ttlMs / LOOKS_PER_TTL;
}

/** Renews it from the moment it is made, with the key at the revision at which it was taken. */
export class HeldLease implements Lease {
  readonly holder = undefined;
  readonly held = Promise.resolve();
  readonly lost: Promise<LedgerlineError>;
  readonly #options: Pick<LeaseOptions, 'monotonicMs' | 'onLapse'>;
  readonly #key: LeaseKey;
  readonly #timer: NodeJS.Timeout;
  readonly #lose: (error: LedgerlineError) => void;
  #revision: number;
  #renewedAt: number;
  #renewing = false;
  #saidLapsed = false;
  #released = false;

  constructor(options: Pick<LeaseOptions, 'monotonicMs' | 'onLapse'>, key: LeaseKey, revision: number) {
    const { promise, resolve } = Promise.withResolvers<LedgerlineError>();
    this.lost = promise;
    this.#lose = resolve;
    this.#options = options;
    this.#key = key;
    this.#revision = revision;
    this.#renewedAt = options.monotonicMs();
    this.#timer = setInterval(() => {
      this.#sayWhetherLapsed();
      void this.#renew();
    }, key.ttlMs / RENEWALS_PER_TTL);
  }

  async release(): Promise<void> {
    this.#released = true;
    clearInterval(this.#timer);
    await this.#key.free(this.#revision).catch(() => undefined);
    await this.#key.close();
  }

  get lapsed(): LedgerlineError | undefined {
    if (this.#options.monotonicMs() - this.#renewedAt <= this.#key.ttlMs * SAFE_SHARE) return undefined;
    return new LedgerlineError('unavailable', 'the right to write the log could not be renewed in time');
  }

  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    const asked = this.#options.monotonicMs();
    try {
      this.#revision = await this.#key.renew(this.#revision, this.#key.ttlMs / RENEWALS_PER_TTL);
      this.#renewedAt = asked;
    } catch {
      await this.#lookAgain(asked).catch(() => undefined);
    } finally {
      this.#renewing = false;
    }
    this.#sayWhetherLapsed();
  }

  #sayWhetherLapsed(): void {
    const { lapsed } = this;
    if (this.#released || (lapsed !== undefined) === this.#saidLapsed) return;
    this.#saidLapsed = lapsed !== undefined;
    this.#options.onLapse?.(lapsed);
  }

  async #lookAgain(asked: number): Promise<void> {
    const current = await this.#key.held();
    // Given up while it was renewed: what is free by now is for another.
    if (this.#released) return;
    if (current === undefined) {
      const revision = await this.#key.take();
      // Expired, and the next change of the bucket is ours: nobody had it in between.
      if (revision !== this.#revision + 1) return this.#end('another had it meanwhile');
      this.#revision = revision;
      this.#renewedAt = asked;
    }
    // Perhaps it was renewed and only the answer was lost: then the key is still ours, at another revision.
    else if (this.#key.isOurs(current)) this.#revision = current.revision;
    else this.#end(`it is held by ${current.name}`);
  }

  #end(why: string): void {
    clearInterval(this.#timer);
    this.#lose(new LedgerlineError('alreadyRunning', `the writer's lease is lost: ${why}`));
  }
}
