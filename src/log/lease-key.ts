/**
 * The key that is the writer's lease, in a NATS KV bucket where it expires unless it is renewed: who has it now, and the
 * steps of having it, each a compare-and-set. What they mean for whoever takes them is lease.ts.
 */
import { type KV, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from 'nats';
import { LedgerlineError } from '../errors.ts';
import { addressesIn, notConnected, signInOf } from './connection.ts';
import { unavailable } from './log-failures.ts';
import { patiently } from './patience.ts';

export interface LeaseKeyOptions {
  readonly servers: string;
  /** Seed of the nkey to sign in with. */
  readonly seed?: string | undefined;
  /** Of the bucket, when it is created. Default: 1. */
  readonly replicas?: number;
  /** How long the key lasts without being renewed, when the bucket is created: one that is there keeps what it has. */
  readonly ttlMs: number;
  /** Names this installation's data folder; whoever holds the folder's lock may take its lease back at once. */
  readonly holder: string;
  /** What people call this process. */
  readonly name: string;
}

export interface Holding {
  readonly holder: string;
  readonly name: string;
  readonly revision: number;
}

const BUCKET = 'ledgerline_writer';
const KEY = 'writer';

export class LeaseKey {
  /** For all who share the bucket. */
  readonly ttlMs: number;
  readonly #options: LeaseKeyOptions;
  readonly #nats: NatsConnection;
  readonly #kv: KV;

  /** Throws `unavailable` when no server answers or serves the bucket, `badConfiguration` when it does not let us in. */
  static async open(options: LeaseKeyOptions): Promise<LeaseKey> {
    const nats = await dial(options);
    try {
      const { kv, ttlMs } = await patiently('the right to write the log', () => bucketOf(nats, options));
      return new LeaseKey(options, nats, kv, ttlMs);
    } catch (error) {
      await nats.close();
      throw error;
    }
  }

  private constructor(options: LeaseKeyOptions, nats: NatsConnection, kv: KV, ttlMs: number) {
    this.#options = options;
    this.#nats = nats;
    this.#kv = kv;
    this.ttlMs = ttlMs;
  }

  /** Undefined when nobody has it. Throws `unavailable`. */
  async held(): Promise<Holding | undefined> {
    const current = await this.#kv.get(KEY).catch((error: unknown) => {
      throw unavailable(error);
    });
    if (current === null || current.operation !== 'PUT') return undefined;
    const [holder = '', ...name] = current.string().split(' ');
    return { holder, name: name.join(' ') || holder, revision: current.revision };
  }

  /**
   * Takes it where nobody else has it: the revision at which it is ours. Else who has it. Throws `unavailable` while nobody
   * answers, and when somebody was quicker just now: who that was is seen by asking again.
   */
  async takeUnlessHeld(): Promise<number | Holding> {
    const current = await this.held();
    if (current !== undefined && !this.isOurs(current)) return current;
    try {
      return await (current === undefined ? this.take() : this.renew(current.revision));
    } catch (error) {
      throw unavailable(error);
    }
  }

  isOurs({ holder }: Holding): boolean {
    return holder === this.#options.holder;
  }

  /** The revision at which it is ours. Throws when somebody has it. */
  take(): Promise<number> {
    return this.#kv.create(KEY, this.#value);
  }

  /** Throws when it is at another revision by now, or when nobody answers in time. */
  renew(revision: number, boundMs?: number): Promise<number> {
    return this.#kv.update(KEY, this.#value, revision, boundMs);
  }

  /** Gives it up at that revision, so that another may have it at once. */
  async free(revision: number): Promise<void> {
    await this.#kv.delete(KEY, { previousSeq: revision });
  }

  /** Tells when somebody gives it up, as long as this is connected: a hint, which may be missed. */
  onFreed(listener: () => void): void {
    this.#nats.subscribe(`$KV.${BUCKET}.${KEY}`, {
      callback: (_, { headers }) => {
        if (headers?.has('KV-Operation')) listener();
      },
    });
  }

  /** Resolves when the connection is closed, here or because the server lets nobody in like this any more. */
  get closed(): Promise<unknown> {
    return this.#nats.closed();
  }

  close(): Promise<void> {
    return this.#nats.close();
  }

  get #value(): string {
    const { holder, name } = this.#options;
    return `${holder} ${name}`;
  }
}

async function dial({ servers, seed }: LeaseKeyOptions): Promise<NatsConnection> {
  try {
    return await connect({
      servers: addressesIn(servers),
      name: 'ledgerline-lease',
      maxReconnectAttempts: -1,
      ...signInOf(seed),
    });
  } catch (error) {
    throw notConnected({ servers, seed }, error);
  }
}

/** May be repeated. Throws `unavailable` while nobody answers for it. */
async function bucketOf(
  nats: NatsConnection,
  { ttlMs: ttl, replicas = 1 }: LeaseKeyOptions,
): Promise<{ readonly kv: KV; readonly ttlMs: number }> {
  try {
    const kv = await new Kvm(nats).create(BUCKET, { history: 1, ttl, replicas });
    return { kv, ttlMs: (await kv.status()).ttl };
  } catch (error) {
    throw error instanceof LedgerlineError ? error : unavailable(error);
  }
}
