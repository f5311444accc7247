import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import Koa, { type Context } from 'koa';
import { afterEach, expect, test } from 'vitest';
import { answerText, protect, takeOver } from '../../src/http/answer.ts';
import { refuseUpgrade } from '../../src/http/raw-answer.ts';

let server: Server;
afterEach(() => server.close());

const STANDING = { 'X-Standing': 'yes', 'X-Both': 'standing' };

async function asked(answer: (context: Context) => void, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${await served(answer)}/`, { method });
}

/** The port at which every request is answered so. */
async function served(answer: (context: Context) => void): Promise<number> {
  const app = new Koa();
  app.use((context) => {
    context.state.standing = STANDING;
    answer(context);
  });
  server = createServer(app.callback());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const greeting = { status: 201, headers: { 'X-Both': 'own', 'Content-Type': 'text/plain' }, text: 'grüezi' };

test('a text goes out whole, with its length in bytes, the standing headers and its own over them', async () => {
  const answer = await asked((context) => answerText(context, greeting));
  expect([answer.status, answer.statusText, await answer.text()]).toEqual([201, 'Created', 'grüezi']);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-length': '7',
    'content-type': 'text/plain',
    'x-standing': 'yes',
    'x-both': 'own',
  });
});

test('a phrase stands instead of that of the status, and headers set before are kept', async () => {
  const answer = await asked((context) => {
    context.set('X-Before', 'kept');
    answerText(context, { ...greeting, phrase: 'Told' });
  });
  expect([answer.statusText, answer.headers.get('x-before'), answer.headers.get('x-both')]).toEqual([
    'Told',
    'kept',
    'own',
  ]);
});

test('a header set before stands over the standing one of its name', async () => {
  const answer = await asked((context) => {
    context.set('x-standing', 'otherwise');
    answerText(context, greeting);
  });
  expect(answer.headers.get('x-standing')).toBe('otherwise');
});

test('a client that closes with the answer gets it although nobody read what he sends', async () => {
  const client = connect(await served((context) => answerText(context, greeting)), '127.0.0.1');
  const size = 20_000_000;
  client.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
  client.write(Buffer.alloc(size));
  let text = '';
  for await (const chunk of client.setEncoding('utf8')) text += chunk;
  expect(text).toMatch(/^HTTP\/1.1 201 Created\r\n.*grüezi$/s);
});

test('a client that closes with the answer gets it before it has sent what it announced', async () => {
  const client = connect(await served((context) => answerText(context, greeting)), '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nx');
  let text = '';
  for await (const chunk of client.setEncoding('utf8')) {
    text += chunk;
    if (text.endsWith('grüezi')) client.write(Buffer.alloc(999));
  }
  expect(text).toMatch(/^HTTP\/1.1 201 Created\r\n/);
});

test('HEAD is told the length and not the text', async () => {
  const answer = await asked((context) => answerText(context, greeting), 'HEAD');
  expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['7', '']);
});

test('an answer that has begun is cut off instead of ended with another', async () => {
  const answer = await asked((context) => {
    takeOver(context).write('half a li');
    setImmediate(() => answerText(context, greeting));
  });
  expect(answer.headers.get('x-standing')).toBe('yes');
  await expect(answer.text()).rejects.toThrow();
});

test('an answer that was given stays as it was given', async () => {
  const answer = await asked((context) => {
    answerText(context, greeting);
    answerText(context, { ...greeting, status: 500 });
  });
  expect([answer.status, await answer.text()]).toEqual([201, 'grüezi']);
});

test("an answer of Koa's is protected where it has not said otherwise", async () => {
  const answer = await asked((context) => {
    context.set('X-Both', 'own');
    context.body = 'text';
    protect(context);
  });
  expect([answer.headers.get('x-standing'), answer.headers.get('x-both')]).toEqual(['yes', 'own']);
});

test('who is refused an upgrade is let go of, though he keeps his end of the connection open', async () => {
  server = createServer();
  server.on('upgrade', (_, connection) => refuseUpgrade(connection, { status: 401, headers: {}, text: 'no' }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const connected = once(server, 'connection');
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [connection] = (await connected) as [Socket];
  const [told] = await Promise.all([text(client), once(connection, 'close')]);
  client.destroy();
  expect(told).toBe('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
});
