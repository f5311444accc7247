/**
 * The link to an Asterisk: its REST interface (ARI) and the stream of its events, both on one WebSocket, which is made again
 * whenever it breaks. What happens while it is broken is not told afterwards: whoever listens has to ask how things are.
 * Source: Asterisk's documentation of "ARI REST over WebSocket", and what Asterisk 22.10 was seen to do.
 */
import { WebSocket } from 'ws';
import { LedgerlineError, messageOf } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { JsonObject } from '../../model/json.ts';
import { type AriAnswer, type AriEvent, ariMessageIn } from './ari-events.ts';

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

export type AriQuery = Readonly<Record<string, string | number | boolean | undefined>>;

const ANSWER_MS_MAX = 10_000;
const FIRST_ANSWER_MS_MAX = 3_000;
const ALIVE_MS = 10_000;
const ALIVE = { method: 'GET', path: '/asterisk/ping' } as const;
/** All channels are one answer: some 700 bytes each. */
const MESSAGE_BYTES_MAX = 67_108_864;

interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: AriQuery;
  readonly body?: JsonObject | undefined;
}

interface Waiting {
  readonly answer: (answer: AriAnswer) => void;
  readonly fail: (why: string) => void;
  readonly settled: () => void;
}

export class AriLink {
  readonly #options: AriOptions;
  readonly #authorization: string;
  #listener: AriListener | undefined;
  #socket: WebSocket | undefined;
  #isUp = false;
  #closed = false;
  /** Requests not answered yet, by their ids. */
  readonly #waiting = new Map<string, Waiting>();
  #asked = 0;
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

  /**
   * Any status is an answer. Rejects with `unavailable` where none came, and while the link is broken. One that does not come in
   * time breaks it: what became of the request is found out when it is made again.
   */
  request(method: Asked['method'], path: string, query: AriQuery = {}, body?: JsonObject): Promise<AriAnswer> {
    const socket = this.#socket;
    if (!this.#isUp || socket === undefined) return Promise.reject(unreachable('it is not connected'));
    return this.#ask(socket, ANSWER_MS_MAX, { method, path, query, body });
  }

  #ask(socket: WebSocket, withinMs: number, { method, path, query = {}, body }: Asked): Promise<AriAnswer> {
    const { clock } = this.#options;
    this.#asked += 1;
    const id = String(this.#asked);
    const message = {
      type: 'RESTRequest',
      ...{ transaction_id: id, request_id: id, method },
      uri: `${path.slice(1)}?${queryOf(query)}`,
      ...(body === undefined ? {} : { content_type: 'application/json', message_body: JSON.stringify(body) }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<AriAnswer>();
    const late = clock.at(clock.now() + withinMs, () => {
      this.#settle(id)?.fail(`it did not answer ${method} ${path}`);
      socket.terminate();
    });
    this.#waiting.set(id, {
      answer: resolve,
      fail: (why) => reject(unreachable(why)),
      settled: late,
    });
    socket.send(JSON.stringify(message));
    return promise;
  }

  /** The request is waited for no more; undefined when it was not. */
  #settle(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settled();
    return waiting;
  }

  #connect(): void {
    const { app, url } = this.#options;
    const address = url.replace(/^http/, 'ws').replace(/\/+$/, '');
    const socket = new WebSocket(`${address}/ari/events?${queryOf({ app, subscribeAll: true })}`, {
      headers: { authorization: this.#authorization },
      handshakeTimeout: ANSWER_MS_MAX,
      maxPayload: MESSAGE_BYTES_MAX,
    });
    this.#socket = socket;
    let problem: unknown;
    socket.on('open', () => {
      this.#prove(socket).catch((error: unknown) => {
        problem ??= error;
      });
    });
    socket.on('message', (data) => this.#told(String(data)));
    socket.on('error', (error) => {
      problem = error;
    });
    socket.on('close', () => this.#lost(problem));
  }

  /** Asterisk neither answers nor tells anything on a link that came while it was closing the one before. */
  async #prove(socket: WebSocket): Promise<void> {
    await this.#ask(socket, FIRST_ANSWER_MS_MAX, ALIVE);
    this.#isUp = true;
    this.#problem = '';
    this.#options.report('is connected');
    this.#watch(socket);
    this.#listener?.up();
  }

  /** Events before the link is up are left to whoever asks then how things are. */
  #told(text: string): void {
    const message = ariMessageIn(text);
    if (message?.type === 'RESTResponse') this.#settle(message.request_id)?.answer(message);
    else if (message?.type === 'ApplicationReplaced')
      this.#options.report('gives our calls to somebody else with the same app');
    else if (message !== undefined && this.#isUp) this.#listener?.event(message);
  }

  /** Asked for something again and again, so that a link that answers nothing any more is noticed. */
  #watch(socket: WebSocket): void {
    const { clock } = this.#options;
    this.#cancel = clock.at(clock.now() + ALIVE_MS, () => {
      this.#ask(socket, ANSWER_MS_MAX, ALIVE).then(
        () => this.#watch(socket),
        () => undefined,
      );
    });
  }

  #lost(problem: unknown): void {
    const { clock, retryMs, report } = this.#options;
    const what = this.#isUp ? 'is not connected any more' : 'cannot be reached';
    const why = `${what}: ${messageOf(problem ?? 'it hung up')}`;
    this.#isUp = false;
    this.#cancel();
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.fail(why);
    if (this.#closed) return;
    if (why !== this.#problem) report(why);
    this.#problem = why;
    this.#cancel = clock.at(clock.now() + retryMs, () => this.#connect());
  }
}

function queryOf(query: AriQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
}

function unreachable(why: string): LedgerlineError {
  return new LedgerlineError('unavailable', `Asterisk cannot be reached: ${why}`);
}
