import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { agent, presenceCounts } from '../../projections/agents.ts';
import { projections } from '../../projections/index.ts';
import type { MemoryLog } from '../../src/log/memory-log.ts';
import type { View } from '../../src/model/projection.ts';
import { AsOf } from '../../src/projector/as-of.ts';
import { Database } from '../../src/projector/database.ts';
import type { KeptCopies } from '../../src/projector/kept-copies.ts';
import { Projector } from '../../src/projector/projector.ts';
import { SpareThread } from '../../src/projector/spare-thread.ts';
import { agentState } from '../support/agent-records.ts';
import { Chains, projected, START_MS } from '../support/given.ts';
import { histories } from '../support/histories.ts';
import { PROJECTING_THREAD } from '../support/projecting-thread.ts';
import { clock, keptCopies, memoryLog, startProjector, store, temporaryFolder } from '../support/projector-world.ts';

const ksippo = { tenant: 'genesys', kind: 'agent', id: 'ksippo' };
const call = { tenant: 'genesys', kind: 'call', id: 'c' };
const PRESENCES = ['signedOut', 'ready', 'away', 'wrapUp'];

/** The agent's presence after `n` records is `PRESENCES[n % 4]`. */
function history(length: number): Chains {
  const chains = new Chains();
  while (chains.stored.length < length)
    chains.add(ksippo, agentState(PRESENCES[(chains.stored.length + 1) % 4] ?? '', chains.stored.length));
  return chains;
}

function presence(view: View): string | undefined {
  return agent(view, 'genesys', 'ksippo')?.presence;
}

async function asOf(log: MemoryLog, kept?: KeptCopies): Promise<AsOf> {
  const { live } = await startProjector(log);
  return new AsOf({ log, projections, live, clock, ...(kept === undefined ? {} : { kept }) });
}

describe('a past moment', () => {
  test('is shown as it was, and stays so while the present moves on', async () => {
    const { stored } = history(9);
    const log = memoryLog(stored.slice(0, 8));
    const projector = await startProjector(log);
    const past = new AsOf({ log, projections, live: projector.live, clock });
    const view = await past.viewAt({ position: 8 });
    await store(log, stored.slice(8));
    await projector.settled(9, 5000);
    expect([view.position, presence(view), presence(projector.live)]).toEqual([8, 'signedOut', 'ready']);
    expect(presence(await past.viewAt({ position: 3 }))).toBe('wrapUp');
  });

  test('asked for by its time, is its own now', async () => {
    const past = await asOf(memoryLog(history(8).stored));
    const view = await past.viewAt({ time: START_MS + 5500 });
    expect([view.position, view.now, presence(view)]).toEqual([5, START_MS + 5500, 'ready']);
    expect((await past.viewAt({ position: 5 })).now).toBe(START_MS + 5000);
  });

  test('before the log began is empty', async () => {
    const past = await asOf(memoryLog(history(3).stored));
    for (const moment of [{ time: START_MS }, { position: 0 }]) {
      const view = await past.viewAt(moment);
      expect([view.position, presence(view), presenceCounts(view, 'genesys')]).toEqual([0, undefined, {}]);
    }
  });

  test('is found by its time again once an actor was put right that had a record of a wrong clock', async () => {
    const [away, ready] = [agentState('away', 1), agentState('ready', 1)];
    const second = (time: number) => ({ time: START_MS + 1000 * time });
    const { stored } = new Chains()
      .add(ksippo, { ...ready, ...second(1) })
      .add(ksippo, { ...away, time: clock.now() + 1 })
      .add(call, second(2))
      .add(ksippo, { ...ready, ...second(3) })
      .add(ksippo, { ...away, ...second(4) });
    const at = async (records: number, time: number) =>
      (await asOf(memoryLog(stored.slice(0, records)))).positionAt(START_MS + time);
    expect(await at(3, 2_500)).toBe(1);
    for (const [time, position] of [
      [1_500, 1],
      [2_500, 1],
      [3_500, 4],
      [4_000, 5],
    ] as const)
      expect(await at(5, time)).toBe(position);
  });

  test('that has not come yet is refused', async () => {
    const past = await asOf(memoryLog(history(3).stored));
    for (const moment of [
      { position: 4 },
      { time: clock.now() + 1 },
      { position: -1 },
      { position: 1.5 },
      { time: Number.NaN },
    ])
      await expect(past.viewAt(moment)).rejects.toMatchObject({ code: 'momentUnavailable' });
  });

  test('in the middle of a command is the end of the command before it', async () => {
    const { stored } = history(2).command('answer', [ksippo, agentState('away', 9)], [call]);
    const past = await asOf(memoryLog(stored));
    const view = await past.viewAt({ position: 3 });
    expect([view.position, presence(view)]).toEqual([2, 'away']);
    expect((await past.viewAt({ position: 4 })).position).toBe(4);
  });

  test('equals what a fresh projection up to there holds', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (stored, seed) => {
        const log = memoryLog(stored);
        const projector = await Projector.open({ file: ':memory:', log, projections, clock });
        await projector.start();
        const past = new AsOf({ log, projections, live: projector.live, clock });
        const view = await past.viewAt({ position: seed % (projector.position + 1) });
        const fresh = projected(stored.slice(0, view.position), projections).view;
        for (const table of ['agents', 'directory', 'timers', 'heads', 'quarantine', 'checkpoint'])
          expect(rows(view, table)).toEqual(
            rows(fresh, table).map((row) => ({ ...row, ...(table === 'checkpoint' && { finished: 0 }) })),
          );
        // Asked of the present alone.
        expect(rows(view, 'commands')).toEqual([]);
        await projector.close();
      }),
      { numRuns: 40 },
    );
  });
});

