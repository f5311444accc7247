/**
 * Commands of which only the first parts were stored, as after a power cut: whoever reads, nobody sees them, and whoever
 * was promised something has it once.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { agent } from '../../projections/agents.ts';
import { projections } from '../../projections/index.ts';
import { ManualClock } from '../../src/clock.ts';
import { isFailure } from '../../src/errors.ts';
import { compareProjections } from '../../src/history/compare-projections.ts';
import { verify } from '../../src/history/verify.ts';
import { type AppendFault, MemoryLog } from '../../src/log/memory-log.ts';
import type { Command } from '../../src/model/command.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { quarantined } from '../../src/projector/quarantine.ts';
import { wholeCommandsOf } from '../support/log-chains.ts';
import { givenWorld, WORLD_START_MS, type World } from '../support/world.ts';

let world: World;
afterEach(() => world.close());

const NAMES = ['a', 'b', 'c', 'd'];

/** One event for each of these agents, all or nothing. */
function command(id: string, type: string, names: readonly string[], more: object = { signIn: true }): Command {
  const deliveries = names.map((name) => ({
    to: { tenant: 't', kind: 'agent', id: name },
    event: { type, ...more },
  }));
  return { id, tenant: 't', by: 'user:test', via: 'test', deliveries };
}

/** Four agents, on a log whose next appends go wrong like this. */
async function givenAgents(faults: (AppendFault | undefined)[] = [], patient = true): Promise<World> {
  const clock = new ManualClock(WORLD_START_MS);
  let begun = false;
  const log = new MemoryLog({
    id: 'cut',
    now: () => clock.now(),
    fault: () => (begun ? faults.shift() : undefined),
  });
  const made = await givenWorld({ after: { log, clock }, patient });
  await made.runtime.submit(command('create', 'create', NAMES, { line: '100' }));
  begun = true;
  return made;
}

/** The world after a power cut: the log without its last records, everything else anew. */
async function afterLosing(records: number): Promise<World> {
  const { log, clock } = world;
  await world.close();
  const left = new MemoryLog({ id: log.id, now: () => clock.now(), records: log.records.slice(0, -records) });
  return givenWorld({ after: { log: left, clock } });
}

const presence = (name: string) => agent(world.runtime.live, 't', name)?.presence;
const reasons = () =>
  quarantined(world.runtime.live, { after: 0, limit: 100 }).map(({ position, reason }) => [position, reason]);

/** What live and rebuilt tables, and today's machines, say of the log. */
async function provedWhole(): Promise<void> {
  await world.runtime.atRest();
  const { log, runtime } = world;
  expect(await verify({ log, kinds })).toMatchObject({ found: 0, findings: [] });
  expect(await compareProjections({ log, projections, live: runtime.live })).toEqual([]);
}

