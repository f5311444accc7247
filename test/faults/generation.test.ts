/**
 * A process killed, or a machine without power, between any two steps of a new generation: what comes next finds the old
 * generation whole or the new one whole, and repeating the command comes to the end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashOf } from '../../src/log/codec.ts';
import { checkGenerations } from '../../src/log/generation/check-generations.ts';
import { GenerationLog } from '../../src/log/generation/generation-log.ts';
import type { Log } from '../../src/log/log.ts';
import { all } from '../support/entries.ts';
import { eventually } from '../support/eventually.ts';
import { type GenerationWorld, generationsOn, givenGenerations } from '../support/generations.ts';
import { startNatsCluster } from '../support/nats-cluster.ts';
import { poweredDisk } from '../support/powered-disk.ts';

const THINGS = 40;
const CHILD = join(import.meta.dirname, 'generation-steps.ts');
const STEPS = [
  ...['archived', 'signed', 'proven', 'planned'].map((step) => `plan ${step}`),
  ...['closed', 'begun', 'removed', 'made', 'filling', 'proven', 'opened', 'consumers'].map((step) => `begin ${step}`),
];

const DISK_MIB = 512;

const disk = poweredDisk(DISK_MIB);
afterAll(() => disk?.remove());

let world: GenerationWorld;

async function run(deadly = 'none'): Promise<NodeJS.Signals | number | null> {
  const child = spawn(process.execPath, [CHILD, world.server.url, world.folder, deadly], { stdio: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ?? code;
}

async function hashes(log: Log): Promise<readonly string[]> {
  const records = await all(log.read({ after: 0, upTo: await log.head() }));
  return records.map(({ position, subject, payload }) => `${position} ${subject} ${hashOf(payload)}`);
}

describe.each([
  { what: 'a process killed', on: undefined },
  ...(disk === undefined ? [] : [{ what: 'a machine that loses its power', on: disk }]),
])('$what right after', ({ on }) => {
  beforeEach(async () => {
    if (on !== undefined) vi.stubEnv('TMPDIR', on.folder);
    world = await givenGenerations();
    vi.unstubAllEnvs();
  });
  afterEach(() => world.end());

  test.each(STEPS)('"%s" leaves a whole log, and the next one comes to the end', async (step) => {
    const log = await world.open();
    for (let thing = 0; thing < THINGS; thing += 1) await world.move(log, `a${thing % 30}`, thing);
    const before = await hashes(log);
    on?.sync();
    expect(await run(step)).toBe('SIGKILL');
    on?.cut();
    await world.server.kill9();
    await on?.restore();
    await world.server.restart();
    expect(await run()).toBe(0);
    const after = await world.open();
    expect(after.generation.number).toBe(2);
    expect(await hashes(after)).toEqual(before);
    expect(after).toBeInstanceOf(GenerationLog);
    if (after instanceof GenerationLog)
      expect(await checkGenerations(after, { archiveFolder: world.archives })).toEqual([]);
    await world.move(after, 'a1', THINGS);
    expect(await after.head()).toBe(THINGS + 1);
  });
});

test('a log with three copies has three copies again, wherever its leader was', async () => {
  const cluster = await startNatsCluster();
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-generations-'));
  try {
    const on = generationsOn(cluster.urls, folder, new Set(), 3);
    const log = await on.open();
    for (let thing = 0; thing < THINGS; thing += 1) await on.move(log, `a${thing % 30}`, thing);
    const before = await eventually('the copies are read', () => hashes(log));
    await on.plan(0);
    const removed = (step: string) => {
      if (step === 'removed') throw new Error('stopped');
    };
    await expect(on.begin(removed)).rejects.toThrow('stopped');
    expect(await cluster.copies()).toEqual({});
    expect(await on.begin()).toBe(2);
    expect(await cluster.copies()).toEqual({ LEDGER: 3 });
    const after = await on.open();
    expect(await eventually('the copies are read', () => hashes(after))).toEqual(before);
    await on.move(after, 'a1', THINGS);
    expect(await after.head()).toBe(THINGS + 1);
    await on.end();
  } finally {
    await cluster.remove();
    await rm(folder, { recursive: true });
  }
});
