/** Receivers that answer as no receiver should, byte by byte. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { addressGuard } from '../../../src/subscribers/webhook/address-guard.ts';
import { createPoster, type Posted } from '../../../src/subscribers/webhook/poster.ts';

/** What becomes of a message to a receiver that does this once it has read something. */
async function postedTo(answer: (connection: Socket) => unknown): Promise<Posted> {
  const server = createServer((connection) => {
    connection.on('error', () => undefined).once('data', () => answer(connection));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const poster = createPoster(addressGuard(['127.0.0.1']), 200);
  onTestFinished(() => {
    poster.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return poster.post({ url: `http://127.0.0.1:${port}/hook`, headers: {}, body: '{}' });
}

const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

test.each<[string, (connection: Socket) => unknown, string]>([
  ['ends the connection', (connection) => connection.end(), 'socket hang up'],
  ['resets it', (connection) => connection.resetAndDestroy(), 'read ECONNRESET'],
  ['says nothing of HTTP', (connection) => connection.end('hello\r\n\r\n'), 'Parse Error'],
  ['goes over to another protocol', (connection) => connection.write(UPGRADE), 'answered 101'],
  ['asks to go on, and no more', (connection) => connection.write('HTTP/1.1 100 Continue\r\n\r\n'), 'in time'],
  ['never ends', (connection) => connection.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'), 'in time'],
  ['breaks off', (connection) => connection.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'), 'aborted'],
])('a receiver that %s has not taken it', async (_, answer, reason) => {
  expect(await postedTo(answer)).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) });
});

test.each([
  ['an address that is none', { url: 'nowhere', headers: {} }],
  ['a header that cannot be sent', { url: 'http://127.0.0.1:1/', headers: { 'webhook-id': 'one\ntwo' } }],
])('a message with %s is not taken', async (_, message) => {
  const poster = createPoster(addressGuard(['127.0.0.1']));
  expect(await poster.post({ ...message, body: '{}' })).toMatchObject({ kind: 'failed' });
  poster.close();
});

test('a receiver that says yes with more words than anybody reads has taken it', async () => {
  const yes = 'HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n';
  expect(await postedTo((connection) => connection.write(yes + 'x'.repeat(100_000)))).toEqual({
    kind: 'taken',
    status: 200,
  });
});
