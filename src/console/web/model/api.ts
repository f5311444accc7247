/**
 * The server as the page asks it: JSON with the bearer token of this tab, if there is one, and the log as it grows.
 * A refusal is an ApiError with the server's own words; a 401 also asks for a token.
 */
import { signal } from '@preact/signals';
import type { Transition } from '../../../model/transition.ts';

const KEY = 'ledgerline.token';
const RETRY_MS = 1_500;
const REFUSALS = [400, 401, 403, 404];

export const needsToken = signal(false);

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Forgets the token and asks for another. */
export function signOut(): void {
  sessionStorage.removeItem(KEY);
  location.reload();
}

export function isSignedIn(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

/** The page begins anew with the token. */
export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  location.reload();
}

export async function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return (await answer(await fetch(addressOf(path, query), { headers: headers(), signal: signal ?? null }))) as Answer;
}

export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const sent = { 'Content-Type': 'application/json', ...headers() };
  return (await answer(await fetch(path, { method: 'POST', headers: sent, body: JSON.stringify(body) }))) as Answer;
}

export interface Pushed {
  readonly position: number;
  readonly record: Transition;
}

/**
 * Hands on what is recorded after a position, in order, in batches; comes back after a cut until `stop` is called. Ends when
 * the server refuses, with its words: a token without the scope `events`, or a log that is not the one that was read.
 */
export function followLog(
  tenant: string,
  after: number,
  deliver: (batch: readonly Pushed[]) => void,
  connected: (up: boolean) => void,
  refused: (why: string) => void,
): () => void {
  const ended = new AbortController();
  void (async () => {
    let since = after;
    while (!ended.signal.aborted) {
      try {
        const path = addressOf('/v1/events', { tenant, since: String(since) });
        const response = await fetch(path, { headers: headers(), signal: ended.signal });
        if (!response.ok || response.body === null) await answer(response);
        else {
          connected(true);
          for await (const batch of framesOf(response.body)) {
            since = batch.at(-1)?.position ?? since;
            deliver(batch);
          }
        }
      } catch (error) {
        // Cut off, or the server is away: below it is tried again.
        if (error instanceof ApiError && REFUSALS.includes(error.status)) {
          connected(false);
          refused(error.message);
          return;
        }
      }
      if (ended.signal.aborted) return;
      connected(false);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  })();
  return () => ended.abort();
}

async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly Pushed[]> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const frames = (rest + value).split('\n\n');
    rest = frames.pop() ?? '';
    const batch = frames.flatMap(pushedOf);
    if (batch.length > 0) yield batch;
  }
}

function pushedOf(frame: string): Pushed[] {
  const fields = new Map(
    frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const data = fields.get('data');
  const position = Number(fields.get('id'));
  return data === undefined || !Number.isInteger(position)
    ? []
    : [{ position, record: JSON.parse(data) as Transition }];
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

function addressOf(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one));
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

function headers(): Record<string, string> {
  const token = sessionStorage.getItem(KEY);
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

async function answer(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  if (response.status === 401) needsToken.value = true;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
  throw new ApiError(response.status, problem.detail ?? problem.title ?? `the server answered ${response.status}`);
}
