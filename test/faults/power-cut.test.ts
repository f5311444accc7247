/**
 * A real disk that loses its power under load, and with it whatever was not synced; memory and both processes go with it.
 * What was acknowledged is there, once, after any number of cuts. Needs the right to mount a disk.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { aQueue, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { type PoweredDisk, poweredDisk } from '../support/powered-disk.ts';
import { proveHistory } from '../support/prove-history.ts';
import {
  SERVER,
  SERVER_ENVIRONMENT,
  SERVER_FLAGS,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const DISK_MIB = 512;
const CUTS = 4;
const BETWEEN_CUTS = 30;
/** Further into the start with every cut. */
const FIRST_CUT_MS = 200;
const FILES = 40;
const FILE_CUTS = 3;
const SERVICE = '/genesys/1/service';
const PORTS = { LEDGERLINE_PORT: '0', LEDGERLINE_NATS_PORT: '0' };
const AGENTS = ['ksippo', 'peer', 'third'];

const disk = poweredDisk(DISK_MIB);
const env = { LEDGERLINE_NATS_STAGING: disk?.memory ?? '' };
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.remove();
  await disk?.remove();
});

describe.skipIf(disk === undefined)('a machine that loses its power', () => {
  test('finishes its very first start with the next one, wherever it was cut', { timeout: 300_000 }, async () => {
    if (disk === undefined) throw new Error('no disk');
    for (let cut = 0; cut < CUTS; cut += 1) {
      const folder = join(disk.folder, `first-${cut}`);
      const first = spawn(process.execPath, [...SERVER_FLAGS, SERVER], {
        env: { ...SERVER_ENVIRONMENT, ...process.env, ...PORTS, ...env, LEDGERLINE_DATA: folder },
        stdio: 'ignore',
      });
      const ended = once(first, 'exit');
      await delay((cut + 1) * FIRST_CUT_MS);
      disk.cut();
      first.kill('SIGKILL');
      await ended;
      await disk.restore();
      server = await startServerProcess(env, folder);
      const answer = await fetch(`${server.url}/api/v2/me`, { headers: { authorization: `Basic ${btoa('ksippo:')}` } });
      expect(await answer.json()).toMatchObject({ statusCode: 0 });
      expect(await server.stop()).toBe(0);
      await proveHistory(folder, new Map(), env);
    }
  });

  test.each([
    ['while agents change', { agents: AGENTS, clients: 12 }],
    ['while commands of many records are stored', { agents: [], clients: 10, request: aQueue }],
  ])('keeps what it acknowledged, %s', { timeout: 300_000 }, async (name, load) => {
    if (disk === undefined) throw new Error('no disk');
    server = await startServerProcess(env, join(disk.folder, name.replaceAll(' ', '-')));
    const running = server;
    const commanders = startCommanders({ url: () => running.url, tenant: 'genesys', ...load });
    for (let cut = 0; cut < CUTS; cut += 1) {
      await commanders.more(BETWEEN_CUTS);
      await delay(cut * 3);
      await losePower(server, disk);
      await server.start();
    }
    await commanders.more(BETWEEN_CUTS);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged, env);
    // Keys and places of its own were whole, too: none of the starts has complained.
    expect(server.output.split('\n').filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test('keeps the files it took', { timeout: 300_000 }, async () => {
    if (disk === undefined) throw new Error('no disk');
    server = await startServerProcess(env, join(disk.folder, 'files'));
    const taken = new Map<string, string>();
    for (let cut = 0; cut < FILE_CUTS; cut += 1) {
      const texts = Array.from({ length: FILES }, (_, number) => `file ${number} before cut ${cut}`);
      const uploads = Promise.all(texts.map((text) => upload(server?.url ?? '', text, taken)));
      await eventually('half are taken', () => (taken.size >= (cut + 0.5) * FILES ? true : undefined));
      await losePower(server, disk);
      await uploads;
      await server.start();
    }
    for (const [service, text] of taken)
      expect(await (await fetch(`${server.url}${SERVICE}/${service}/storage/binary/note`)).text()).toBe(text);
    expect(await server.stop()).toBe(0);
  });
});

/** The server is killed with all that it has started, and its disk is back. */
async function losePower(server: ServerProcess, disk: PoweredDisk): Promise<void> {
  const nats = await server.natsPid();
  // Nobody may answer for a disk that fails: a machine without power does not.
  for (const pid of [nats, server.pid]) process.kill(pid, 'SIGSTOP');
  disk.cut();
  process.kill(nats, 'SIGKILL');
  await server.kill9();
  await disk.restore();
}

/** Notes the service it was answered with; nothing when nobody answered any more. */
async function upload(url: string, text: string, taken: Map<string, string>): Promise<void> {
  const form = new FormData();
  form.set('note', new Blob([text], { type: 'text/plain' }), 'note.txt');
  try {
    const answer = await fetch(`${url}${SERVICE}/request-interaction`, { method: 'POST', body: form });
    const { _id } = (await answer.json()) as { readonly _id: string };
    if (answer.ok) taken.set(_id, text);
  } catch {}
}
