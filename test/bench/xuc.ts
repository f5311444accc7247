/**
 * XUC: the token check and the list of 1,000 contacts against a bare Koa handler that verifies the same token and sends the
 * same bytes, and the import of 10,000 lines, each on a real NATS server.
 */
import { randomBytes } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, compactVerify } from 'jose';
import Koa from 'koa';
import pino from 'pino';
import { v7 } from 'uuid';
import { systemClock } from '../../src/clock.ts';
import { loadDemo } from '../../src/demo/load.ts';
import { createXuc } from '../../src/dialects/xuc/routes.ts';
import { directoryRecords } from '../../src/identity/directory-records.ts';
import { createIdentity } from '../../src/identity/identity.ts';
import { createPasswordHasher } from '../../src/identity/password.ts';
import { createThrottle } from '../../src/identity/throttle.ts';
import { openBenchRuntime } from '../support/bench-runtime.ts';
import { CHEAP } from '../support/identities.ts';
import { type Bench, median, perSecond, timed } from './table.ts';

const SECRET = 'a secret of thirty-two bytes, or more';
const KEY = new TextEncoder().encode(SECRET);
const REQUESTS = 3_000;
const AT_ONCE = 16;
const ROUNDS = 3;

export const bench: Bench = async (say) => {
  const opened = await openBenchRuntime();
  const { runtime } = opened;
  const clock = systemClock();
  const hasher = createPasswordHasher(randomBytes, CHEAP);
  await loadDemo(runtime, hasher);
  const identity = createIdentity({
    live: runtime.live,
    records: directoryRecords,
    hasher,
    throttle: createThrottle(),
    clock,
    random: randomBytes,
  });
  const logger = pino({ level: 'silent' });
  const dialect = createXuc({
    runtime,
    identity,
    clock,
    mintId: () => v7(),
    logger,
    jwtSecret: SECRET,
    tokenLifetimeS: 3600,
    deprecatedApiHosts: [],
  });
  const app = new Koa();
  app.use(dialect.middleware);
  const { port, close } = await listening(app);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const token = await sign('alicej');
  const ask = (onPort: number, path: string, method = 'GET', body = '') =>
    send(agent, onPort, { path, method, token, body });
  try {
    say('importing 10,000 contacts');
    const header = 'company,email,fax,firstname,lastname,mobile,number';
    const lines = (count: number) =>
      [header, ...Array.from({ length: count }, (_, i) => `corp,p${i}@company.corp,3333,John,Doe${i},2222,1111`)].join(
        '\r\n',
      );
    const before = process.cpuUsage();
    const importMs = await timed(() => ask(port, '/xuc/api/2.0/contact/import/personal', 'POST', lines(10_000)));
    const { user, system } = process.cpuUsage(before);
    await ask(port, '/xuc/api/2.0/contact/personal', 'DELETE');
    await ask(port, '/xuc/api/2.0/contact/import/personal', 'POST', lines(1_000));
    const list = await ratioTo(agent, token, port, '/xuc/api/2.0/contact/personal', say);
    const check = await ratioTo(agent, token, port, '/xuc/api/2.0/auth/check', say);
    return [
      {
        what: 'XUC import of 10,000 CSV lines',
        figure: `${Math.round(importMs)} ms`,
        baseline: `${Math.round((user + system) / 1000)} ms of CPU`,
        aim: '≤ 2000 ms',
      },
      { what: 'XUC list of 1,000 contacts', ...list, aim: '≥ 0.5' },
      { what: 'XUC auth/check', ...check, aim: '≥ 0.5' },
    ];
  } finally {
    agent.destroy();
    close();
    await dialect.drain?.();
    await opened.close();
  }
};

/** The dialect and a bare handler by turns, the middle of some rounds each. */
async function ratioTo(agent: Agent, token: string, port: number, path: string, say: (line: string) => void) {
  const once = await send(agent, port, { path, method: 'GET', token, body: '' });
  const bare = await bareServer(once, path.endsWith('check'));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(`${path}: round ${round} of ${ROUNDS}`);
    const [mine, other] = [await load(agent, port, path, token), await load(agent, bare.port, path, token)];
    // The first warms up.
    if (round > 0) ours.push(mine) && theirs.push(other);
  }
  bare.close();
  const [mine, other] = [median(ours), median(theirs)];
  return { figure: perSecond(REQUESTS, mine), baseline: perSecond(REQUESTS, other), ratio: other / mine };
}

async function bareServer(body: string, signs: boolean) {
  const app = new Koa();
  app.use(async (context) => {
    const token = String(context.headers['x-auth-token']);
    const { payload } = await compactVerify(token, KEY, { algorithms: ['HS256'] });
    const { login, expires } = JSON.parse(new TextDecoder().decode(payload)) as { login: string; expires: number };
    if (expires * 1000 < Date.now()) context.throw(401);
    if (signs) await sign(login);
    context.type = 'application/json';
    context.body = body;
  });
  return listening(app);
}

async function listening(app: Koa): Promise<{ readonly port: number; close(): void }> {
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function sign(login: string): Promise<string> {
  const payload = JSON.stringify({ login, expires: Math.floor(Date.now() / 1000) + 3600 });
  return new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ typ: 'JWT', alg: 'HS256' }).sign(KEY);
}

function load(agent: Agent, port: number, path: string, token: string): Promise<number> {
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) await send(agent, port, { path, method: 'GET', token, body: '' });
  };
  return timed(() => Promise.all(Array.from({ length: AT_ONCE }, worker)));
}

interface Sent {
  readonly path: string;
  readonly method: string;
  readonly token: string;
  readonly body: string;
}

function send(agent: Agent, port: number, { path, method, token, body }: Sent): Promise<string> {
  const headers = { 'x-auth-token': token, authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((answer.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 200)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
