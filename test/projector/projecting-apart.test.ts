import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agent as agentOf } from '../../projections/agents.ts';
import { projections } from '../../projections/index.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import type { Chunk } from '../../src/projector/chunk-writer.ts';
import { Database } from '../../src/projector/database.ts';
import { createDatabase } from '../../src/projector/open.ts';
import { ProjectingApart } from '../../src/projector/projecting-apart.ts';
import { ProjectingThread } from '../../src/projector/projecting-thread.ts';
import { Projector, type ProjectorOptions } from '../../src/projector/projector.ts';
import { quarantined } from '../../src/projector/quarantine.ts';
import { SpareThread } from '../../src/projector/spare-thread.ts';
import { agentContext, agentState } from '../support/agent-records.ts';
import { Chains, LOG_ID, projected, tablesOf } from '../support/given.ts';
import { addJunk } from '../support/histories.ts';
import { PROJECTING_THREAD } from '../support/projecting-thread.ts';
import {
  clock,
  keptCopies,
  memoryLog,
  openProjector,
  recordsIn,
  startProjector,
  store,
  temporaryFolder,
} from '../support/projector-world.ts';

const PATIENCE_MS = 60_000;
const agent = { tenant: 'genesys', kind: 'agent', id: 'agent-0' };
const peer = { tenant: 'genesys', kind: 'agent', id: 'peer' };

function history(length: number): Chains {
  const chains = new Chains();
  while (chains.stored.length < length)
    chains.add(chains.stored.length % 2 === 0 ? agent : peer, agentState('ready', chains.stored.length));
  return chains;
}

function apart(): Pick<ProjectorOptions, 'file' | 'spare'> {
  return { file: join(temporaryFolder(), 'live.db'), spare: new SpareThread(PROJECTING_THREAD) };
}

/** Starts a projector, gives it to `work` and closes it. */
async function during(options: ProjectorOptions, work: (projector: Projector) => unknown): Promise<void> {
  const projector = await Projector.open(options);
  await projector.start();
  await work(projector);
  await projector.close();
}

test('a thread projects the same tables as the projector itself, whole commands and bad records included', async () => {
  const chains = history(5).command('answer', [agent], [peer]);
  addJunk(chains, 'bytes');
  addJunk(chains, 'prev');
  chains.add(agent, agentState('away', 2)).command('half', [agent], [peer]);
  const { stored } = chains;
  const where = apart();
  const reported: number[] = [];
  const onQuarantine = ({ position }: { readonly position: number }) => void reported.push(position);
  const options = { ...where, projections, clock, onQuarantine };
  await during({ ...options, log: memoryLog(stored.slice(0, 6)) }, ({ position }) => expect(position).toBe(5));
  const log = memoryLog(stored.slice(0, -1));
  await during({ ...options, log }, async (projector) => {
    expect(projector.position).toBe(stored.length - 2);
    await store(log, stored.slice(-1));
    expect(await projector.settled(stored.length, PATIENCE_MS)).toBe(true);
    expect(reported).toEqual([8, 9]);
    expect(quarantined(projector.live, { after: 0, limit: 9 })).toHaveLength(2);
  });

  const made = new Database(where.file);
  const { checkpoint, ...tables } = tablesOf(made);
  made.close();
  const { checkpoint: expected, ...rest } = tablesOf(projected(stored, projections).database);
  expect(tables).toEqual(rest);
  expect(checkpoint).toEqual(expected?.map((row) => ({ ...(row as object), finished: 1 })));
});

test('tables, position and followers move together', async () => {
  const { stored } = history(40);
  const log = memoryLog(stored.slice(0, 1));
  const projector = await startProjector(log, apart());
  const seen: number[] = [];
  const look = () => {
    const row = projector.live.get<{ position: number }>('SELECT position FROM checkpoint');
    expect(row?.position).toBe(projector.live.position);
  };
  const positions = [agent, peer].map(
    ({ id }) =>
      () =>
        agentOf(projector.live, 'genesys', id)?.position ?? 0,
  );
  projector.follow({
    after: 1,
    deliver: (records) => {
      look();
      seen.push(...records.map(({ position }) => position));
      expect(Math.max(...positions.map((position) => position()))).toBe(seen.at(-1));
    },
  });
  for (const record of stored.slice(1)) {
    await store(log, [record]);
    look();
  }
  expect(await projector.settled(40, PATIENCE_MS)).toBe(true);
  look();
  expect(seen).toEqual(stored.slice(1).map(({ position }) => position));
});

