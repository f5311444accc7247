/**
 * A real disk, small and filled to the last byte while commands are recorded: what was acknowledged is there, callers are told
 * why nothing more is taken, and once there is room all goes on without anybody's doing. And too full for a start to make the
 * projections. Needs the right to mount one.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { aQueue, startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { proveHistory } from '../support/prove-history.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { smallDisk } from '../support/small-disk.ts';

const DISK_MIB = 32;
const MIB = 1024 * 1024;

const disk = smallDisk(DISK_MIB);
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.remove();
  disk?.remove();
});

describe.skipIf(disk === undefined)('a disk that is full', () => {
  test('stops commands with the reason, loses nothing, and lets all go on when there is room', async () => {
    if (disk === undefined) throw new Error('no disk');
    server = await startServerProcess({ LEDGERLINE_NATS_STAGING: 'disk' }, join(disk.folder, 'data'));
    const { url } = server;
    const commanders = startCommanders({
      url: () => url,
      tenant: 'genesys',
      agents: ['ksippo', 'peer', 'third'],
      clients: 8,
    });
    for (const _ of [1, 2]) {
      await commanders.more(30);
      const free = disk.fill();
      const told = await eventually('it says that the disk is full', async () => {
        const readiness = await (await fetch(`${url}/readyz`)).text();
        return readiness.includes('is full') ? readiness : undefined;
      });
      expect(told).toMatch(/"commands","state":"down","detail":"the disk of .* is full: \d/);
      free();
      await commanders.more(30);
    }
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });

  test('ends a start that has no room to make the projections, with how much is needed, and the next one has it', async () => {
    if (disk === undefined) throw new Error('no disk');
    await server?.remove();
    server = await startServerProcess({ LEDGERLINE_NATS_STAGING: 'disk' }, join(disk.folder, 'other'));
    const { url } = server;
    const commanders = startCommanders({ url: () => url, tenant: 'genesys', agents: [], clients: 8, request: aQueue });
    await commanders.more(60);
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    const projections = join(server.dataDir, 'projections');
    rmSync(projections, { recursive: true });
    const free = disk.fill(2 * MIB);
    const failed = await server.start().catch(String);
    expect(failed).toContain('the server ended with 1 before it was ready');
    const told = new RegExp(
      `^ledgerline: the disk of ${projections} is full: (\\S+) MB are free, about (\\S+) MB are needed to project \\d+ records$`,
      'm',
    ).exec(String(failed));
    expect(Number(told?.[1])).toBeGreaterThan(0);
    expect(Number(told?.[2])).toBeGreaterThan(Number(told?.[1]));
    expect(readdirSync(projections).filter((name) => name.startsWith('live.db'))).toEqual([]);
    free();
    await server.start();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });
});
