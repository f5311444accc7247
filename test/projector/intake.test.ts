import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Recorded } from '../../src/log/codec.ts';
import type { Log, StoredRecord } from '../../src/log/log.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import { Intake } from '../../src/projector/intake.ts';
import type { FedRecord } from '../../src/projector/read.ts';
import { agentState } from '../support/agent-records.ts';
import { eventually } from '../support/eventually.ts';
import { Chains, LOG_ID } from '../support/given.ts';
import { memoryLog, recordsIn, store } from '../support/projector-world.ts';

const LOOK_MS = 250;

/** What an intake on `log` delivers, oldest first; `gate` is awaited by each delivery. */
function given(log: MemoryLog, gate: { open: Promise<void> } = { open: Promise.resolve() }) {
  const taken: FedRecord[] = [];
  const calls = { follow: vi.spyOn(log, 'follow'), read: vi.spyOn(log, 'read') };
  const intake = new Intake({
    log,
    after: 0,
    deliver: async (records) => {
      await gate.open;
      taken.push(...records);
    },
  });
  intake.ended.catch(() => undefined);
  onTestFinished(() => intake.stop());
  return { intake, taken, calls, positions: () => taken.map(({ position }) => position) };
}

function history(length: number): readonly StoredRecord[] {
  const chains = new Chains();
  while (chains.stored.length < length)
    chains.add({ tenant: 't', kind: 'agent', id: `a${chains.stored.length % 3}` }, agentState('ready', 1));
  return chains.stored;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

/** Stores a record in the log and tells the intake, as the writer does. */
async function write(log: MemoryLog, intake: Intake, written: Recorded): Promise<void> {
  await store(log, [{ ...written, storedAt: 0 }]);
  intake.written([written]);
}

describe('the intake', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('takes what is written here as it is, and reads none of it back', async () => {
    const log = memoryLog();
    const { intake, taken, calls } = given(log);
    const written = recordsIn(history(5));
    intake.written(written.slice(0, 2));
    intake.written(written.slice(2));
    await eventually('all are taken', () => (taken.length === 5 ? true : undefined));
    for (const [index, each] of taken.entries()) expect(each).toBe(written[index]);
    expect(calls.follow).toHaveBeenCalledTimes(1);
    expect(calls.read).not.toHaveBeenCalled();
  });

  test('takes once what the log brought before its acknowledgement was heard of', async () => {
    const log = memoryLog();
    const { intake, positions } = given(log);
    const stored = history(4);
    await store(log, stored.slice(0, 3));
    await turnOfTheLoop();
    expect(positions()).toEqual([1, 2, 3]);
    intake.written(recordsIn(stored.slice(1)));
    await turnOfTheLoop();
    expect(positions()).toEqual([1, 2, 3, 4]);
  });

  test('reads what another wrote before it goes on with its own', async () => {
    const log = memoryLog();
    const { intake, positions, calls } = given(log);
    const [first, second, third] = history(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three are needed');
    for (const own of recordsIn([first])) await write(log, intake, own);
    await store(log, [second]);
    await turnOfTheLoop();
    expect(positions()).toEqual([1]);
    for (const own of recordsIn([third])) await write(log, intake, own);
    await eventually('all are taken', () => (positions().length === 3 ? true : undefined));
    expect(positions()).toEqual([1, 2, 3]);
    expect(calls.follow).toHaveBeenCalledTimes(1);
  });

  test('follows the log again when nothing was written here for a while', async () => {
    const log = memoryLog();
    const { intake, positions } = given(log);
    const stored = history(2);
    for (const own of recordsIn(stored.slice(0, 1))) await write(log, intake, own);
    await store(log, stored.slice(1));
    await turnOfTheLoop();
    expect(positions()).toEqual([1]);
    vi.advanceTimersByTime(2 * LOOK_MS);
    await turnOfTheLoop();
    expect(positions()).toEqual([1, 2]);
  });

  test('fetches a position that was not written here as soon as it is named', async () => {
    const log = memoryLog();
    const { intake, positions } = given(log);
    const stored = history(2);
    for (const own of recordsIn(stored.slice(0, 1))) await write(log, intake, own);
    await store(log, stored.slice(1));
    await turnOfTheLoop();
    intake.expect(1);
    await turnOfTheLoop();
    expect(positions()).toEqual([1]);
    intake.expect(2);
    await turnOfTheLoop();
    expect(positions()).toEqual([1, 2]);
  });

  test('ends when the log that comes back is an older one', async () => {
    const log = memoryLog();
    const { intake } = given(log);
    const written = recordsIn(history(2));
    intake.written(written);
    await turnOfTheLoop();
    log.setStatus('down');
    log.setStatus('up');
    await expect(intake.ended).rejects.toMatchObject({ code: 'logBehind', details: { position: 2 } });
  });

  test('leaves what would be too much to hold in the log, and reads it later', async () => {
    const log = memoryLog();
    const gate = Promise.withResolvers<void>();
    const { intake, taken, positions, calls } = given(log, { open: gate.promise });
    const payload = new Uint8Array(5_000_000);
    const record = recordsIn(history(1))[0]?.record;
    if (record === undefined) throw new Error('one is needed');
    for (const position of upTo(9))
      await write(log, intake, { position, subject: `evt.t.agent.${position}`, payload, record });
    gate.resolve();
    await eventually('all are taken', () => (taken.length === 9 ? true : undefined));
    expect(positions()).toEqual(upTo(9));
    expect(calls.read).toHaveBeenCalledWith({ after: 5, upTo: 9 });
  });

  test('takes everything once and in order, whoever writes and whatever becomes of the log', async () => {
    const records = recordsIn(history(1));
    const step = fc.constantFrom('own', 'other', 'told late', 'named', 'quiet', 'lost', 'loop');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const log = new MemoryLog({ id: LOG_ID, now: () => 0 });
        const { intake, positions } = given(log);
        let untold: Recorded[][] = [[]];
        const tell = () => {
          for (const batch of untold) intake.written(batch);
          untold = [[]];
        };
        for (const what of steps) {
          if (what === 'own' || what === 'told late' || what === 'other') {
            const placed = { ...(records[0] as Recorded), position: log.records.length + 1 };
            await store(log, [{ ...placed, storedAt: 0 }]);
            if (what === 'other') untold.push([]);
            else untold.at(-1)?.push(placed);
            if (what === 'own') tell();
          } else if (what === 'named') intake.expect(log.records.length);
          else if (what === 'quiet') vi.advanceTimersByTime(2 * LOOK_MS);
          else if (what === 'lost') {
            log.setStatus('down');
            await turnOfTheLoop();
            log.setStatus('up');
          } else await turnOfTheLoop();
        }
        tell();
        await turnOfTheLoop();
        intake.expect(log.records.length);
        const all = log.records.length;
        await eventually('all are taken', () => (positions().length >= all ? true : undefined));
        expect(positions()).toEqual(upTo(all));
        intake.stop();
        await intake.ended;
      }),
      { numRuns: 300 },
    );
  });
});

test('an intake that nobody writes to ends with the log', async () => {
  const log: Log = memoryLog();
  const intake = new Intake({ log, after: 0, deliver: () => undefined });
  await log.close();
  await intake.ended;
});
