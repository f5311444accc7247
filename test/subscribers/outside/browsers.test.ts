/** NATS from browsers: only pages of the allowed origins get as far as signing in, and nobody without a key gets in. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wsconnect } from '@nats-io/nats-core';
import { nkeyAuthenticator } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientOf } from '../../dialects/native/client.ts';
import { eventually } from '../../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let url: string;

beforeAll(async () => {
  server = await startServerProcess({
    LEDGERLINE_NATS_WS_PORT: '0',
    LEDGERLINE_NATS_WS_ORIGINS: 'https://board.example',
  });
  const folder = join(server.dataDir, 'nats');
  const file = (await readdir(folder)).find((name) => name.endsWith('.ports')) ?? '';
  const { websocket } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { websocket: [string] };
  url = websocket[0];
});
afterAll(() => server.remove());

function handshake(origin: string): Promise<'open' | 'refused'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { origin });
    socket.on('open', () => {
      resolve('open');
      socket.terminate();
    });
    socket.on('error', () => resolve('refused'));
  });
}

test('pages of other origins are refused', async () => {
  expect(await handshake('https://board.example')).toBe('open');
  expect(await handshake('https://evil.example')).toBe('refused');
  expect(await handshake('http://board.example')).toBe('refused');
});

test('nobody gets in as nobody, and a consumer hears its tenant', async () => {
  await expect(wsconnect({ servers: url, maxReconnectAttempts: 0 })).rejects.toThrow('Authorization');
  const call = clientOf(server.url);
  const { body } = await call('POST', '/v1/tenants/genesys/consumers', { name: 'page', kinds: ['skill'] });
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(String(body.seed)));
  const nats = await wsconnect({ servers: url, authenticator, maxReconnectAttempts: 0 });
  const heard: unknown[] = [];
  nats.subscribe('live.evt.genesys.skill.>', { callback: (_, message) => void heard.push(message.json()) });
  await nats.flush();
  await call('POST', '/v1/tenants/genesys/skills', { id: 'seen', name: 'seen' });
  expect(await eventually('it is heard', () => heard[0])).toMatchObject({ source: '/tenants/genesys/skills/seen' });
  await nats.close();
});
