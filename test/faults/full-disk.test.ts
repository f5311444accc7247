/**
 * A real disk, small and filled to the last byte while commands are recorded: what was acknowledged is there, callers are told
 * why nothing more is taken, and once there is room all goes on without anybody's doing. Needs the right to mount one.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startCommanders } from '../support/commander.ts';
import { eventually } from '../support/eventually.ts';
import { proveHistory } from '../support/prove-history.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const DISK_MIB = 32;
const MIB = 1024 * 1024;

/** Undefined where this process may not. */
function mounted(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'll-full-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = process.platform === 'linux' ? mounted() : undefined;
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.remove();
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

/** Takes all that is free. */
function fill(folder: string): string {
  const file = join(folder, 'filler');
  try {
    writeFileSync(file, Buffer.alloc(DISK_MIB * MIB));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return file;
}

describe.skipIf(disk === undefined)('a disk that is full', () => {
  test('stops commands with the reason, loses nothing, and lets all go on when there is room', async () => {
    const folder = disk ?? '';
    server = await startServerProcess({ LEDGERLINE_NATS_STAGING: 'disk' }, join(folder, 'data'));
    const { url } = server;
    const commanders = startCommanders({
      url: () => url,
      tenant: 'genesys',
      agents: ['ksippo', 'peer', 'third'],
      clients: 8,
    });
    for (const _ of [1, 2]) {
      await commanders.more(30);
      const filler = fill(folder);
      const told = await eventually('it says that the disk is full', async () => {
        const readiness = await (await fetch(`${url}/readyz`)).text();
        return readiness.includes('is full') ? readiness : undefined;
      });
      expect(told).toMatch(/"commands","state":"down","detail":"the disk of .* is full: \d/);
      rmSync(filler);
      await commanders.more(30);
    }
    await commanders.stop();
    expect(await server.stop()).toBe(0);
    await proveHistory(server.dataDir, commanders.acknowledged);
  });
});
