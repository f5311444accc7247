/**
 * The connection to the NATS server: up or down, requests that end, and nothing else.
 * It reconnects for ever. A request fails at once when the connection breaks, so nobody waits for a timeout that cannot
 * be met. What a failed request means for the caller (nothing stored? nobody knows?) is the caller's to say.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  AuthorizationError,
  createInbox,
  connect as dial,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  nkeyAuthenticator,
  nkeys,
} from 'nats';
import { LedgerlineError } from '../errors.ts';
import type { LogStatus } from './log.ts';
import { unavailable } from './log-failures.ts';
import { PullRoom } from './pull-room.ts';

export interface ConnectionOptions {
  readonly servers: string | readonly string[];
  /** Seed of the nkey to sign in with. */
  readonly seed?: string | undefined;
  /** Shown in the server's list of connections. */
  readonly name: string;
  readonly requestMsMax: number;
}

/** The request was sent and no answer came: the time is over, or the connection broke meanwhile. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const RECONNECT_WAIT_MS = 25;
/** A peer that answers no ping for two of these is taken for gone. */
const PING_MS = 5000;
const CONNECT_MS_MAX = 10_000;

/** Why there is no connection: `badConfiguration` when the server is there and lets nobody in like this, else `unavailable`. */
export function notConnected(
  { servers, seed }: Pick<ConnectionOptions, 'servers' | 'seed'>,
  error: unknown,
): LedgerlineError {
  const at = typeof servers === 'string' ? servers : servers.join(', ');
  if (!(error instanceof AuthorizationError))
    return new LedgerlineError('unavailable', `no NATS server answers at ${at}`, {}, error);
  const user = seed === undefined ? undefined : nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
  const message =
    user === undefined
      ? `the NATS server at ${at} lets nobody in without a key: LEDGERLINE_NATS_KEY names the file with its seed`
      : `the NATS server at ${at} does not know the key of LEDGERLINE_NATS_KEY: its account of the log needs the user {nkey: ${user}}`;
  return new LedgerlineError('badConfiguration', message, { servers, user }, error);
}

/** Of a cluster several, separated by commas. */
export function addressesIn(servers: string | readonly string[]): string[] {
  return typeof servers === 'string' ? servers.split(',') : [...servers];
}

/** How a connection with this seed signs in. */
export function signInOf(seed: string | undefined) {
  return seed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) };
}

interface Waiting {
  resolve(reply: Msg): void;
  reject(error: NoAnswer): void;
  readonly timer: NodeJS.Timeout;
}

export class Connection {
  /** For subscriptions and plain publishes of this folder; its requests are slower than ours and wait out a lost connection. */
  readonly nats: NatsConnection;
  /** For who reads much over it. */
  readonly room = new PullRoom();
  readonly #requestMsMax: number;
  readonly #replies = createInbox();
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<(status: LogStatus) => void>();
  #serial = 0;
  #status: LogStatus = 'up';

  /** Throws `unavailable` when no server answers, `badConfiguration` when it does not let us in. */
  static async open({ servers, seed, name, requestMsMax }: ConnectionOptions): Promise<Connection> {
    try {
      const nats = await dial({
        servers: addressesIn(servers),
        name,
        ...signInOf(seed),
        maxReconnectAttempts: -1,
        reconnectDelayHandler: () => RECONNECT_WAIT_MS,
        pingInterval: PING_MS,
        timeout: CONNECT_MS_MAX,
      });
      return new Connection(nats, requestMsMax);
    } catch (error) {
      throw notConnected({ servers, seed }, error);
    }
  }

  private constructor(nats: NatsConnection, requestMsMax: number) {
    this.nats = nats;
    this.#requestMsMax = requestMsMax;
    nats.subscribe(`${this.#replies}.*`, {
      callback: (error, reply) => {
        if (error === null) this.#forget(reply.subject)?.resolve(reply);
      },
    });
    void this.#watch();
  }

  get status(): LogStatus {
    return this.#status;
  }

  onStatus(listener: (status: LogStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws `unavailable` before anything is sent, `NoAnswer` after. The answer may be the server's "no responders". */
  request(subject: string, payload: Uint8Array | string, headers?: MsgHdrs): Promise<Msg> {
    if (this.#status === 'down') return Promise.reject(unavailable());
    const { promise, resolve, reject } = Promise.withResolvers<Msg>();
    const reply = `${this.#replies}.${++this.#serial}`;
    this.nats.publish(subject, payload, headers === undefined ? { reply } : { reply, headers });
    const timer = setTimeout(() => this.#failed(reply, 'no answer in time'), this.#requestMsMax);
    this.#waiting.set(reply, { resolve, reject, timer });
    return promise;
  }

  async close(): Promise<void> {
    this.#turn('down');
    await this.nats.close();
  }

  #failed(reply: string, reason: string): void {
    this.#forget(reply)?.reject(new NoAnswer(reason));
  }

  #forget(reply: string): Waiting | undefined {
    const waiting = this.#waiting.get(reply);
    if (waiting === undefined) return undefined;
    clearTimeout(waiting.timer);
    this.#waiting.delete(reply);
    return waiting;
  }

  async #watch(): Promise<void> {
    for await (const event of this.nats.status()) {
      if (event.type === 'disconnect' || event.type === 'close') this.#turn('down');
      else if (event.type === 'reconnect' && !this.nats.isClosed()) this.#turn('up');
    }
    this.#turn('down');
  }

  #turn(status: LogStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    if (status === 'down') for (const reply of this.#waiting.keys()) this.#failed(reply, 'the connection broke');
    for (const listener of this.#listeners) listener(status);
  }
}

/** JetStream's refusal, as it words it. */
export interface ApiError {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

export type ApiReply<T> = { readonly error: ApiError } | ({ readonly error?: never } & T);

/** No stream or consumer listens on the subject: the stream is gone, or its cluster has no leader. */
export function isNoResponders(reply: Msg): boolean {
  return reply.data.length === 0 && reply.headers?.code === 503;
}

/** A server that reads its configuration again has no API meanwhile, for some milliseconds. */
const UNHEARD = { pauseMs: 20, triesMax: 10 };

/** One call of the JetStream API; a refusal is returned. Throws `unavailable` when there is no answer. */
export async function callApi<T>(connection: Connection, call: string, body: object): Promise<ApiReply<T>> {
  for (let tries = 1; ; tries++) {
    let reply: Msg;
    try {
      reply = await connection.request(`$JS.API.${call}`, JSON.stringify(body));
    } catch (error) {
      throw error instanceof NoAnswer ? unavailable(error) : error;
    }
    if (!isNoResponders(reply)) return reply.json<ApiReply<T>>();
    if (tries === UNHEARD.triesMax) throw unavailable(new NoAnswer('no responders'));
    await delay(UNHEARD.pauseMs);
  }
}

/** The server could not make a stream's store: its folder, or the disk, is not as it should be just now. */
const NO_STORE = 10049;

/** A refusal nobody expects: told by its number, retried as unavailable when it is a passing state. */
export function refused(call: string, error: ApiError): LedgerlineError {
  const details = { call, code: error.err_code, description: error.description };
  return error.code === 503 || error.err_code === NO_STORE
    ? new LedgerlineError('unavailable', `the log's server cannot serve ${call} now: ${error.description}`, details)
    : new LedgerlineError('serverUnfit', `the log's server refuses ${call}: ${error.description}`, details);
}
