/**
 * The native API as the commands use it. Every change carries a command id, so what got no answer is sent again under the
 * same id and cannot take effect twice. Refusals are thrown as they were worded by the server.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json, JsonObject } from '../model/json.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface ConnectionFlags {
  readonly url?: string;
  readonly token?: string;
}

export interface Answer<Body extends object = JsonObject> {
  readonly body: Body;
  /** True when the server had done this command before. */
  readonly repeated: boolean;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** The server said no. */
export class ApiRefusal extends CliFailure {
  readonly status: number;
  /** `code` of the problem document, such as `unknown`; `reason` where a machine gave one. */
  readonly code: string;
  readonly reason: string | undefined;

  constructor(status: number, problem: JsonObject) {
    const { code = 'unknownAnswer', detail = `The server answered ${status}.`, reason } = problem;
    super(status === UNAVAILABLE ? EXIT.unavailable : EXIT.failed, String(detail), problem);
    this.name = 'ApiRefusal';
    this.status = status;
    this.code = String(code);
    this.reason = typeof reason === 'string' ? reason : undefined;
  }
}

export const DEFAULT_URL = 'http://127.0.0.1:8080';
const ANSWER_MS_MAX = 60_000;
/** After this long whoever watches is told that an answer is still waited for. */
const SILENT_MS_MAX = 5_000;
/** Pauses before the same request is sent again. */
const RETRY_PAUSES_MS = [100, 300, 1_000, 2_000];
const UNAVAILABLE = 503;

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export class Api {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #tell: (line: string) => void;

  private constructor(url: string, token: string | undefined, tell: (line: string) => void) {
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
    this.#tell = tell;
  }

  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  /** Flags go before the environment. */
  static of(terminal: Pick<Terminal, 'env' | 'err'>, { url, token }: ConnectionFlags): Api {
    const { env } = terminal;
    const address = url ?? (env.LEDGERLINE_URL || DEFAULT_URL);
    if (!/^https?:\/\/./.test(address) || !URL.canParse(address))
      throw wrongUse(`"${address}" is not an http(s) address`);
    const { username, password } = new URL(address);
    // Not shown, for the same reason as the token below.
    if (username !== '' || password !== '')
      throw wrongUse('the address holds a name or a password; a token goes into LEDGERLINE_TOKEN, or to --token');
    const secret = token ?? (env.LEDGERLINE_TOKEN || undefined);
    // Not shown: it may be most of a good one.
    if (secret !== undefined && !/^[!-~]+$/.test(secret)) {
      throw wrongUse('the token holds a blank, a line end or another character that no token has');
    }
    return new Api(address, secret, (line) => terminal.err(line));
  }

  /** `Body`: the answer as the contract of the path has it (openapi.json); taken at the server's word. */
  async get<Body extends object = JsonObject>(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Body> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
    const full = search.size === 0 ? path : `${path}?${search}`;
    return (await this.#answered<Body>('GET', full, undefined, undefined)).body;
  }

  /** One command. Without `commandId` it gets one of its own. */
  send(method: Exclude<Method, 'GET'>, path: string, body?: Json, commandId: string = randomUUID()): Promise<Answer> {
    return this.#answered(method, path, body, commandId);
  }

  /** Everything of a list, page by page. */
  async *items<Item extends object = JsonObject>(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
  ): AsyncGenerator<Item> {
    let cursor: string | undefined;
    do {
      const page: Partial<Page<Item>> = await this.get(path, { limit: '1000', ...query, cursor });
      if (page.items === undefined) throw wrongUse(`${path} is no list: \`ledgerline get\` shows what is there`);
      yield* page.items;
      cursor = page.next;
    } while (cursor !== undefined);
  }

  /** An answer that is read as it comes. Throws ApiRefusal, or `unavailable` when nobody answers; so do its pieces. */
  async stream(path: string): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.#fetch('GET', path, {});
    if (!response.ok) throw this.#refused(response, await response.text());
    return this.#piecesOf(response);
  }

  async *#piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
    try {
      if (body !== null) yield* body;
    } catch {
      const message = `the answer of ${this.url} broke off: this is not all of it`;
      throw new CliFailure(EXIT.unavailable, message, { code: 'unavailable', url: this.url });
    }
  }

  async #answered<Body extends object = JsonObject>(
    method: Method,
    path: string,
    body: Json | undefined,
    id: string | undefined,
  ): Promise<Answer<Body>> {
    for (const pause of RETRY_PAUSES_MS) {
      try {
        return await this.#once<Body>(method, path, body, id);
      } catch (error) {
        const mayPass = error instanceof ApiRefusal ? error.status === UNAVAILABLE : error instanceof ConnectionBroken;
        if (!mayPass) throw error;
        await delay(pause);
      }
    }
    return this.#once<Body>(method, path, body, id);
  }

  async #once<Body extends object>(
    method: Method,
    path: string,
    body: Json | undefined,
    id: string | undefined,
  ): Promise<Answer<Body>> {
    const headers = {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(id === undefined ? {} : { 'Idempotency-Key': id }),
    };
    const waiting = setTimeout(() => this.#tell(`waiting for an answer from ${this.url} …`), SILENT_MS_MAX);
    const { response, text } = await this.#received(method, path, {
      headers,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).finally(() => clearTimeout(waiting));
    if (!response.ok) throw this.#refused(response, text);
    const given = objectIn(text || '{}');
    if (given === undefined)
      throw wrongUse(`${this.url} does not answer as a Ledgerline server does: is it another port?`);
    return { body: given as Body, repeated: response.headers.get('Idempotency-Replayed') === 'true' };
  }

  async #received(method: Method, path: string, init: RequestInit): Promise<{ response: Response; text: string }> {
    const response = await this.#fetch(method, path, init);
    const text = await response.text().catch((error: unknown) => {
      throw unreached(this.url, error);
    });
    return { response, text };
  }

  /** The server speaks of headers and paths; who runs a command has flags, variables and collections. */
  #refused(response: Response, text: string): ApiRefusal {
    if (response.status !== 401) {
      const refusal = refusalOf(response, text);
      if (refusal.code !== 'noRoute') return refusal;
      const detail = 'there is nothing of that name; `ledgerline explain` says what there is';
      return new ApiRefusal(response.status, { ...refusal.details, detail });
    }
    const detail =
      this.#token === undefined
        ? `${this.url} asks who you are: set LEDGERLINE_TOKEN, or give --token`
        : `${this.url} does not know this token: it was mistyped, revoked, or has run out`;
    return new ApiRefusal(401, { code: 'unauthenticated', detail });
  }

  async #fetch(method: Method, path: string, init: RequestInit): Promise<Response> {
    const authorization = this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` };
    try {
      return await fetch(this.url + path, {
        redirect: 'error',
        ...init,
        method,
        headers: { ...(init.headers as Record<string, string>), ...authorization },
      });
    } catch (error) {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw unreached(this.url, why);
    }
  }
}

/** It was reached, and then the connection broke or no answer came: whether it took effect is not known. */
class ConnectionBroken extends CliFailure {}

/** What shows that an address is not what it was taken for, so that trying again does not help. */
const TLS_CODES = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'];

function otherProtocol(why: unknown, code: unknown): string | undefined {
  if (TLS_CODES.includes(String(code))) return 'does not speak https: try http://';
  return why instanceof Error && why.name === 'HTTPParserError'
    ? 'does not speak http: is it another port, or https?'
    : undefined;
}

function unreached(url: string, why: unknown): CliFailure {
  const code = (why as { readonly code?: unknown } | undefined)?.code;
  const text = why instanceof Error ? why.message || String(code) : String(why);
  const details = { code: 'unavailable', url };
  if (why instanceof Error && why.name === 'TimeoutError') {
    const waited = `no answer from ${url} within ${ANSWER_MS_MAX / 1000} s: it hangs, or has too much to do`;
    return new CliFailure(EXIT.unavailable, `${waited}. Whether a change was made is not known`, details);
  }
  const spoken = otherProtocol(why, code);
  if (spoken !== undefined) return wrongUse(`${url} ${spoken}`);
  if (code !== 'ECONNREFUSED' && code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') {
    return new ConnectionBroken(EXIT.unavailable, `no answer from ${url}: ${text}`, details);
  }
  const hint = 'start a server with `ledgerline start`, or name another one with --url or LEDGERLINE_URL';
  return new CliFailure(EXIT.unavailable, `no server answers at ${url} (${text}); ${hint}`, details);
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function refusalOf({ url, status }: Response, text: string): ApiRefusal {
  const unknown = { detail: `${url} answered ${status}, and not as a Ledgerline server does.` };
  return new ApiRefusal(status, objectIn(text) ?? unknown);
}
