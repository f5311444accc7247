import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../src/log/log.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import { logContract } from '../contracts/log.contract.ts';
import { all, entry, fill, mustAppend, positions, text } from '../support/entries.ts';
import { LogFaults } from '../support/log-faults.ts';

const SUBJECT = 'evt.acme.call.c1';

function memoryLog(now = () => 1_000) {
  const faults = new LogFaults();
  return { faults, log: new MemoryLog({ id: 'memory', now, fault: faults.fault }) };
}

logContract(async () => {
  const { log } = memoryLog();
  return { log, another: async () => log, end: () => log.close() };
});

describe('the memory log', () => {
  test('stamps records with its clock, which never runs backwards', async () => {
    let now = 5_000;
    const { log } = memoryLog(() => now);
    await mustAppend(log, [entry(SUBJECT, 'one', 0)]);
    now = 4_000;
    await mustAppend(log, [entry(SUBJECT, 'two', 1)]);
    now = 6_000;
    await mustAppend(log, [entry(SUBJECT, 'three', 2)]);
    expect(log.records.map(({ storedAt }) => storedAt)).toEqual([5_000, 5_000, 6_000]);
    expect(text(await log.since(5_001))).toBe('three');
  });

  test.for([true, false])('loses an acknowledgement on demand, stored: %s', async (stored) => {
    const { log, faults } = memoryLog();
    faults.loseNextAck(stored);
    const batch = [entry(SUBJECT, 'one', 0)];
    expect(await log.append(batch)).toMatchObject({ kind: 'unknown' });
    expect(await log.outcomeOf(batch)).toEqual(stored ? { kind: 'committed', first: 1 } : { kind: 'absent' });
  });

  test('lets an append arrive late, and only where it is still expected', async () => {
    const { log, faults } = memoryLog();
    const [ours, theirs] = [entry(SUBJECT, 'ours', 0), entry(SUBJECT, 'theirs', 0)];
    faults.delayNext();
    faults.delayNext();
    await log.append([ours]);
    await log.append([theirs]);
    expect(await log.outcomeOf([ours])).toEqual({ kind: 'absent' });
    expect(faults.landAll()).toEqual([{ kind: 'committed', first: 1 }, { kind: 'conflict' }]);
    expect(await log.outcomeOf([theirs])).toEqual({ kind: 'lost' });
  });

  test('is unavailable on demand, for one append or until it comes up again', async () => {
    const { log, faults } = memoryLog();
    faults.failNext();
    const batch = [entry(SUBJECT, 'one', 0)];
    await expect(log.append(batch)).rejects.toMatchObject({ code: 'unavailable' });
    const told: string[] = [];
    const off = log.onStatus((status) => told.push(status));
    log.setStatus('down');
    await expect(log.append(batch)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(log.head()).rejects.toMatchObject({ code: 'unavailable' });
    log.setStatus('up');
    off();
    log.setStatus('down');
    log.setStatus('up');
    expect(told).toEqual(['down', 'up']);
    expect(await log.append(batch)).toEqual({ kind: 'committed', first: 1 });
  });

  test('a follower waits out a time down', async () => {
    const { log } = memoryLog();
    const seen: StoredRecord[] = [];
    const arrived = Promise.withResolvers<void>();
    log.setStatus('down');
    const following = log.follow({
      after: 0,
      deliver: (records) => {
        seen.push(...records);
        arrived.resolve();
      },
    });
    log.setStatus('up');
    await mustAppend(log, [entry(SUBJECT, 'one', 0)]);
    await arrived.promise;
    following.stop();
    await following.ended;
    expect(positions(seen)).toEqual([1]);
  });

  test('begins with the records of another: a restored older copy', async () => {
    const { log } = memoryLog();
    await fill(log, 'x', 5);
    const restored = new MemoryLog({ id: log.id, now: () => 0, records: log.records.slice(0, 3) });
    expect(await restored.head()).toBe(3);
    expect(await all(restored.read({ after: 0, upTo: 3 }))).toEqual(log.records.slice(0, 3));
    expect(await restored.append([entry('evt.t.n.x4', 'again', 0)])).toEqual({ kind: 'committed', first: 4 });
  });
});
