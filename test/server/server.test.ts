import { once } from 'node:events';
import { get as httpsGet } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { SERVER_LIMITS } from '../../src/server/server.ts';
import { madeCertificate } from '../support/certificate.ts';
import { eventually } from '../support/eventually.ts';
import { givenServed, type Served, type ServedOptions } from '../support/served.ts';
import { type ToyDialect, toyDialect } from '../support/toy-dialect.ts';

const served: Served[] = [];
afterEach(async () => {
  for (const one of served.splice(0)) await one.stop();
});

async function given(options: ServedOptions = {}): Promise<Served & { readonly toy: ToyDialect }> {
  const toy = toyDialect();
  const one = await givenServed({ dialects: () => [toy], ...options });
  served.push(one);
  return { ...one, toy };
}

function socketTo(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  return socket;
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** What an answer to no request says, once it is seen that it ends the connection and protects its reader. */
function problemIn(answer: string): unknown {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^connection: close$/im);
  expect(head).toMatch(/^content-type: application\/problem\+json$/im);
  expect(head).toMatch(/^x-content-type-options: nosniff$/im);
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${(JSON.parse(body) as { status: number }).status} `));
  return JSON.parse(body);
}

test('a client that leaves in the middle of an answer is no failure', async () => {
  const { url, logged } = await given();
  const leaver = socketTo(url);
  leaver.write('GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await once(leaver, 'data');
  leaver.resetAndDestroy();
  const line = await eventually('it is noticed', () => logged.find((one) => one.includes('ECONNRESET')));
  expect(JSON.parse(line)).toMatchObject({ level: 20, msg: 'a client left' });
});

describe('a request', () => {
  test('is answered by the dialect that owns its path, and by a problem document when none does', async () => {
    const { url } = await given();
    expect(await (await fetch(`${url}/toy/`)).text()).toBe('played');
    const nobody = await fetch(`${url}/nobody`);
    expect(nobody.status).toBe(404);
    expect(nobody.headers.get('content-type')).toBe('application/problem+json');
    expect(await nobody.json()).toMatchObject({ code: 'noRoute' });
  });

  test('carries headers that protect its reader, and its id', async () => {
    const { url } = await given();
    const { headers } = await fetch(`${url}/toy/`, {
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none';sandbox",
    );
    expect(headers.get('x-request-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test.each([
    ['a text', '/v1/tenants'],
    ['a refusal', '/nobody'],
    ['a stream', '/v1/events'],
    ['an answer of the installation', '/healthz'],
    ["an answer that is Koa's to write", '/toy/'],
  ])('is protected and named where it is answered by %s', async (_, path) => {
    const { url } = await given();
    const cut = new AbortController();
    const { headers } = await fetch(url + path, { signal: cut.signal });
    cut.abort();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('that breaks its dialect is answered in the dialect’s form and tells nothing; the log tells all', async () => {
    const { url, logged } = await given();
    const answer = await fetch(`${url}/toy/broken`);
    expect([answer.status, await answer.text()]).toEqual([500, 'toy broken']);
    expect(logged.join()).toContain('the secret inner life of a toy');
  });

  test('of a moment that has not come is told so, and logged in a line without a stack', async () => {
    const { url, logged } = await given();
    const answer = await fetch(`${url}/v1/tenants?as_of=999999`);
    expect(await answer.json()).toMatchObject({ status: 404, code: 'momentUnavailable' });
    const [line, access] = logged.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(line).toMatchObject({ problem: 'Position 999999 is not in the log yet', request: access?.request });
    expect(line).not.toHaveProperty('err');
  });

  test('meets the gate in the form of its dialect while the server cannot serve', async () => {
    const gate = () => new LedgerlineError('unavailable', 'the log is being read');
    const { url } = await given({ gate });
    const toy = await fetch(`${url}/toy/`);
    expect([toy.status, await toy.text()]).toEqual([503, 'toy unavailable']);
    const native = await fetch(`${url}/v1/tenants`);
    expect(native.headers.get('retry-after')).toBe('1');
    expect(await native.json()).toMatchObject({ status: 503, code: 'unavailable', retry: 'same' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('is logged once, without the secrets in its address', async () => {
    const { url, logged } = await given();
    await fetch(`${url}/toy/?token=abc&a=1&password=&%74icket=ST-1#x`);
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      method: 'GET',
      url: '/toy/?token=***&a=1&password=***&%74icket=***',
      status: 200,
      request: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });
});

