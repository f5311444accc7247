/**
 * The server as the page asks it: JSON with the bearer token of this tab, if there is one, and the log as it grows.
 * A refusal is an ApiError with the server's own words; a 401 also asks for a token.
 */
import { signal } from '@preact/signals';
import type { Transition } from '../../../model/transition.ts';

const KEY = 'ledgerline.token';
const RETRY_MS = 1_500;
/** Every 15 s the server says that it is there. */
const SILENT_MS_MAX = 25_000;
const ANSWER_MS_MAX = 5_000;
const REFUSALS = [400, 401, 403, 404];
const REASONS: Readonly<Record<number, string>> = {
  400: 'the log is not the one that was read; load the page again',
  403: 'the token lacks the scope events',
  404: 'the tenant is not there any more',
};

export const needsToken = signal(false);
/** Grows whenever the server is there again: what could not be read, or is of before, is read anew. */
export const returns = signal(0);

/** `status` 0: no answer came. */
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
  return (await answer(await asked(addressOf(path, query), { headers: headers(), signal: signal ?? null }))) as Answer;
}

export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const sent = { 'Content-Type': 'application/json', ...headers() };
  return (await answer(await asked(path, { method: 'POST', headers: sent, body: JSON.stringify(body) }))) as Answer;
}

/** A browser's own words for a server that is not there are no help. */
function asked(address: string, init: RequestInit): Promise<Response> {
  return fetch(address, init).catch((error: Error) => {
    throw error.name === 'AbortError' ? error : new ApiError(0, 'The server does not answer.');
  });
}

export interface Pushed {
  readonly position: number;
  readonly record: Transition;
}

/**
 * Hands on what is recorded after a position, in order, in batches; comes back after a cut until `stop` is called. Ends when
 * the server refuses, with its words: a token without the scope `events`, or a log that is not the one that was read.
 * A WebSocket, since a browser has six connections to one server for everything else, and as good as any number of these.
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
      const take = (pushed: Pushed): void => {
        since = pushed.position;
        deliver([pushed]);
      };
      const query = { tenant, since: String(since) };
      await listen(
        addressOf('/v1/events/ws', { ...query, heartbeat: 'true' }),
        take,
        () => connected(true),
        ended.signal,
      );
      if (ended.signal.aborted) return;
      connected(false);
      const why = await refusal(addressOf('/v1/events', query));
      if (why !== undefined) return refused(why);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  })();
  return () => ended.abort();
}

/** Until the connection ends, from whichever side, or nothing is heard on it: of a server that hangs it stays open. */
function listen(path: string, taken: (pushed: Pushed) => void, opened: () => void, until: AbortSignal): Promise<void> {
  const token = sessionStorage.getItem(KEY);
  const socket = new WebSocket(path, token === null ? ['ledgerline'] : ['ledgerline', `bearer.${token}`]);
  const over = new AbortController();
  const { signal } = over;
  return new Promise((resolve) => {
    let silence: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(silence);
      over.abort();
      socket.close();
      resolve();
    };
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(end, SILENT_MS_MAX);
    };
    heard();
    until.addEventListener('abort', end, { signal });
    socket.addEventListener('close', end, { signal });
    socket.addEventListener('open', opened, { signal });
    const take = ({ data }: MessageEvent): void => {
      heard();
      const message = JSON.parse(String(data)) as Pushed | { readonly heartbeat: true };
      if ('record' in message) taken(message);
    };
    socket.addEventListener('message', take, { signal });
  });
}

/** A page is not told why a WebSocket was not opened: the same is asked without one. Undefined when it may be tried again. */
async function refusal(path: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const response = await fetch(path, { method: 'HEAD', headers: headers(), signal }).catch(() => undefined);
  if (response === undefined || !REFUSALS.includes(response.status)) return undefined;
  if (response.status === 401) needsToken.value = true;
  return REASONS[response.status] ?? `the server answered ${response.status}`;
}

/** Text that is made while it is sent, as a file for the person to keep. */
export async function download(path: string, query: Query, name: string): Promise<void> {
  const response = await asked(addressOf(path, query), { headers: headers() });
  if (!response.ok) await answer(response);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RETRY_MS);
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
