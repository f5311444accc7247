import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATA } from '../../src/backup/backup.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { type Ran, ran } from './command-line.ts';

const AGENT = 'genesys/agent/ksippo';

let folder: string;
let server: ServerProcess;
let copy: ServerProcess;
let service: string;
let backup: string;
let made: { readonly last: number; readonly files: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledgerline-backups-'));
  backup = join(folder, 'backup');
  server = await startServerProcess({ LEDGERLINE_WEBHOOK_ALLOW: '127.0.0.1' });
  const form = new FormData();
  form.set('letter', new Blob(['dear all']), 'letter.txt');
  const asked = await fetch(`${server.url}/genesys/1/service/request-interaction`, { method: 'POST', body: form });
  service = ((await asked.json()) as { readonly _id: string })._id;
  await run(server, 'consumer add genesys board --from 0');
  await run(server, 'webhook add http://127.0.0.1:9/hook --id crm --tenant genesys --kind call');
});
afterAll(async () => {
  await server.remove();
  await copy?.remove();
  await rm(folder, { recursive: true, force: true });
});

function run(
  on: Pick<ServerProcess, 'url' | 'dataDir'>,
  words: string,
  env: Record<string, string> = {},
): Promise<Ran> {
  const own = { PATH: process.env.PATH, LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN };
  const at = { LEDGERLINE_DATA: on.dataDir, LEDGERLINE_URL: on.url, LEDGERLINE_NATS_PORT: '0', LEDGERLINE_PORT: '0' };
  return ran(words.split(' '), { env: { ...own, ...at, ...env } });
}