test('what the process wrote itself is not decoded again for its followers', async () => {
  const { stored } = history(4);
  const written = recordsIn(stored);
  const projector = await startProjector(memoryLog(), apart());
  const delivered: LoggedTransition[] = [];
  projector.follow({ after: 'now', deliver: (records) => void delivered.push(...records) });
  projector.written(written);
  expect(await projector.settled(4, PATIENCE_MS)).toBe(true);
  expect(delivered).toHaveLength(4);
  for (const [index, record] of delivered.entries()) expect(record).toBe(written[index]?.record);
});

test('a log that is not the one the file was made of is refused, and the file kept', async () => {
  const where = apart();
  const { stored } = history(4);
  await during({ ...where, projections, clock, log: memoryLog(stored) }, () => undefined);
  for (const log of [memoryLog(stored.slice(0, 3)), memoryLog(stored, `not-${LOG_ID}`)])
    await expect(openProjector(log, where)).rejects.toMatchObject({ code: 'logBehind', details: { position: 4 } });
  expect((await openProjector(memoryLog(stored), where)).position).toBe(4);
});

test('the WAL is emptied although somebody reads all the time', async () => {
  const chains = new Chains();
  const large = 'x'.repeat(60_000);
  while (chains.stored.length < 900)
    chains.add(agent, { ...agentState('ready', 1), state: { context: agentContext(1, { large }) } });
  const log = memoryLog();
  const where = apart();
  const projector = await startProjector(log, where);
  let longest = 0;
  for (const [index, record] of chains.stored.entries()) {
    await store(log, [record]);
    await projector.settled(index + 1, PATIENCE_MS);
    expect(agentOf(projector.live, 'genesys', 'agent-0')?.position).toBe(index + 1);
    longest = Math.max(longest, statSync(`${where.file}-wal`).size);
  }
  expect(longest).toBeGreaterThan(16 * 2 ** 20);
  expect(longest).toBeLessThan(20 * 2 ** 20);
});

test('a copy is kept of what a thread writes, while it goes on', async () => {
  const { stored } = history(60);
  const log = memoryLog();
  const kept = await keptCopies(join(temporaryFolder(), 'kept'), 20);
  const projector = await startProjector(log, { ...apart(), kept });
  await store(log, stored.slice(0, 30));
  await projector.settled(30, PATIENCE_MS);
  await kept.idle();
  await store(log, stored.slice(30));
  expect(await projector.settled(60, PATIENCE_MS)).toBe(true);
  const copy = kept.before(30);
  if (copy === undefined) throw new Error('no copy was kept');
  const database = new Database(copy.file);
  const { checkpoint: _, ...tables } = tablesOf(database);
  database.close();
  const { checkpoint: __, ...expected } = tablesOf(projected(stored.slice(0, copy.position), projections).database);
  expect(tables).toEqual(expected);
});

test('a thread that ends ends the projector, loudly', async () => {
  const where = apart();
  const log = memoryLog(history(3).stored);
  const projector = await startProjector(log, where);
  const waiting = projector.settled(5, 600_000);
  // Makes the next chunk impossible to write.
  const other = new Database(where.file, 'shared');
  other.execute('DROP TABLE heads');
  other.close();
  await store(log, history(4).stored.slice(3));
  await expect(projector.ended).rejects.toMatchObject({ code: 'unavailable' });
  expect(await waiting).toBe(false);
});

test('records are handed over ahead, and committed when there are enough of them or no more come', async () => {
  const chains = new Chains();
  const large = { state: { context: agentContext(1, { large: 'x'.repeat(1_000_000) }) } };
  while (chains.stored.length < 80) chains.add(agent, { ...agentState('ready', 1), ...large });
  const file = join(temporaryFolder(), 'scratch.db');
  createDatabase({ file, projections, log: LOG_ID, use: 'scratch' }).close();
  const committed: number[] = [];
  const listener = { projected: ({ upTo }: Chunk) => void committed.push(upTo), failed: () => undefined };
  const log = memoryLog(chains.stored);
  const thread = new ProjectingThread(PROJECTING_THREAD);
  const closed = () => thread.end();
  const projecting = await ProjectingApart.open({ thread, closed, file, use: 'scratch', log, listener });
  for (let start = 0; start < 80; start += 10) {
    await projecting.project(chains.stored.slice(start, start + 10), start < 70);
    expect(committed).toEqual([[], [70], [70, 80]][Math.max(0, start / 10 - 5)] ?? []);
  }
  await projecting.close();
});