function rows(view: View, table: string): object[] {
  return view.all<object>(`SELECT * FROM ${table} ORDER BY 1, 2`).map((row) => ({ ...row }));
}

describe('kept copies', () => {
  /** A log of 3000 records, projected as they came into a file that was copied now and then. */
  async function world(bytesMax?: number) {
    const folder = temporaryFolder();
    const copies = join(folder, 'kept');
    const { stored } = history(3000);
    const log = memoryLog(stored.slice(0, 1000));
    const kept = await keptCopies(copies, 500, 3, bytesMax);
    const projector = await startProjector(log, { file: join(folder, 'live.db'), kept });
    for (let start = 1000; start < stored.length; start += 500) {
      await kept.idle();
      await store(log, stored.slice(start, start + 500));
      await projector.settled(start + 500, 5000);
    }
    await kept.idle();
    return { log, copies, kept, projector, past: new AsOf({ log, projections, live: projector.live, clock, kept }) };
  }

  test('a view is projected from the nearest copy, and leaves no file behind', async () => {
    const { log, copies, kept, past } = await world();
    const nearest = kept.before(2999)?.position ?? 0;
    expect(nearest).toBeGreaterThan(0);
    const before = readdirSync(copies);
    expect(before.length).toBeLessThanOrEqual(3);
    const read = vi.spyOn(log, 'read');
    expect(presence(await past.viewAt({ position: nearest + 1 }))).toBe(PRESENCES[(nearest + 1) % 4]);
    expect(read.mock.calls).toEqual([[{ after: nearest, upTo: nearest + 1 }]]);
    expect(presence(await past.viewAt({ position: 2 }))).toBe('away');
    expect(readdirSync(copies)).toEqual(before);
  });

  test('they take no more room than they may, but that the newest stays', async () => {
    const { copies, kept, past } = await world(1);
    expect(readdirSync(copies)).toEqual([`${kept.before(3000)?.position}.db`]);
    expect(presence(await past.viewAt({ position: 2 }))).toBe('away');
  });

  test('the moment after one that is still open is projected from that, when no copy is near', async () => {
    const { log, projector } = await world();
    const copies = join(temporaryFolder(), 'kept');
    const kept = await keptCopies(copies, 1_000_000, 3);
    const past = new AsOf({ log, projections, live: projector.live, clock, kept });
    const earlier = await past.viewAt({ position: 2500 });
    const read = vi.spyOn(log, 'read');
    const view = await past.viewAt({ position: 2502 });
    expect(read.mock.calls).toEqual([[{ after: 2500, upTo: 2502 }]]);
    const fresh = await new AsOf({ log, projections, live: projector.live, clock }).viewAt({ position: 2502 });
    for (const table of ['agents', 'heads']) expect(rows(view, table)).toEqual(rows(fresh, table));
    expect([presence(earlier), presence(view)]).toEqual([PRESENCES[2500 % 4], PRESENCES[2502 % 4]]);
    expect(readdirSync(copies)).toEqual([]);
  });

  test('a view that goes while it is copied for the next moment stays open until it is copied', async () => {
    const { log, projector } = await world();
    const kept = await keptCopies(join(temporaryFolder(), 'kept'), 1_000_000, 3);
    const past = new AsOf({ log, projections, live: projector.live, clock, kept });
    (await past.viewAt({ position: 2500 }))[Symbol.dispose]();
    const others: Promise<View>[] = [];
    const { copyTo } = Database.prototype;
    const copying = vi.spyOn(Database.prototype, 'copyTo').mockImplementationOnce(async function (
      this: Database,
      file,
    ) {
      others.push(...[1, 2, 3, 4].map((position) => past.viewAt({ position })));
      await turnOfTheLoop();
      await copyTo.call(this, file);
    });
    expect(presence(await past.viewAt({ position: 2502 }))).toBe(PRESENCES[2502 % 4]);
    expect(copying).toHaveBeenCalledOnce();
    copying.mockRestore();
    expect((await Promise.all(others)).map(presence)).toEqual([1, 2, 3, 0].map((at) => PRESENCES[at]));
  });

  test('a damaged copy is deleted, and the view is right without it', async () => {
    const { copies, kept, past } = await world();
    for (const name of readdirSync(copies)) writeFileSync(join(copies, name), 'x'.repeat(10_000));
    expect(presence(await past.viewAt({ position: 3000 }))).toBe('signedOut');
    expect(kept.before(3000)).toBeUndefined();
    expect(readdirSync(copies)).toEqual([]);
  });

  test('a copy of another history or of other projections is not used', async () => {
    const { copies, projector, kept } = await world();
    const other = memoryLog(history(3000).stored, 'another log');
    const past = new AsOf({ log: other, projections, live: projector.live, clock, kept });
    expect(presence(await past.viewAt({ position: 3000 }))).toBe('signedOut');
    expect(readdirSync(copies)).toEqual([]);
  });

  test('a rebuild from zero forgets the copies of before', async () => {
    const { copies, log } = await world();
    const kept = await keptCopies(copies, 1_000_000);
    expect(kept.before(3000)).toBeDefined();
    await startProjector(log, { file: join(temporaryFolder(), 'live.db'), kept });
    expect(kept.before(3000)).toBeUndefined();
  });
});

