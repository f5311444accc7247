/** What stands behind a proxy sees the proxy's clients, where the operator says that it is one. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const OLD_API = '/xuc/api/1.0/handshake/x/';
const CLIENT = '192.0.2.7';

let trusting: ServerProcess;
let strict: ServerProcess;
beforeAll(async () => {
  trusting = await startServerProcess({ LEDGERLINE_PROXIES: '127.0.0.0/8', DEPRECATED_API_HOST: CLIENT });
  strict = await startServerProcess({ DEPRECATED_API_HOST: CLIENT });
});
afterAll(async () => {
  await trusting.remove();
  await strict.remove();
});

function asked(server: ServerProcess, method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ readonly status?: number | undefined; readonly cookies: string }>((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode, cookies: String(answer.headers['set-cookie']) });
    });
    sent.on('error', reject).end();
  });
}

describe('a client of a known proxy', () => {
  test('is who the proxy says', async () => {
    expect(await asked(trusting, 'POST', OLD_API, { 'X-Forwarded-For': CLIENT })).toMatchObject({ status: 200 });
    expect(await asked(trusting, 'POST', OLD_API, { 'X-Forwarded-For': '192.0.2.8' })).toMatchObject({ status: 403 });
  });

  test('gets cookies for TLS alone when that is what it speaks', async () => {
    const authorization = `Basic ${Buffer.from('ksippo:').toString('base64')}`;
    const me = (more: Record<string, string>) => asked(trusting, 'GET', '/api/v2/me', { authorization, ...more });
    expect((await me({ 'X-Forwarded-Proto': 'https' })).cookies).toMatch(/; *Secure/i);
    expect((await me({ 'X-Forwarded-Proto': 'http' })).cookies).not.toMatch(/; *Secure/i);
  });

  test('is not taken for somebody at this machine', async () => {
    expect(await asked(trusting, 'GET', '/v1/tenants', { 'X-Forwarded-For': '127.0.0.1' })).toMatchObject({
      status: 401,
    });
    expect(await asked(trusting, 'GET', '/v1/tenants', {})).toMatchObject({ status: 200 });
  });
});

test('without one nobody is who he says, and the log tells once how to name a proxy', async () => {
  for (let time = 0; time < 3; time += 1)
    expect(await asked(strict, 'POST', OLD_API, { 'X-Forwarded-For': CLIENT })).toMatchObject({ status: 403 });
  expect(strict.output.match(/LEDGERLINE_PROXIES does not name this proxy/g)).toHaveLength(1);
});
