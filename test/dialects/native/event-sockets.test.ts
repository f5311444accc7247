import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { JsonObject } from '../../../src/model/json.ts';
import { STREAM_LIMITS } from '../../../src/subscribers/readers.ts';
import { eventually } from '../../support/eventually.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

let served: Served;
let call: Call;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  for (const id of ['acme', 'other']) await call('POST', '/v1/tenants', { id, name: id });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await served.stop();
});

interface Message {
  readonly position: number;
  readonly record: JsonObject;
}

interface Reader {
  readonly socket: WebSocket;
  readonly seen: readonly Message[];
  take(count: number): Promise<readonly Message[]>;
}

function dial(query: string, protocols: string[] = [], headers: Record<string, string> = {}): Reader {
  const socket = new WebSocket(`${served.url.replace('http', 'ws')}/v1/events/ws?${query}`, protocols, { headers });
  sockets.push(socket);
  const seen: Message[] = [];
  socket.on('message', (data) => seen.push(JSON.parse(String(data)) as Message));
  socket.on('error', () => undefined);
  return {
    socket,
    seen,
    take: (count) => eventually(`${count} messages`, () => (seen.length >= count ? seen.slice(0, count) : undefined)),
  };
}

async function open(query: string, protocols?: string[], headers?: Record<string, string>): Promise<Reader> {
  const reader = dial(query, protocols, headers);
  await once(reader.socket, 'open');
  return reader;
}

/** Status and code of the problem an upgrade was refused with. */
async function refusal(reader: Reader): Promise<readonly [number | undefined, unknown]> {
  const [, response] = await once(reader.socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return [response.statusCode, (JSON.parse(text) as JsonObject).code];
}

const skill = (tenant: string, name: string, description = '') =>
  call('POST', `/v1/tenants/${tenant}/skills`, { id: name, name, description });
const sources = (messages: readonly Message[]) => messages.map(({ record }) => record.source);

describe('the event socket', () => {
  test('tells what happens with its position, from history on and without a gap', async () => {
    await skill('acme', 'one');
    const since = served.world.runtime.live.position;
    await skill('acme', 'two');
    const reader = await open(`since=${since}`);
    const made = await skill('acme', 'three');
    const messages = await reader.take(2);
    expect(sources(messages)).toEqual(['/tenants/acme/skills/two', '/tenants/acme/skills/three']);
    expect(messages[1]?.position).toBe(Number(made.headers.get('ledgerline-position')));
  });

  test.each([
    ['tenant=other', ['/tenants/other/tenants/other', '/tenants/other/skills/b']],
    ['kind=skill&id=a', ['/tenants/acme/skills/a']],
    ['type=ledgerline.skill.*', ['/tenants/acme/skills/a', '/tenants/other/skills/b']],
  ])('with %s tells just that', async (query, wanted) => {
    await skill('acme', 'a');
    await skill('other', 'b');
    const reader = await open(`since=0&${query}`);
    expect(sources(await reader.take(wanted.length))).toEqual(wanted);
  });

  test('carries texts of every length', async () => {
    const long = ['x'.repeat(100), 'é'.repeat(500), 'y'.repeat(1000)];
    for (const [nth, text] of long.entries()) await skill('acme', `s${nth}`, text);
    const messages = await (await open('since=0&kind=skill')).take(3);
    expect(
      messages.map(({ record }) => JSON.stringify(record)).map((text, nth) => text.includes(long[nth] ?? '')),
    ).toEqual([true, true, true]);
  });

  test('takes the token of a browser as a subprotocol, and ends when it is revoked', async () => {
    const made = await call('POST', '/v1/tenants/acme/tokens', { scopes: ['events'] });
    const reader = await open('', ['ledgerline', `bearer.${made.body.token}`], { origin: 'https://board.example' });
    expect(reader.socket.protocol).toBe('ledgerline');
    await skill('other', 'b');
    await skill('acme', 'a');
    const closed = once(reader.socket, 'close');
    await call('DELETE', `/v1/tenants/acme/tokens/${made.body.id}`);
    expect((await closed)[0]).toBe(1001);
    expect(sources(reader.seen)).toEqual(['/tenants/acme/skills/a']);
  });

  test('refuses before the upgrade, in the words of the API', async () => {
    const none = await call('POST', '/v1/tenants/acme/tokens', { scopes: ['read'] });
    const acme = await call('POST', '/v1/tenants/acme/tokens', { scopes: ['events'] });
    const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });
    expect(await refusal(dial('', [], bearer('wrong')))).toEqual([401, 'unauthenticated']);
    expect(await refusal(dial('', [], { origin: 'https://evil.example' }))).toEqual([401, 'unauthenticated']);
    expect(await refusal(dial('', [], bearer(none.body.token)))).toEqual([403, 'forbidden']);
    expect(await refusal(dial('tenant=other', [], bearer(acme.body.token)))).toEqual([404, 'unknown']);
    expect(await refusal(dial('since=999999'))).toEqual([400, 'badParameter']);
    expect((await call('GET', '/v1/events/ws')).status).toBe(426);
  });

  test('ends when the server drains', async () => {
    const reader = await open('');
    const closed = once(reader.socket, 'close');
    await served.server.drain(60_000);
    expect((await closed)[0]).toBe(1001);
  });
});

test('a reader that does not read is cut off, and holds up nobody meanwhile', async () => {
  await served.stop();
  served = await givenServed({ streams: { heartbeatMs: 60_000, stalledMs: 8_000 } });
  call = clientOf(served.url);
  await call('POST', '/v1/tenants', { id: 'acme', name: 'acme' });
  const stalled = await open('since=0');
  stalled.socket.pause();
  const description = 'x'.repeat(1000);
  await Promise.all(
    Array.from({ length: 6000 }, (_, n) =>
      served.world.record('acme', {
        to: { tenant: 'acme', kind: 'skill', id: `s${n}` },
        event: { type: 'create', attributes: { name: `s${n}`, description } },
      }),
    ),
  );
  const reader = await open('since=0&kind=skill');
  expect(await reader.take(6000)).toHaveLength(6000);
  reader.socket.terminate();
  await eventually('both are gone', () => (served.native.streams.size === 0 ? true : undefined));
});

test('a reader that asks for it is told that the server is there, and no other', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const [asking, other] = [await open('heartbeat=true'), await open('')];
    vi.advanceTimersByTime(STREAM_LIMITS.heartbeatMs);
    expect(await asking.take(1)).toEqual([{ heartbeat: true }]);
    await call('POST', '/v1/tenants/acme/skills', { name: 'English' });
    expect(await other.take(1)).toMatchObject([{ record: { type: 'ledgerline.skill.create' } }]);
  } finally {
    vi.useRealTimers();
  }
});

test('a reader that answers no ping is gone', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { socket } = await open('');
    const silent = new WebSocket(`${served.url.replace('http', 'ws')}/v1/events/ws`, { autoPong: false });
    sockets.push(silent);
    await once(silent, 'open');
    const gone = once(silent, 'close');
    const pinged = [once(socket, 'ping'), once(silent, 'ping')];
    vi.advanceTimersByTime(STREAM_LIMITS.heartbeatMs);
    await Promise.all(pinged);
    // Frames keep their order: once this one is answered, the pong before it has been taken.
    const answered = once(socket, 'pong');
    socket.ping();
    await answered;
    vi.advanceTimersByTime(STREAM_LIMITS.heartbeatMs);
    await gone;
    expect(socket.readyState).toBe(WebSocket.OPEN);
  } finally {
    vi.useRealTimers();
  }
});
