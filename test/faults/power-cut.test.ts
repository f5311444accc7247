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
import { poweredDisk } from '../support/powered-disk.ts';
import { proveHistory } from '../support/prove-history.ts';
import {
  SERVER,
  SERVER_ENVIRONMENT,
  SERVER_FLAGS,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const DISK_MIB = 512;
const CUTS = 8;
const BETWEEN_CUTS = 30;
/** Further into the start with every cut. */
const FIRST_CUT_MS = 150;
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
      const nats = await server.natsPid();
      await delay(cut * 3);
      // Nobody may answer for a disk that fails: a machine without power does not.
      for (const pid of [nats, server.pid]) process.kill(pid, 'SIGSTOP');
      disk.cut();
      process.kill(nats, 'SIGKILL');
      await server.kill9();
      await disk.restore();
      await server.start();
    }
    await commanders.more(BETWEEN_CUTS);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged, env);
    // Keys and places of its own were whole, too: none of the starts has complained.
    expect(server.output.split('\n').filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
