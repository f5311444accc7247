/**
 * The writer's lease, for a log on an outside server: of all processes that could write, one does. A key in a NATS KV
 * bucket that expires unless it is renewed; whoever could not renew it in time pauses before it can expire, and goes on when
 * he has it again and nobody had it meanwhile: an outage of the server is no reason to stop for good.
 * For speed and simplicity only: a writer that lost it and does not know yet can do no harm, its expectations fail.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from 'nats';
import { LedgerlineError } from '../errors.ts';
import { addressesIn, notConnected, signInOf } from './connection.ts';
import { unavailable } from './log-failures.ts';
import { patiently } from './patience.ts';

export interface LeaseOptions {
  readonly servers: string;
  /** Seed of the nkey to sign in with. */
  readonly seed?: string | undefined;
  /** Of the bucket, when it is created. Default: 1. */
  readonly replicas?: number;
  /** Names this installation's data folder; whoever holds the folder's lock may take its lease back at once. */
  readonly holder: string;
  readonly ttlMs: number;
  /** A clock that never jumps, ms. */
  readonly monotonicMs: () => number;
  /**
   * Told who has it, of whom nobody knows whether he lives: he is waited for until he renews it, and then has it, or until it has
   * expired. Absent: he has it.
   */
  readonly onWait?: (holder: string) => void;
  /** Told that it lapsed, and why, and that it is held again (undefined); some time after it is so, at the latest a quarter of `ttlMs`. */
  readonly onLapse?: (lapsed: LedgerlineError | undefined) => void;
}

export interface Lease {
  /** Why nothing may be written now: it was not renewed in time. Undefined while it is held. */
  readonly lapsed: LedgerlineError | undefined;
  /** Settles when another has it, or had it; never after `release`. */
  readonly lost: Promise<LedgerlineError>;
  /** Gives it up, so that another may have it at once. */
  release(): Promise<void>;
}

const BUCKET = 'ledgerline_writer';
const KEY = 'writer';
/** Renewed so often within its lifetime. */
const RENEWALS_PER_TTL = 4;
/** Whoever waits for it to expire looks so often. */
const LOOKS_PER_TTL = 40;
/** Held no longer than this share of its lifetime without a renewal: ended sooner than anybody else can have it. */
const SAFE_SHARE = 0.75;

/** Throws `alreadyRunning`, naming the holder, `unavailable` when no server answers, `badConfiguration` when it does not let us in. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  let nats: NatsConnection;
  try {
    nats = await connect({
      servers: addressesIn(options.servers),
      name: 'ledgerline-lease',
      maxReconnectAttempts: -1,
      ...signInOf(options.seed),
    });
  } catch (error) {
    throw notConnected(options, error);
  }
  try {
    const { kv, revision } = await patiently('the right to write the log', () => takeKey(nats, options));
    return new HeldLease(options, nats, kv, revision);
  } catch (error) {
    await nats.close();
    throw error;
  }
}

/**
 * May be repeated: whoever has it takes it again. Throws `unavailable` while nobody answers for the bucket, and when somebody
 * else was quicker just now: who that was is seen by asking again.
 */
async function takeKey(
  nats: NatsConnection,
  options: LeaseOptions,
): Promise<{ readonly kv: KV; readonly revision: number }> {
  const { ttlMs, replicas = 1 } = options;
  try {
    const kv = await new Kvm(nats).create(BUCKET, { history: 1, ttl: ttlMs, replicas });
    return { kv, revision: await take(kv, options) };
  } catch (error) {
    throw error instanceof LedgerlineError ? error : unavailable(error);
  }
}

async function take(kv: KV, { holder, ttlMs, onWait }: LeaseOptions): Promise<number> {
  const current = await heldNow(kv);
  if (current === undefined) return kv.create(KEY, holder);
  const found = current.string();
  if (found === holder) return kv.update(KEY, holder, current.revision);
  onWait?.(found);
  if (onWait !== undefined && (await expires(kv, current.revision, ttlMs))) return kv.create(KEY, holder);
  throw new LedgerlineError('alreadyRunning', `the log is being written by ${found}; one process at a time may`, {
    holder: found,
  });
}

async function heldNow(kv: KV): Promise<KvEntry | undefined> {
  const current = await kv.get(KEY);
  return current === null || current.operation !== 'PUT' ? undefined : current;
}

/** False as soon as it is seen to have been renewed, by whomever. */
async function expires(kv: KV, revision: number, ttlMs: number): Promise<boolean> {
  const pauseMs = ttlMs / LOOKS_PER_TTL;
  for (let look = 0; look < 2 * LOOKS_PER_TTL; look += 1) {
    await delay(pauseMs);
    const current = await heldNow(kv);
    if (current === undefined) return true;
    if (current.revision !== revision) return false;
  }
  return false;
}

class HeldLease implements Lease {
  readonly lost: Promise<LedgerlineError>;
  readonly #options: LeaseOptions;
  readonly #nats: NatsConnection;
  readonly #kv: KV;
  readonly #timer: NodeJS.Timeout;
  readonly #lose: (error: LedgerlineError) => void;
  #revision: number;
  #renewedAt: number;
  #renewing = false;
  #saidLapsed = false;
  #released = false;

  constructor(options: LeaseOptions, nats: NatsConnection, kv: KV, revision: number) {
    const { promise, resolve } = Promise.withResolvers<LedgerlineError>();
    this.lost = promise;
    this.#lose = resolve;
    this.#options = options;
    this.#nats = nats;
    this.#kv = kv;
    this.#revision = revision;
    this.#renewedAt = options.monotonicMs();
    this.#timer = setInterval(() => {
      this.#sayWhetherLapsed();
      void this.#renew();
    }, options.ttlMs / RENEWALS_PER_TTL);
  }

  async release(): Promise<void> {
    this.#released = true;
    clearInterval(this.#timer);
    await this.#kv.delete(KEY, { previousSeq: this.#revision }).catch(() => undefined);
    await this.#nats.close();
  }

  get lapsed(): LedgerlineError | undefined {
    const { ttlMs, monotonicMs } = this.#options;
    if (monotonicMs() - this.#renewedAt <= ttlMs * SAFE_SHARE) return undefined;
    return new LedgerlineError('unavailable', 'the right to write the log could not be renewed in time');
  }

  async #renew(): Promise<void> {
    const { holder, ttlMs, monotonicMs } = this.#options;
    if (this.#renewing) return;
    this.#renewing = true;
    const asked = monotonicMs();
    try {
      this.#revision = await this.#kv.update(KEY, holder, this.#revision, ttlMs / RENEWALS_PER_TTL);
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
    const { holder } = this.#options;
    const current = await heldNow(this.#kv);
    // Given up while it was renewed: what is free by now is for another.
    if (this.#released) return;
    if (current === undefined) {
      const revision = await this.#kv.create(KEY, holder);
      // Expired, and the next change of the bucket is ours: nobody had it in between.
      if (revision !== this.#revision + 1) return this.#end('another had it meanwhile');
      this.#revision = revision;
      this.#renewedAt = asked;
    }
    // Perhaps it was renewed and only the answer was lost: then the key is still ours, at another revision.
    else if (current.string() === holder) this.#revision = current.revision;
    else this.#end(`it is held by ${current.string()}`);
  }

  #end(why: string): void {
    clearInterval(this.#timer);
    this.#lose(new LedgerlineError('alreadyRunning', `the writer's lease is lost: ${why}`));
  }
}
