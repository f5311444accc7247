/** The client as it is installed (compiled, with declarations), and the programs of docs/examples beside a real server. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Call, clientOf } from '../dialects/native/client.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLES = join(ROOT, 'docs', 'examples');

let server: ServerProcess;
let call: Call;
const programs: ChildProcess[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, 'src', 'setup', 'client.mjs')]);
  server = await startServerProcess({ LEDGERLINE_WEBHOOK_ALLOW: '127.0.0.1' });
  call = clientOf(server.url);
});
afterAll(async () => {
  for (const program of programs) program.kill();
  await server.remove();
});

interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: { out: string; err: string };
}

function start(file: string, words: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [join(EXAMPLES, file), ...words], {
    cwd: ROOT,
    env: { ...process.env, LEDGERLINE_URL: server.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  programs.push(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed.err += chunk;
  });
  return { child, printed };
}

const setPresence = (event: string) => call('POST', `/v1/tenants/genesys/agents/ksippo/${event}`, { signIn: true });

test('the wallboard draws how it stands, and what changes', async () => {
  const { printed } = start('wallboard.ts', ['genesys']);
  const first = await eventually('it is drawn', async () => /^genesys at \d+: .*$/m.exec(printed.out)?.[0]);
  expect(first).toMatch(/signedOut 3/);
  const line = await eventually('a change is drawn', async () => {
    for (const event of ['setReady', 'setAway']) await setPresence(event);
    return /^genesys at \d+: .*away \d+.*$/m.exec(printed.out)?.[0];
  });
  expect(line).toMatch(/signedOut \d+/);
});

test('the exporter prints every record of a kind, and no formula', async () => {
  const { child, printed } = start('csv-exporter.ts', ['genesys', 'agent']);
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, printed.err]).toEqual([0, '']);
  const [header, ...rows] = printed.out.trim().split('\n');
  expect(header).toBe('position,time,id,version,event,from,to,by');
  const { body } = await call('GET', '/v1/tenants/genesys/actors/agent/ksippo/history?limit=1000');
  const mine = rows.filter((row) => row.split(',')[2] === 'ksippo');
  expect(mine).toHaveLength((body.items as unknown[]).length);
  expect(printed.out).not.toMatch(/(^|,)[=+@]/m);
});

test('the exporter of a kind of which there is none prints the heading', async () => {
  const { child, printed } = start('csv-exporter.ts', ['genesys', 'chat']);
  await new Promise((resolve) => child.once('close', resolve));
  expect(printed).toMatchObject({ out: 'position,time,id,version,event,from,to,by\n', err: '' });
});

test('the receiver says each thing once, and believes only what is signed', async () => {
  const opened = await call('POST', '/v1/tenants/genesys/webhooks', {
    id: 'chat',
    url: 'http://127.0.0.1:1/',
    kinds: ['skill'],
    enabled: false,
  });
  const secret = String(opened.body.secret);
  const { printed } = start('webhook-receiver.ts', ['0'], { LEDGERLINE_WEBHOOK_SECRET: secret });
  const port = await eventually('it listens', () => /listening on (\d+)/.exec(printed.err)?.[1]);
  const url = `http://127.0.0.1:${port}/`;
  await call('PATCH', '/v1/tenants/genesys/webhooks/chat', { url, enabled: true });
  await call('POST', '/v1/tenants/genesys/skills', { id: 'Welsh', name: 'Welsh' });
  const said = await eventually('it is said', () => /^.*Welsh.*$/m.exec(printed.out)?.[0]);
  expect(said).toMatch(/^\[\d\d:\d\d:\d\d] #genesys {2}skill \*Welsh\*: create by system:operator$/);
  const forged = await fetch(url, { method: 'POST', body: '{"id":"x"}' });
  expect(forged.status).toBe(401);
  await call('POST', '/v1/tenants/genesys/webhooks/chat/redeliver', { since: '0' });
  await call('POST', '/v1/tenants/genesys/skills', { id: 'Irish', name: 'Irish' });
  await eventually('the next is said', () => /Irish/.exec(printed.out)?.[0]);
  expect(printed.out.match(/Welsh/g)).toHaveLength(1);
});

test('the examples are short', () => {
  for (const file of readdirSync(EXAMPLES)) {
    expect(readFileSync(join(EXAMPLES, file), 'utf8').trim().split('\n').length).toBeLessThan(60);
  }
});
