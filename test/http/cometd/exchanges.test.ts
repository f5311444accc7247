import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import cometd, { type CometDServer } from 'cometd-nodejs-server';
import { afterEach, expect, test } from 'vitest';
import { readJson } from '../../../src/http/body.ts';
import { BROWSER_COOKIE, Exchanges } from '../../../src/http/cometd/exchanges.ts';
import { parseMessages } from '../../../src/http/cometd/wire.ts';
import { eventually } from '../../support/eventually.ts';

const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] };
const BROWSER = 'b';

let library: CometDServer;
let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
  library.close();
});

async function given(): Promise<{ readonly url: string; post(...messages: object[]): Promise<Response> }> {
  library = cometd.createCometDServer({ timeout: 200, maxInterval: 50, browserCookieName: BROWSER_COOKIE });
  const exchanges = new Exchanges(library);
  server = createServer(async (request, response) => {
    const body = await readJson(request);
    const messages = body.ok ? parseMessages(body.value, { holdMs: 200 }) : body;
    if (messages.ok) await exchanges.take(request, response, messages.value, BROWSER);
    else response.writeHead(400).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, post: (...messages) => fetch(url, { method: 'POST', body: JSON.stringify(messages) }) };
}

async function handshake({ post }: Awaited<ReturnType<typeof given>>): Promise<string> {
  const [{ clientId }] = (await (await post(HANDSHAKE)).json()) as [{ readonly clientId: string }];
  return clientId;
}

const isForgotten = (clientId: string) => () => (library.getServerSession(clientId) === undefined ? true : undefined);

test('a session whose answer is cut off on its way is forgotten in its time', async () => {
  const at = await given();
  const clientId = await handshake(at);
  const session = library.getServerSession(clientId);
  for (let times = 0; times < 32; times += 1) session.deliver(null, '/much', 'x'.repeat(1024 * 1024));
  const body = JSON.stringify({ channel: '/meta/connect', connectionType: 'long-polling', clientId });
  const deaf = connect(Number(new URL(at.url).port), '127.0.0.1').pause();
  deaf.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await new Promise((resolve) => session.addListener('queueDrain', resolve));
  deaf.destroy();
  expect(await eventually('it is forgotten', isForgotten(clientId), 10_000)).toBe(true);
});

test('a session whose connect is held when its client goes is forgotten in its time', async () => {
  const at = await given();
  const clientId = await handshake(at);
  const cut = new AbortController();
  const held = new Promise((resolve) => library.getServerSession(clientId).addListener('suspended', resolve));
  const connecting = fetch(at.url, {
    method: 'POST',
    body: JSON.stringify({ channel: '/meta/connect', connectionType: 'long-polling', clientId }),
    signal: cut.signal,
  }).catch(() => undefined);
  await held;
  cut.abort();
  await connecting;
  expect(await eventually('it is forgotten', isForgotten(clientId), 10_000)).toBe(true);
});

test('a handshake in company is refused before a session is made of it', async () => {
  const { post } = await given();
  let sessions = 0;
  library.addListener('sessionAdded', () => {
    sessions += 1;
  });
  expect((await post(HANDSHAKE, { channel: '/meta/connect', connectionType: 'long-polling' })).status).toBe(400);
  expect(sessions).toBe(0);
  expect((await post(HANDSHAKE)).status).toBe(200);
  expect(sessions).toBe(1);
});
