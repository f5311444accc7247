/**
 * The link to an Asterisk: requests of its REST interface (ARI) and the stream of its events, on one WebSocket that is made
 * again whenever it breaks. What happens while it is broken is not told afterwards: whoever listens has to ask how things are.
 * Source: Asterisk's own rest-api documents; shared/notes/contact-center.md, part A.
 */
import { WebSocket } from 'ws';
import { LedgerlineError, messageOf } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { type AriEvent, ariEventIn } from './ari-events.ts';

export interface AriOptions {
  /** Such as http://127.0.0.1:8088, where its HTTP server is. */
  readonly url: string;
  /** `user:password`, of ari.conf. */
  readonly login: string;
  /** Stasis application that calls come in by. */
  readonly app: string;
  readonly clock: Clock;
  /** Between two tries to make the link. */
  readonly retryMs: number;
  /** The link is made, or broken, and why. */
  readonly report: (what: string) => void;
}

export interface AriListener {
  event(event: AriEvent): void;
  /** Events come from now on. */
  up(): void;
}

export interface AriAnswer {
  readonly status: number;
  readonly body: Json;
}

export type AriQuery = Readonly<Record<string, string | number | boolean | undefined>>;

const ANSWER_MS_MAX = 10_000;
const PING_MS = 10_000;
/** Some hundred times what an event has. */
const EVENT_BYTES_MAX = 1_048_576;

export class AriLink {
  readonly #options: AriOptions;
  readonly #authorization: string;
  #listener: AriListener | undefined;
  #socket: WebSocket | undefined;
  #isUp = false;
  #closed = false;
  /** Why the last tries failed, told once. */
  #problem = '';
  #cancel: () => void = () => undefined;

  constructor(options: AriOptions) {
    this.#options = options;
    this.#authorization = `Basic ${Buffer.from(options.login, 'utf8').toString('base64')}`;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Begins, and goes on until it is closed. */
  open(listener: AriListener): void {
    this.#listener = listener;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#isUp = false;
    this.#cancel();
    this.#socket?.terminate();
  }

  /** Any status is an answer. Throws `unavailable` where none came, and while the link is broken. */
  async request(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    query: AriQuery = {},
    body?: JsonObject,
  ): Promise<AriAnswer> {
    if (!this.#isUp) throw unreachable();
    const url = this.#address(path, query);
    try {
      const answer = await fetch(url, {
        method,
        headers: {
          authorization: this.#authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as Json) };
    } catch (error) {
      throw unreachable(error);
    }
  }

  #address(path: string, query: AriQuery): URL {
    const url = new URL(`${this.#options.url.replace(/\/+$/, '')}/ari${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  #connect(): void {
    const { app, report } = this.#options;
    const url = this.#address('/events', { app, subscribeAll: true });
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, {
      headers: { authorization: this.#authorization },
      handshakeTimeout: ANSWER_MS_MAX,
      maxPayload: EVENT_BYTES_MAX,
    });
    this.#socket = socket;
    let problem: unknown;
    socket.on('open', () => {
      this.#isUp = true;
      this.#problem = '';
      report('is connected');
      this.#watch(socket);
      this.#listener?.up();
    });
    socket.on('message', (data) => this.#told(String(data)));
    socket.on('error', (error) => {
      problem = error;
    });
    socket.on('close', () => this.#lost(problem));
  }

  #told(text: string): void {
    const event = ariEventIn(text);
    if (event === undefined) return;
    if (event.type === 'ApplicationReplaced')
      this.#options.report('gives our calls to somebody else with the same app');
    else this.#listener?.event(event);
  }

  /** A link that answers no ping is broken, though nobody said so. */
  #watch(socket: WebSocket): void {
    const { clock } = this.#options;
    let isAlive = true;
    socket.on('pong', () => {
      isAlive = true;
    });
    const ask = (): void => {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping();
      this.#cancel = clock.at(clock.now() + PING_MS, ask);
    };
    ask();
  }

  #lost(problem: unknown): void {
    const { clock, retryMs, report } = this.#options;
    const what = this.#isUp ? 'is not connected any more' : 'cannot be reached';
    const why = `${what}: ${messageOf(problem ?? 'it hung up')}`;
    this.#isUp = false;
    this.#cancel();
    if (this.#closed) return;
    if (why !== this.#problem) report(why);
    this.#problem = why;
    this.#cancel = clock.at(clock.now() + retryMs, () => this.#connect());
  }
}

function unreachable(cause?: unknown): LedgerlineError {
  return new LedgerlineError('unavailable', 'Asterisk cannot be reached', {}, cause);
}
