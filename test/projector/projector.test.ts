import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { receiptOf } from '../../projections/commands.ts';
import { projections } from '../../projections/index.ts';
import { unavailable } from '../../src/log/log-failures.ts';
import type { MemoryLog } from '../../src/log/memory-log.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { ChunkWriter } from '../../src/projector/chunk-writer.ts';
import { actorCounts, actorHead, actorsOf, tenantNames } from '../../src/projector/heads.ts';
import { createDatabase } from '../../src/projector/open.ts';
import { Projector } from '../../src/projector/projector.ts';
import { quarantineCount, quarantined } from '../../src/projector/quarantine.ts';
import { readStored } from '../../src/projector/read.ts';
import { agentState } from '../support/agent-records.ts';
import { Chains, LOG_ID } from '../support/given.ts';
import { addJunk } from '../support/histories.ts';
import {
  clock,
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
const secret = { tenant: 'genesys', kind: 'credential', id: 'agent-0' };

function history(length: number): Chains {
  const chains = new Chains();
  while (chains.stored.length < length)
    chains.add(chains.stored.length % 2 === 0 ? agent : peer, agentState('ready', 1));
  return chains;
}

describe('following', () => {
  test('start resolves when everything in the log is projected, and new records follow', async () => {
    const { stored } = history(7);
    const log = memoryLog(stored.slice(0, 5));
    const seen: number[] = [];
    const projector = await openProjector(log);
    await projector.start(({ done }) => seen.push(done));
    expect(projector.position).toBe(5);
    expect(seen.at(-1)).toBe(5);
    await store(log, stored.slice(5));
    expect(await projector.settled(7, PATIENCE_MS)).toBe(true);
    expect(actorHead(projector.live, agent)).toMatchObject({ version: 4, position: 7 });
  });

  test('start waits for a log that is there and cannot be read yet', async () => {
    const log = memoryLog(history(3).stored);
    const head = vi.spyOn(log, 'head').mockRejectedValueOnce(unavailable()).mockRejectedValueOnce(unavailable());
    const projector = await startProjector(log);
    expect(head).toHaveBeenCalledTimes(3);
    expect(projector.position).toBe(3);
  });

  test('waiting for a position is bounded', async () => {
    const projector = await startProjector(memoryLog(history(2).stored));
    expect(await projector.settled(2, 0)).toBe(true);
    expect(await projector.settled(3, 1)).toBe(false);
  });

  test('a closed projector keeps nobody waiting', async () => {
    const projector = await Projector.open({ file: ':memory:', log: memoryLog(), projections, clock });
    await projector.start();
    const waiting = projector.settled(1, 600_000);
    await projector.close();
    expect(await waiting).toBe(false);
    await projector.ended;
  });

  test('a projection that throws stops the projector and leaves the chunk out', async () => {
    const broken = { name: 'broken', version: 1, tables: '', project: () => expect.fail('a bug') };
    const projector = await openProjector(memoryLog(history(2).stored), { projections: [...projections, broken] });
    await expect(projector.start()).rejects.toThrow('a bug');
    expect(projector.position).toBe(0);
    expect(actorHead(projector.live, agent)).toBeUndefined();
  });

  test('what the process wrote itself is not decoded again', async () => {
    const { stored } = history(3);
    const projector = await startProjector(memoryLog());
    const delivered: LoggedTransition[] = [];
    projector.follow({ after: 0, deliver: (records) => void delivered.push(...records) });
    const written = recordsIn(stored);
    projector.written(written);
    expect(await projector.settled(3, PATIENCE_MS)).toBe(true);
    expect(delivered).toHaveLength(3);
    for (const [index, record] of delivered.entries()) expect(record).toBe(written[index]?.record);
  });
});

describe('whole commands', () => {
  test('a command of which a part is missing at the end of the log is held back until it is whole', async () => {
    const { stored } = history(2).command('answer', [agent], [peer]);
    const log = memoryLog(stored.slice(0, 3));
    const projector = await startProjector(log);
    expect(projector.position).toBe(2);
    expect(receiptOf(projector.live, 'genesys', 'answer')).toBeUndefined();
    await store(log, stored.slice(3));
    expect(await projector.settled(4, PATIENCE_MS)).toBe(true);
    expect(receiptOf(projector.live, 'genesys', 'answer')?.records).toHaveLength(2);
  });
});

describe('quarantine', () => {
  test.each(['bytes', 'version', 'prev', 'subject', 'visibility'] as const)(
    'a record with bad %s is reported once and skipped, and its actor goes on',
    async (how) => {
      const chains = new Chains().add({ ...agent, id: 'agent-1' }).add(agent, agentState('ready', 1));
      addJunk(chains, how);
      chains.add(agent, agentState('away', 2));
      const reported: number[] = [];
      const projector = await startProjector(memoryLog(chains.stored), {
        kinds: new Map([['agent', { visibility: 'public', machineVersion: 1 }]]),
        onQuarantine: ({ position }) => reported.push(position),
      });
      expect(reported).toEqual([3]);
      expect(quarantineCount(projector.live)).toBe(1);
      expect(quarantined(projector.live, { after: 0, limit: 9 })).toMatchObject([{ position: 3 }]);
      expect(actorHead(projector.live, agent)).toMatchObject({ version: 2, position: 4 });
      expect(projector.position).toBe(4);
    },
  );

  test('nothing of a bad record of a private kind is kept to be shown', async () => {
    const chains = new Chains().junk('password=1234', 'sec.genesys.credential.ksippo');
    const projector = await startProjector(memoryLog(chains.stored));
    const [entry] = quarantined(projector.live, { after: 0, limit: 1 });
    expect(entry?.head).toHaveLength(0);
    expect(JSON.stringify(entry)).not.toContain('1234');
  });
});

describe('heads', () => {
  test('actors are listed in the order of their creation, private ones not at all', async () => {
    const chains = new Chains().add(peer).add(secret, { visibility: 'private' }).add(agent).add(peer);
    const { live } = await startProjector(memoryLog(chains.stored));
    expect(actorsOf(live, { tenant: 'genesys', kind: 'agent', limit: 9 }).map(({ actor }) => actor)).toEqual([
      peer,
      agent,
    ]);
    expect(actorsOf(live, { tenant: 'genesys', kind: 'agent', after: 1, limit: 9 })).toHaveLength(1);
    expect(actorsOf(live, { tenant: 'genesys', kind: 'credential', limit: 9 })).toEqual([]);
    expect(tenantNames(live)).toEqual(['genesys']);
    expect(actorCounts(live, 'genesys')).toEqual({ agent: 2 });
    expect(actorHead(live, secret)).toMatchObject({ visibility: 'private', version: 1 });
  });
});

describe('the kept file', () => {
  /** Projects everything in `log` into `file`, and closes it. */
  async function keep(log: MemoryLog, file: string): Promise<void> {
    const projector = await Projector.open({ file, log, projections, clock });
    await projector.start();
    await projector.close();
  }

  async function positionAtOpen(log: MemoryLog, file: string, roster = projections): Promise<number> {
    return (await openProjector(log, { file, projections: roster })).position;
  }

  test('a restart goes on where it stopped', async () => {
    const file = join(temporaryFolder(), 'live.db');
    const { stored } = history(6);
    await keep(memoryLog(stored.slice(0, 4)), file);
    const projector = await openProjector(memoryLog(stored), { file });
    expect(projector.position).toBe(4);
    const progress: unknown[] = [];
    await projector.start((each) => progress.push(each));
    expect(progress.at(-1)).toEqual({ done: 2, total: 2 });
    expect(actorHead(projector.live, peer)).toMatchObject({ version: 3 });
  });

  test('another version or other tables of a projection rebuild it from zero', async () => {
    const log = memoryLog(history(3).stored);
    const [first, ...rest] = projections;
    if (first === undefined) throw new Error('the roster is empty');
    const changes = [
      [{ ...first, version: first.version + 1 }, ...rest],
      [{ ...first, tables: `${first.tables} ` }, ...rest],
      rest,
    ];
    for (const roster of changes) {
      const file = join(temporaryFolder(), 'live.db');
      await keep(log, file);
      expect(await positionAtOpen(log, file)).toBe(3);
      const other = join(temporaryFolder(), 'live.db');
      await keep(log, other);
      expect(await positionAtOpen(log, other, roster)).toBe(0);
    }
  });

  test('a file that is no database is built anew', async () => {
    const log = memoryLog(history(3).stored);
    const file = join(temporaryFolder(), 'live.db');
    writeFileSync(file, 'something else entirely, longer than the header of a database is '.repeat(20));
    expect(await positionAtOpen(log, file)).toBe(0);
  });

  test('a file that was never filled to the end is built anew, since a crash may have damaged it', async () => {
    const { stored } = history(3);
    const file = join(temporaryFolder(), 'live.db');
    const database = createDatabase({ file, projections, log: LOG_ID });
    new ChunkWriter(database, { projections }, LOG_ID).write(stored.map((record) => readStored(record)));
    database.close();
    expect(await positionAtOpen(memoryLog(stored), file)).toBe(0);
  });

  test('a log that went backwards, was changed or exchanged is refused, naming the position', async () => {
    const file = join(temporaryFolder(), 'live.db');
    const { stored } = history(4);
    await keep(memoryLog(stored), file);
    const changed = history(3).add({ ...peer, id: 'another' }).stored;
    for (const log of [memoryLog(stored.slice(0, 3)), memoryLog(changed), memoryLog(stored, `not-${LOG_ID}`)])
      await expect(openProjector(log, { file })).rejects.toMatchObject({ code: 'logBehind', details: { position: 4 } });
    expect(await positionAtOpen(memoryLog(stored), file)).toBe(4);
  });
});