describe('a command that the log ends with, and of which the end is missing', () => {
  test('is void once one of its actors is to move: the log is sealed, and he goes on from the state before', async () => {
    world = await givenAgents();
    await world.runtime.submit(command('cut', 'setReady', ['a', 'b']));
    world = await afterLosing(1);
    expect(presence('a')).toBe('signedOut');
    const seen: LoggedTransition[] = [];
    world.runtime.follow({ after: 0, deliver: (records) => void seen.push(...records) });
    expect(await world.runtime.submit(command('next', 'setReady', ['a']))).toMatchObject({
      receipt: { records: [{ version: 2, position: 7 }] },
    });
    expect(world.log.records.map(({ subject }) => subject).slice(4)).toEqual([
      'evt.t.agent.a',
      'sec.installation.seal.log',
      'evt.t.agent.a',
    ]);
    expect(reasons()).toEqual([[5, 'part 1 of 2 of a command that was never stored whole']]);
    expect(presence('a')).toBe('ready');
    await provedWhole();
    expect(seen.map(({ position }) => position)).toEqual([1, 2, 3, 4, 6, 7]);
    expect((await verify({ log: world.log, kinds })).void).toEqual({ records: 1, first: 5 });
  });

  test('is void once anybody else has moved, without a seal', async () => {
    world = await givenAgents();
    await world.runtime.submit(command('cut', 'setReady', ['a', 'b']));
    world = await afterLosing(1);
    await world.runtime.submit(command('next', 'setReady', ['c']));
    expect(world.log.records).toHaveLength(6);
    expect(reasons()).toHaveLength(1);
    await world.runtime.submit(command('later', 'setReady', ['a']));
    expect(presence('a')).toBe('ready');
    await provedWhole();
  });

  test('has its effect when it is sent again, once', async () => {
    world = await givenAgents();
    await world.runtime.submit(command('cut', 'setReady', ['a', 'b']));
    world = await afterLosing(1);
    const again = await world.runtime.submit(command('cut', 'setReady', ['a', 'b']));
    expect(again).toMatchObject({ repeated: false, receipt: { records: [{ position: 7 }, { position: 8 }] } });
    expect([presence('a'), presence('b')]).toEqual(['ready', 'ready']);
    await provedWhole();
  });

  test('is void for a second loss behind the seal too', async () => {
    world = await givenAgents();
    for (const id of ['first', 'second']) {
      await world.runtime.submit(command(id, 'setReady', ['a', 'b', 'c']));
      world = await afterLosing(2);
    }
    await world.runtime.submit(command('third', 'setReady', ['a', 'b', 'c']));
    expect(reasons().map(([position]) => position)).toEqual([5, 7]);
    await provedWhole();
  });

  test('waits for whoever writes next: the log is not sealed for somebody who only reads', async () => {
    world = await givenAgents();
    await world.runtime.submit(command('cut', 'setReady', ['a', 'b']));
    world = await afterLosing(1);
    expect(await verify({ log: world.log, kinds })).toMatchObject({ found: 0, void: { records: 1, first: 5 } });
    expect(world.log.records).toHaveLength(5);
    expect(world.runtime.live.position).toBe(4);
  });
});

describe('a batch that the log holds in part when its server is back', () => {
  test('is answered by command: the whole ones are recorded, the others decided again', async () => {
    world = await givenAgents([{ stored: 3 }]);
    const answers = await Promise.all([
      world.runtime.submit(command('whole', 'setReady', ['a', 'b'])),
      world.runtime.submit(command('cut', 'setReady', ['c', 'd'])),
      world.runtime.submit(command('behind', 'setAway', ['c'])),
    ]);
    expect(answers).toMatchObject([
      { receipt: { records: [{ position: 5 }, { position: 6 }] } },
      { receipt: { records: [{ position: 9 }, { position: 10 }] } },
      { receipt: { records: [{ position: 11, version: 3 }] } },
    ]);
    expect(reasons()).toEqual([[7, 'part 1 of 2 of a command that was never stored whole']]);
    expect(NAMES.map(presence)).toEqual(['ready', 'ready', 'away', 'ready']);
    await provedWhole();
  });

  test('gives no command twice and loses none that was promised, wherever batches are cut', async () => {
    const turn = fc.record({
      cut: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      commands: fc.array(
        fc.record({
          type: fc.constantFrom('setReady', 'setAway'),
          names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    });
    await fc.assert(
      fc
        .asyncProperty(fc.array(turn, { maxLength: 6 }), fc.boolean(), async (turns, patient) => {
          const faults: (AppendFault | undefined)[] = [];
          world = await givenAgents(faults, patient);
          const promised: string[] = [];
          for (const [index, { cut, commands }] of turns.entries()) {
            faults.splice(0, faults.length, cut === undefined ? undefined : { stored: cut });
            await Promise.all(
              commands.map(async ({ type, names }, place) => {
                const id = `turn-${index}-${place}`;
                const outcome = await world.runtime.submit(command(id, type, names)).catch((error: unknown) => {
                  if (!isFailure(error)) throw error;
                });
                if (outcome?.kind === 'accepted') promised.push(id);
              }),
            );
          }
          await provedWhole();
          const begun = wholeCommandsOf(world.log.records).flatMap(({ record }) =>
            record?.transition.data.part.number === 1 ? [record.transition.data.cause.command] : [],
          );
          expect(begun.filter((id) => promised.includes(id))).toEqual(promised.toSorted(inOrderOf(begun)));
        })
        .afterEach(() => world.close()),
      { numRuns: 60 },
    );
    world = await givenAgents();
  });
});

function inOrderOf(all: readonly string[]) {
  return (one: string, other: string) => all.indexOf(one) - all.indexOf(other);
}
