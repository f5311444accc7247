import { once } from 'node:events';
import { connect } from 'node:net';
import type { ServerSession } from 'cometd-nodejs-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type Answered, CONNECT, givenLibrary, HANDSHAKE, LATE, type Library } from './given-library.ts';

let at: Library;
beforeEach(async () => {
  at = await givenLibrary();
});
afterEach(() => at.stop());

/** A connect from a client that takes no answer. */
function deafConnect(clientId: string, path = '/') {
  const body = JSON.stringify({ ...CONNECT, clientId });
  const deaf = connect(at.port, '127.0.0.1').pause();
  deaf.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  return deaf;
}

const suspended = (session: ServerSession) => new Promise((resolve) => session.addListener('suspended', resolve));

const forgotten = (clientId: string) =>
  eventually('it is forgotten', () => at.library.getServerSession(clientId) === undefined || undefined, 10_000);

test('a session whose answer is cut off on its way is forgotten in its time', async () => {
  const session = await at.join();
  for (let times = 0; times < 32; times += 1) session.deliver(null, '/much', 'x'.repeat(1024 * 1024));
  const drained = new Promise((resolve) => session.addListener('queueDrain', resolve));
  const deaf = deafConnect(session.id);
  await drained;
  deaf.destroy();
  await forgotten(session.id);
});

test('a session whose connect is held when its client goes is forgotten in its time', async () => {
  const session = await at.join();
  const held = suspended(session);
  const deaf = deafConnect(session.id);
  await held;
  deaf.destroy();
  await forgotten(session.id);
});

test.each([
  ['was held', '/'],
  ['had not been taken yet', LATE],
])('what comes while a client is away whose connect %s waits for its next one', async (_, path) => {
  const [{ clientId }] = (await (await at.post(HANDSHAKE)).json()) as [Answered];
  const session = at.library.getServerSession(clientId);
  const gone = new Promise((resolve) => {
    at.server.once('connection', (socket) => socket.once('close', () => setImmediate(resolve)));
  });
  const asked = path === LATE ? once(at.server, 'request') : suspended(session);
  const deaf = deafConnect(clientId, path);
  await asked;
  deaf.destroy();
  await gone;
  session.deliver(null, '/news', 'kept');
  expect(await (await at.post({ ...CONNECT, clientId })).json()).toMatchObject([
    { channel: '/news', data: 'kept' },
    { channel: '/meta/connect', successful: true },
  ]);
});

test('a second connect of a session takes the place of the one that is held', async () => {
  const session = await at.join();
  const connect = () => {
    const held = suspended(session);
    return { answer: at.post({ ...CONNECT, clientId: session.id }), held };
  };
  const first = connect();
  await first.held;
  const second = connect();
  expect((await first.answer).status).toBe(409);
  expect((await second.answer).status).toBe(200);
});

test('a handshake in company is refused before a session is made of it', async () => {
  let sessions = 0;
  at.library.addListener('sessionAdded', () => {
    sessions += 1;
  });
  expect((await at.post(HANDSHAKE, CONNECT)).status).toBe(400);
  expect(sessions).toBe(0);
  expect((await at.post(HANDSHAKE)).status).toBe(200);
  expect(sessions).toBe(1);
});
