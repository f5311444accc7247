import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ran } from './command-line.ts';

describe.each(['hello', 'null'])('an address that is not what it was taken for, and says %s,', (said) => {
  let http: Server;
  let port: number;
  beforeAll(async () => {
    http = createServer((_, answer) => answer.end(said)).listen(0, '127.0.0.1');
    await once(http, 'listening');
    ({ port } = http.address() as AddressInfo);
  });
  afterAll(() => void http.close());

  test('is wrong use where https is asked of http, and says so in words', async () => {
    expect(await ran(['list', 'tenants', '--url', `https://127.0.0.1:${port}`])).toMatchObject({
      code: 2,
      err: [`ledgerline: https://127.0.0.1:${port} does not speak https: try http://`],
    });
  });

  test('is wrong use where something else than HTTP answers', async () => {
    const other = createSocketServer((socket) => socket.on('error', () => undefined).end('INFO {}\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, err } = await ran(['list', 'tenants', '--url', url]);
    other.close();
    expect({ code, err }).toEqual({
      code: 2,
      err: [`ledgerline: ${url} does not speak http: is it another port, or https?`],
    });
  });

  test('is wrong use where something else answers HTTP', async () => {
    expect(await ran(['list', 'tenants', '--url', `http://127.0.0.1:${port}`])).toMatchObject({
      code: 2,
      err: [`ledgerline: http://127.0.0.1:${port} does not answer as a Ledgerline server does: is it another port?`],
    });
  });

  test('is found by the doctor', async () => {
    const { code, out } = await ran(['doctor', '--url', `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(out.join('\n')).toMatch(/^no {4}server: something listens at \S+, and does not answer as a server of ours/m);
  });
});

test('a server that stands by is nothing that the doctor finds wrong', async () => {
  const dependencies = [
    { name: 'log', state: 'up' },
    { name: 'commands', state: 'down', detail: 'this server stands by' },
  ];
  const http = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ status: 'standby', version: '1', position: 7, dependencies }));
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { out } = await ran(['doctor', '--url', `http://127.0.0.1:${(http.address() as AddressInfo).port}`]);
  http.close();
  expect(out.filter((line) => line.includes('  server: ')).map((line) => line.split(', at ')[0])).toEqual([
    'note  server: standby, version 1, log position 7',
    'yes   server: log: up',
    'note  server: commands: down, this server stands by',
  ]);
});

test('an address with a password in it is refused before anything is sent, and not shown', async () => {
  const { code, err } = await ran(['list', 'tenants', '--url', 'http://ada:secret@127.0.0.1:9']);
  expect(code).toBe(2);
  expect(err.join()).toContain('a token goes into LEDGERLINE_TOKEN');
  expect(err.join()).not.toContain('secret');
});

test('a token that no header could carry is refused before it is sent, and not shown', async () => {
  const { code, err } = await ran(['list', 'tenants', '--token', 'll_secret\nll_other']);
  expect(code).toBe(2);
  expect(err.join()).toContain('another character that no token has');
  expect(err.join()).not.toContain('secret');
});

test('an answer that breaks off is told as such: what was printed is not all of it', async () => {
  const http = createServer((_, answer) => {
    answer.writeHead(200);
    answer.write('{"position":1}\n', () => answer.destroy());
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const { code, err } = await ran(['export-history', 'acme', '--url', url]);
  http.close();
  expect({ code, err }).toEqual({
    code: 3,
    err: [`ledgerline: the answer of ${url} broke off: this is not all of it`],
  });
});
