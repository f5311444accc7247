/**
 * A process of many long-polling CometD clients, for benchmarks: each signs in as a user of its own, subscribes to `/v2/me/*`
 * and always has a connect under way; it notes when which log position came. Speaks by IPC; times are ms since 1970.
 */
import { Agent, request } from 'node:http';
import type { Noted } from './listeners.ts';

export interface Polling {
  readonly url: string;
  /** Names of users without a password. */
  readonly users: readonly string[];
}

interface Message {
  readonly channel: string;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly data?: unknown;
  readonly ext?: { readonly position?: number };
}

const agent = new Agent({ keepAlive: true });
const WAVE = 25;
let noted: [number, number][] = [];

process.on('message', (asked: Polling | 'report') => {
  if (asked !== 'report') {
    void begin(asked).then(() => process.send?.('ready'));
    return;
  }
  process.send?.(noted satisfies Noted);
  noted = [];
});

async function begin({ url, users }: Polling): Promise<void> {
  for (let first = 0; first < users.length; first += WAVE)
    await Promise.all(users.slice(first, first + WAVE).map((user) => client(`${url}/api/v2/notifications`, user)));
}

/** Resolves when it is subscribed; polls on until the process ends. */
async function client(url: string, user: string): Promise<void> {
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Authorization: `Basic ${Buffer.from(`${user}:`).toString('base64')}`,
  };
  let id = 0;
  let clientId = '';
  const send = async (message: object): Promise<readonly Message[]> => {
    id += 1;
    const messages = await post(url, headers, [
      { id: String(id), ...(clientId === '' ? {} : { clientId }), ...message },
    ]);
    const at = performance.timeOrigin + performance.now();
    // Devices and channel tell of the same change; one of them is enough.
    for (const { channel, ext } of messages)
      if (channel === '/v2/me/devices') noted.push([ext?.position ?? Number.NaN, at]);
    if (messages.some(({ successful }) => successful === false)) throw new Error(JSON.stringify(messages));
    return messages;
  };
  const connect = { channel: '/meta/connect', connectionType: 'long-polling' };
  const [handshake] = await send({
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['long-polling'],
  });
  clientId = handshake?.clientId ?? '';
  await send({ ...connect, advice: { timeout: 0 } });
  await send({ channel: '/meta/subscribe', subscription: '/v2/me/*' });
  void poll(() => send(connect));
}

async function poll(connect: () => Promise<unknown>): Promise<never> {
  for (;;) await connect();
}

/** Cookies of the answer go along with the requests that follow, as in a browser. */
function post(url: string, headers: Record<string, string>, body: object): Promise<readonly Message[]> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      const cookies = answer.headers['set-cookie']?.map((cookie) => cookie.split(';')[0] ?? '') ?? [];
      if (cookies.length > 0) headers.Cookie = [headers.Cookie, ...cookies].filter(Boolean).join('; ');
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text) as readonly Message[]);
        else reject(new Error(`${answer.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