describe('the file of a moment', () => {
  /** Files of the folder that have no name any more, and are open. */
  function openIn(folder: string): number {
    const opened = (fd: string) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return ''; // of the listing itself
      }
    };
    return readdirSync('/proc/self/fd').filter((fd) => opened(fd).startsWith(folder)).length;
  }

  async function world() {
    const folder = temporaryFolder();
    const kept = await keptCopies(folder, 1_000_000);
    return { openFiles: () => openIn(folder), past: await asOf(memoryLog(history(40).stored), kept) };
  }

  test.runIf(existsSync('/proc/self/fd'))('is closed after the answer, but for the four newest', async () => {
    const { openFiles, past } = await world();
    for (let position = 1; position <= 30; position += 1) {
      using view = await past.viewAt({ position });
      expect(presence(view)).toBe(PRESENCES[position % 4]);
    }
    await turnOfTheLoop();
    expect(openFiles()).toBe(4);
  });

  test.runIf(existsSync('/proc/self/fd'))('stays open for as long as anybody reads it', async () => {
    const { openFiles, past } = await world();
    const first = await past.viewAt({ position: 2 });
    const other = await past.viewAt({ position: 2 });
    const asked = await Promise.all(Array.from({ length: 30 }, (_, at) => past.viewAt({ position: at + 3 })));
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await turnOfTheLoop();
    expect([other, ...asked].map(presence)).toEqual(Array.from({ length: 31 }, (_, at) => PRESENCES[(at + 2) % 4]));
    expect(openFiles()).toBe(31);
    for (const view of [other, ...asked]) view[Symbol.dispose]();
    await turnOfTheLoop();
    expect(openFiles()).toBe(4);
  });
});

describe('a long way to a moment', () => {
  const LENGTH = 6000;

  async function world(program: URL) {
    const copies = join(temporaryFolder(), 'kept');
    const log = memoryLog(history(LENGTH).stored);
    const { live } = await startProjector(log);
    const kept = await keptCopies(copies, 1_000_000);
    const spare = new SpareThread(program);
    return { log, copies, live, spare, past: new AsOf({ log, projections, live, clock, kept, spare }) };
  }

  test('is gone by a thread, once for all who ask for it, to the same tables, and no file is left behind', async () => {
    const { log, copies, live, past, spare } = await world(PROJECTING_THREAD);
    const read = vi.spyOn(log, 'read');
    const views = await Promise.all([1, 2, 3].map(() => past.viewAt({ position: LENGTH - 1 })));
    expect(read.mock.calls).toEqual([[{ after: 0, upTo: LENGTH - 1 }]]);
    const fresh = await new AsOf({ log, projections, live, clock }).viewAt({ position: LENGTH - 1 });
    for (const { name } of fresh.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'"))
      for (const view of views) expect(rows(view, name)).toEqual(rows(fresh, name));
    expect(readdirSync(copies)).toEqual([]);
    const earlier = await past.viewAt({ position: LENGTH - 500 });
    expect([earlier.position, presence(earlier)]).toEqual([LENGTH - 500, PRESENCES[(LENGTH - 500) % 4]]);
    await spare.close();
  });

  test('that a thread could not go is told, and can be asked for again', async () => {
    const { copies, past } = await world(new URL('data:text/javascript,process.exit(7)'));
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(past.viewAt({ position: LENGTH })).rejects.toMatchObject({ code: 'unavailable' });
    expect(presence(await past.viewAt({ position: 2 }))).toBe('away');
    expect(readdirSync(copies)).toEqual([]);
  });
});

describe('the position of a time', () => {
  test('is the last one at which no record so far is later, across the whole log', async () => {
    const chains = new Chains();
    const times = Array.from({ length: 2500 }, (_, index) => START_MS + index * 10 + (index % 7 === 0 ? 300 : 0));
    for (const time of times) chains.add(ksippo, { time });
    const past = await asOf(memoryLog(chains.stored));
    for (const time of [
      START_MS - 1,
      START_MS + 300,
      START_MS + 10_239,
      START_MS + 10_520,
      START_MS + 10_245,
      START_MS + 20_000,
      START_MS + 99_999,
    ]) {
      const later = times.findIndex((each) => each > time);
      expect(await past.positionAt(time)).toBe(later === -1 ? times.length : later);
    }
  });
});
