/**
 * The client of the native API for programs in JavaScript and TypeScript, in Node, Deno, Bun and browsers: commands that
 * take effect once however often they are sent, queries of now or of a past moment, and `follow`, which never misses a
 * record. Uses `fetch` alone. What the server refuses is thrown as a `Refused`, in the server's words.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { Transition } from '../model/transition.ts';
import { framesOf } from './event-frames.ts';

export type LedgerRecord = Transition;

export interface ClientOptions {
  /** `https://ledgerline.example`, without a path. */
  readonly url: string;
  /** Bearer token; the demo on this machine needs none. */
  readonly token?: string;
  /** Told whenever the server cannot be reached and is tried again. */
  readonly onRetry?: (problem: unknown, pauseMs: number) => void;
}

export interface CommandOptions {
  /** Command id: the same one has one effect and one answer. Without it each call is a command of its own. */
  readonly id?: string;
  readonly method?: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
}

/** What an accepted command answers; `receipt` says where it stands in the log. */
export interface CommandAnswer extends JsonObject {
  readonly receipt: JsonObject & { readonly command: string; readonly position: number; readonly time: string };
}

export interface QueryOptions {
  readonly query?: Readonly<Record<string, string>>;
  /** A log position or a time: the answer of that moment. */
  readonly asOf?: number | Date;
}

export interface FollowOptions {
  readonly tenant?: string;
  readonly kinds?: readonly string[];
  readonly ids?: readonly string[];
  /** Event types; `ledgerline.agent.*` stands for all that begin so. */
  readonly types?: readonly string[];
  /** After this position or time, from history; absent: from now on. */
  readonly since?: number | Date;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

export interface Followed {
  /** Keep it: `since` goes on after it. */
  readonly position: number;
  readonly record: LedgerRecord;
}

/** The server's problem document (RFC 9457). */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: JsonObject;

  constructor(status: number, problem: JsonObject) {
    super(String(problem.detail ?? `the server answered ${status}`));
    this.name = 'Refused';
    this.status = status;
    this.code = String(problem.code ?? 'unknownAnswer');
    this.problem = problem;
  }
}

const RETRY_MS = { first: 200, most: 10_000 };
const TRIES_MAX = 6;
const ANSWER_MS_MAX = 30_000;
/** The server beats every 15 s: a stream that is silent for longer is dead. */
const SILENT_MS_MAX = 45_000;

export class LedgerlineClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = { ...options, url: options.url.replace(/\/+$/, '') };
  }

  /** Reads: `/v1/tenants/acme/queues`. */
  async query<Answer extends JsonObject = JsonObject>(
    path: string,
    { query, asOf }: QueryOptions = {},
  ): Promise<Answer> {
    const search = new URLSearchParams(query);
    const headers = asOf === undefined ? {} : { 'As-Of': momentOf(asOf) };
    return (await this.#insist(search.size === 0 ? path : `${path}?${search}`, { headers })) as Answer;
  }

  /** All items of a list, page by page. */
  async *items<Item extends JsonObject = JsonObject>(path: string, options: QueryOptions = {}): AsyncGenerator<Item> {
    let cursor: Json | undefined;
    do {
      const page = cursor === undefined ? {} : { cursor: String(cursor) };
      const answer = await this.query(path, { ...options, query: { ...options.query, ...page } });
      yield* answer.items as readonly Item[];
      cursor = answer.next;
    } while (cursor !== undefined);
  }

  /** Changes: `/v1/tenants/acme/agents/ann/setReady`. Sent again under the same id until there is an answer. */
  async command(path: string, body?: Json, { id, method = 'POST' }: CommandOptions = {}): Promise<CommandAnswer> {
    const headers = {
      'Idempotency-Key': id ?? globalThis.crypto.randomUUID(),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await this.#insist(path, { method, headers, ...text })) as CommandAnswer;
  }

  /**
   * Records in log order, whole and without a gap, for ever: when the connection breaks it goes on after the last record
   * it gave out. One that is being worked on when the program dies comes again: the same `record.id` is the same record.
   */
  async *follow(options: FollowOptions = {}): AsyncGenerator<Followed, void> {
    const { signal, since } = options;
    let after = since === undefined ? String((await this.query('/healthz')).position) : momentOf(since);
    const isOver = () => signal?.aborted === true;
    for (let pauseMs = RETRY_MS.first; !isOver(); pauseMs = Math.min(2 * pauseMs, RETRY_MS.most)) {
      let problem: unknown;
      try {
        for await (const { id, data } of this.#frames(options, after)) {
          yield { position: Number(id), record: JSON.parse(data) as LedgerRecord };
          after = id;
          pauseMs = RETRY_MS.first;
        }
      } catch (error) {
        if (isFinal(error)) throw error;
        problem = error;
      }
      if (!isOver()) await this.#pause(problem, pauseMs, signal);
    }
  }

  async *#frames({ tenant, kinds = [], ids = [], types = [], signal }: FollowOptions, since: string) {
    const query = new URLSearchParams({ since, ...(tenant === undefined ? {} : { tenant }) });
    for (const [name, values] of Object.entries({ kind: kinds, id: ids, type: types }))
      for (const value of values) query.append(name, value);
    const over = new AbortController();
    const end = () => over.abort();
    signal?.addEventListener('abort', end);
    let silent = setTimeout(end, SILENT_MS_MAX);
    try {
      const response = await this.#fetch(`/v1/events?${query}`, { signal: over.signal });
      const heard = response.body?.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            clearTimeout(silent);
            silent = setTimeout(end, SILENT_MS_MAX);
            controller.enqueue(chunk);
          },
        }),
      );
      if (heard !== undefined) yield* framesOf(heard);
    } finally {
      clearTimeout(silent);
      signal?.removeEventListener('abort', end);
      end();
    }
  }

  /** Asks until there is an answer: whatever has an id, or only reads, may be sent twice. */
  async #insist(path: string, init: RequestInit): Promise<JsonObject> {
    let pauseMs = RETRY_MS.first;
    for (let tries = 1; ; tries += 1, pauseMs *= 2) {
      try {
        const response = await this.#fetch(path, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
        const text = await response.text();
        return text === '' ? {} : (JSON.parse(text) as JsonObject);
      } catch (error) {
        if (isFinal(error) || tries === TRIES_MAX) throw error;
        await this.#pause(error, pauseMs, undefined);
      }
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, token } = this.#options;
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const headers = { ...(init.headers as Record<string, string>), ...authorization };
    const response = await fetch(url + path, { redirect: 'error', ...init, headers });
    if (response.ok) return response;
    throw new Refused(response.status, problemIn(await response.text()));
  }

  #pause(problem: unknown, ms: number, signal: AbortSignal | undefined): Promise<void> {
    this.#options.onRetry?.(problem, ms);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done);
    });
  }
}

/** Refused for good: repeating changes nothing. */
function isFinal(error: unknown): boolean {
  return error instanceof Refused && error.status !== 503 && error.status !== 429;
}

function momentOf(moment: number | Date): string {
  return typeof moment === 'number' ? String(moment) : moment.toISOString();
}

function problemIn(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}