describe('an upgrade', () => {
  const asked = async (path: string, protocol: string, options: ServedOptions = {}) => {
    const { url, server } = await given(options);
    const socket = socketTo(url);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    return { answer: String(answer), socket, server };
  };

  test('is handed to the dialect that owns its path, and lives until the drain', async () => {
    const { answer, socket, server } = await asked('/toy/socket/?token=1', 'WebSocket');
    expect(answer).toContain('101 Switching Protocols');
    const rest = textOf(socket);
    await server.drain(5_000);
    expect(await rest).toBe('');
  });

  test.each([
    ['/nobody', 'websocket', 404],
    ['/toy/other', 'websocket', 200],
    ['/toy/other', 'h2c', 200],
  ])('that is not possible is passed over: of %s to %s', async (path, protocol, status) => {
    expect((await asked(path, protocol)).answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('meets the gate in the form of its dialect too', async () => {
    const gate = () => new LedgerlineError('unavailable', 'the log is being read');
    const { answer } = await asked('/toy/socket', 'websocket', { gate });
    expect(answer).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/);
    expect(answer).toMatch(/\r\n\r\ntoy unavailable$/);
  });

  test('to anything else is refused where a WebSocket is', async () => {
    expect((await asked('/toy/socket', 'h2c')).answer).toMatch(/^HTTP\/1.1 426 /);
  });

  test('is what a plain reader of a WebSocket is told to ask for', async () => {
    const { url } = await given();
    const answer = await fetch(`${url}/toy/socket?token=1`);
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(await answer.json()).toMatchObject({ status: 426, code: 'upgrade', detail: 'This path speaks websocket.' });
    expect((await fetch(`${url}/toy/socket`, { method: 'HEAD' })).status).toBe(426);
    expect(await (await fetch(`${url}/toy/socket`, { method: 'POST' })).text()).toBe('played');
  });
});

describe('connections', () => {
  test('that do not send their headers in time are cut, and others served meanwhile', async () => {
    const { url } = await given({ limits: { ...SERVER_LIMITS, headersMs: 2_000, requestMs: 4_000 } });
    const slow = socketTo(url);
    slow.write('GET /toy/ HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const drip = setInterval(() => slow.write('z'), 50);
    const ended = textOf(slow);
    expect((await fetch(`${url}/toy/`)).status).toBe(200);
    expect(problemIn(await ended)).toMatchObject({ status: 408, code: 'requestLate' });
    clearInterval(drip);
  });

  test('beyond the cap of one address are dropped', async () => {
    const { url } = await given({ limits: { ...SERVER_LIMITS, connectionsPerAddressMax: 2 } });
    const kept = [socketTo(url), socketTo(url)];
    await Promise.all(kept.map((socket) => once(socket, 'connect')));
    const third = socketTo(url);
    expect(await textOf(third).catch(() => '')).toBe('');
    kept[0]?.end('GET /toy/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await textOf(kept[0] as Socket)).toContain('played');
    expect((await fetch(`${url}/toy/`)).status).toBe(200);
    for (const socket of kept) socket.destroy();
  });

  test.each(['/toy/much-text', '/toy/much-written', '/toy/much'])(
    'that take nothing of their answer from %s are cut, and those that are told nothing are not',
    async (path) => {
      const { url, toy } = await given({ limits: { ...SERVER_LIMITS, stalledMs: 50, connectionsPerAddressMax: 3 } });
      const told = await fetch(`${url}/v1/events`);
      const slow = fetch(`${url}/toy/slow`);
      await toy.waiting;
      const deaf = socketTo(url).pause();
      deaf.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const played = async () => (await fetch(`${url}/toy/`, { headers: { connection: 'close' } })).ok || undefined;
      await eventually('there is room for another', played, 15_000);
      toy.release();
      expect(await (await slow).text()).toBe('played');
      const { value } = (await told.body?.getReader().read()) ?? {};
      expect(Buffer.from(value ?? []).toString()).toBe(': open\n\n');
      deaf.destroy();
    },
  );

  test.each([
    ['bytes that are no request', '\0\0\0\0\r\n\r\n', 400, 'malformed'],
    ['no host', 'GET /toy/ HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'noHost'],
    ['a long address', `GET /toy/?a=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headersTooLarge'],
    ['a long header', `GET /toy/ HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headersTooLarge'],
    ['great expectations', 'GET /toy/ HTTP/1.1\r\nHost: x\r\nExpect: riches\r\n\r\n', 417, 'expectation'],
  ])('with %s are told so, and hurt nobody', async (_, nonsense, status, code) => {
    const { url } = await given();
    const socket = socketTo(url);
    socket.write(nonsense);
    expect(problemIn(await textOf(socket))).toMatchObject({ status, code });
    expect((await fetch(`${url}/toy/`)).status).toBe(200);
  });

  test('that go on with nonsense while they are answered are cut, and get nothing that is no part of the answer', async () => {
    const { url } = await given();
    const socket = socketTo(url);
    socket.write('GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    const [begun] = await once(socket, 'data');
    expect(String(begun)).toContain('event-stream');
    const rest = textOf(socket).catch(() => 'cut');
    socket.write('\0\0\0\0\r\n\r\n');
    expect(await rest).not.toContain('HTTP/1.1');
  });
});

describe('ports', () => {
  test('all serve the same', async () => {
    const { server, url } = await given();
    const [, second] = await server.listen({ host: '127.0.0.1', ports: [0], skipTaken: false });
    expect(await (await fetch(`http://127.0.0.1:${second}/toy/`)).text()).toBe('played');
    expect(await (await fetch(`${url}/toy/`)).text()).toBe('played');
  });

  test('that are taken are passed over by default and an error when asked for', async () => {
    const squatter = createTcpServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const { server, logged } = await given();
    const listening = { host: '127.0.0.1', ports: [port, 0] };
    await expect(server.listen({ ...listening, skipTaken: false })).rejects.toMatchObject({ code: 'badConfiguration' });
    expect(await server.listen({ ...listening, skipTaken: true })).toHaveLength(2);
    expect(logged.join()).toContain(String(port));
    squatter.close();
  });

  test('of an address that is not ours are an error that names the variable', async () => {
    const { server } = await given();
    await expect(server.listen({ host: '192.0.2.1', ports: [0], skipTaken: true })).rejects.toMatchObject({
      code: 'badConfiguration',
      message: 'LEDGERLINE_HOST: 192.0.2.1 is no address of this machine',
    });
  });

  test('speak TLS when there is a certificate, and tell browsers to stay with it', async () => {
    const tls = madeCertificate();
    const { url } = await given({ tls });
    const { status, hsts } = await new Promise<{ status?: number; hsts?: string }>((resolve, reject) => {
      httpsGet(`${url}/toy/`, { ca: tls.cert, agent: false }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, hsts: String(answer.headers['strict-transport-security']) });
      }).on('error', reject);
    });
    expect(status).toBe(200);
    expect(hsts).toContain('max-age=');
  });
});

describe('a drain', () => {
  test('finishes what is under way, takes nothing new, and may be asked for twice', async () => {
    const { url, server, toy } = await given();
    const slow = fetch(`${url}/toy/slow`);
    await toy.waiting;
    const drained = server.drain(60_000);
    expect(server.drain(60_000)).toBe(drained);
    await expect(fetch(`${url}/toy/`)).rejects.toThrow();
    toy.release();
    expect(await (await slow).text()).toBe('played');
    await drained;
  });

  test('cuts what does not finish within its bound', async () => {
    const { url, server, toy } = await given();
    const slow = fetch(`${url}/toy/slow`);
    await toy.waiting;
    await server.drain(50);
    await expect(slow).rejects.toThrow();
  });
});