async function setState(on: ServerProcess, operationName: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa('ksippo:')}` };
  const body = JSON.stringify({ operationName });
  const answer = await fetch(`${on.url}/api/v2/me/channels/voice`, { method: 'POST', headers, body });
  expect(await answer.json()).toEqual({ statusCode: 0 });
}

async function letterAt(on: ServerProcess): Promise<string> {
  return (await fetch(`${on.url}/genesys/1/service/${service}/storage/binary/letter`)).text();
}

/** All that the data folder of a running server holds, but what lies below these. */
async function filesIn(dataDir: string, except: readonly string[]): Promise<readonly string[]> {
  const all = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return all
    .filter((one) => !one.isDirectory())
    .map((one) => join(one.parentPath, one.name).slice(dataDir.length + 1))
    .filter((name) => !except.some((one) => name === one || name.startsWith(`${one}/`)));
}

describe('a backup beside a server that goes on working', () => {
  test('is made, whole, at one position', async () => {
    let working = true;
    const work = (async () => {
      for (let turn = 0; working; turn += 1) await setState(server, turn % 2 === 0 ? 'Ready' : 'NotReady');
    })();
    const { code, out } = await run(server, `backup ${backup} --json`);
    working = false;
    await work;
    expect(code).toBe(0);
    made = JSON.parse(out.join(''));
    expect(made).toMatchObject({ first: 1, files: 1, generation: 1, folder: backup });
    expect((await run(server, `restore ${backup} --dry-run`)).out).toEqual([
      `${backup} is whole: ${made.last} records (positions 1 to ${made.last}), 1 file`,
    ]);
  });

  test('leaves nothing out that is not made again', async () => {
    const madeAgain = ['projections', 'archive', 'high-water.json', 'installation', 'nats/jetstream', 'nats/ledger.nk'];
    const ofTheServer = ['nats/server.conf', 'nats/server.json', 'nats/nats-server.log', 'nats/ocsp'];
    const held = await filesIn(server.dataDir, [...madeAgain, ...ofTheServer]);
    const forgotten = held.filter((name) => !DATA.some((one) => name === one || name.startsWith(`${one}/`)));
    expect(forgotten.filter((name) => !/^nats\/(?:lock\.\d+|nats-server\S*\.ports)$/.test(name))).toEqual([]);
  });

  test('is not made twice into one folder, nor without a log', async () => {
    expect(await run(server, `backup ${backup}`)).toMatchObject({
      code: 2,
      err: [expect.stringContaining('is not empty')],
    });
    const nowhere = { url: server.url, dataDir: join(folder, 'nowhere') };
    expect(await run(nowhere, `backup ${join(folder, 'other')}`)).toMatchObject({ code: 2 });
    expect(await readdir(folder)).toEqual(['backup']);
  });

  test('makes the same centre elsewhere, which goes on', async () => {
    const there = { url: 'http://127.0.0.1:9', dataDir: join(folder, 'there') };
    expect((await run(there, `restore ${backup}`)).out).toEqual([
      `${there.dataDir} holds ${made.last} records (positions 1 to ${made.last}), 1 file`,
    ]);
    copy = await startServerProcess({ LEDGERLINE_WEBHOOK_ALLOW: '127.0.0.1' }, there.dataDir);
    const health = (await (await fetch(`${copy.url}/healthz`)).json()) as { readonly position: number };
    expect(health.position).toBe(made.last);
    const positionIn = (line: string) => Number(line.trim().split(' ')[0]);
    const history = (await run(copy, `history ${AGENT}`)).out;
    const known = (await run(server, `history ${AGENT}`)).out.filter((line) => positionIn(line) <= made.last);
    expect(history.slice(-known.length)).toEqual(known);
    expect(known).not.toEqual([]);
    expect(await letterAt(copy)).toBe('dear all');
    expect((await run(copy, 'webhook list --tenant genesys')).out.join('\n')).toContain('crm');
    expect((await run(copy, 'consumer list genesys')).out.join('\n')).toContain('board');
    await setState(copy, 'Ready');
    await setState(copy, 'NotReady');
  });

  test('which proves its history, what was signed before and what was since', async () => {
    expect(await copy.stop()).toBe(0);
    const { code, out } = await run(copy, 'verify');
    expect(out.join('\n')).toMatch(/signed checkpoints? agree/);
    expect(out).toContain('the projections are those of a rebuild');
    expect(code).toBe(0);
  });

  test('and is not restored over it', async () => {
    expect(await run(copy, `restore ${backup}`)).toMatchObject({
      code: 1,
      err: [expect.stringContaining('is not empty')],
    });
  });

  test('is refused when a byte of it was changed, and nothing is made', async () => {
    await writeFile(join(backup, 'data', 'jwt-secret'), 'another');
    const there = { url: 'http://127.0.0.1:9', dataDir: join(folder, 'refused') };
    const { code, out, err } = await run(there, `restore ${backup}`);
    expect(out).toEqual([expect.stringMatching(/data\/jwt-secret: its SHA-256 is \w+, not \w+$/)]);
    expect(err.join('\n')).toContain('one thing is not as it should be: nothing was restored');
    expect(code).toBe(1);
    expect(await readdir(folder)).not.toContain('refused');
  });
});

describe('on an outside NATS server', () => {
  let nats: NatsServer;
  let other: NatsServer;
  let outside: ServerProcess;

  beforeAll(async () => {
    nats = await startNatsServer();
    other = await startNatsServer();
  });
  afterAll(async () => {
    await outside?.remove();
    await nats.remove();
    await other.remove();
  });

  test('a centre is backed up, and restored to another one', async () => {
    const env = { LEDGERLINE_NATS_URL: nats.url };
    outside = await startServerProcess(env);
    await setState(outside, 'Ready');
    const to = join(folder, 'outside');
    expect((await run(outside, `backup ${to}`, env)).code).toBe(0);
    await outside.stop();
    const there = { url: 'http://127.0.0.1:9', dataDir: join(folder, 'outside-there') };
    expect(await run(there, `restore ${to}`, env)).toMatchObject({
      code: 1,
      err: [expect.stringContaining('the NATS server holds a log already')],
    });
    expect(await readdir(there.dataDir)).toEqual([]);
    const elsewhere = { LEDGERLINE_NATS_URL: other.url };
    expect((await run(there, `restore ${to}`, elsewhere)).code).toBe(0);
    const again = await startServerProcess(elsewhere, there.dataDir);
    try {
      await setState(again, 'NotReady');
      expect((await run(again, `history ${AGENT}`, elsewhere)).out.at(-1)).toContain('ready -> away');
    } finally {
      await again.remove();
    }
  });
});
