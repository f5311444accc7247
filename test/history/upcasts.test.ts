/**
 * A log written by an older machine, read by today's: a lamp that was dark or lit and counted its `turns`, and is now off or on
 * and counts how often it was `switched`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { z } from 'zod';
import { projections } from '../../projections/index.ts';
import { compareProjections } from '../../src/history/compare-projections.ts';
import { verify } from '../../src/history/verify.ts';
import { whatIf } from '../../src/history/what-if.ts';
import type { ActorKind, ActorKinds, Upcast } from '../../src/model/actor-kind.ts';
import type { Projection, View } from '../../src/model/projection.ts';
import { upcasting } from '../../src/model/upcast.ts';
import { readCheckpoint } from '../../src/projector/checkpoint.ts';
import { openDatabase } from '../../src/projector/open.ts';
import { givenWorld, type World } from '../support/world.ts';

const LAMP = { tenant: 'house', kind: 'lamp', id: 'hall' };
const toggle = { to: LAMP, event: { type: 'toggle' } };

const events = { toggle: z.strictObject({ type: z.literal('toggle') }) };

const dim = setup({ types: {} as { context: { turns: number }; events: { type: 'toggle' } } });
const turn = dim.assign({ turns: ({ context }) => context.turns + 1 });
const oldLamp: ActorKind = {
  name: 'lamp',
  visibility: 'public',
  machineVersion: 1,
  state: { to: { words: ['dark', 'lit'] }, context: { fields: { turns: 'number' } } },
  events,
  machine: dim.createMachine({
    context: { turns: 0 },
    initial: 'dark',
    states: {
      dark: { on: { toggle: { target: 'lit', actions: turn } } },
      lit: { on: { toggle: { target: 'dark', actions: turn } } },
    },
  }),
};

const names: Readonly<Record<string, string>> = { dark: 'off', lit: 'on' };
const toNewLamp: Upcast = ({ to, state }) => {
  const { turns = 0, ...context } = state.context;
  return { to: names[String(to)] ?? to, state: { ...state, context: { ...context, switched: turns } } };
};

const bright = setup({ types: {} as { context: { switched: number }; events: { type: 'toggle' } } });
const switchIt = bright.assign({ switched: ({ context }) => context.switched + 1 });
const newLamp: ActorKind = {
  ...oldLamp,
  machineVersion: 2,
  state: { to: { words: ['off', 'on'] }, context: { fields: { switched: 'number' } } },
  upcast: toNewLamp,
  machine: bright.createMachine({
    context: { switched: 0 },
    initial: 'off',
    states: {
      off: { on: { toggle: { target: 'on', actions: switchIt } } },
      on: { on: { toggle: { target: 'off', actions: switchIt } } },
    },
  }),
};

/** Speaks of today's shape only. */
const lamps: Projection = {
  name: 'lamps',
  version: 1,
  tables: 'CREATE TABLE lamps (id TEXT PRIMARY KEY, is_on INTEGER NOT NULL, switched INTEGER NOT NULL)',
  project({ actor, transition }, tables) {
    if (actor.kind !== 'lamp') return;
    const { to, state } = transition.data;
    const { switched } = state.context;
    tables.run('INSERT OR REPLACE INTO lamps VALUES (?, ?, ?)', actor.id, to === 'on' ? 1 : 0, Number(switched));
  },
};
const rosterOf = (kind: ActorKind): ActorKinds => new Map([[kind.name, kind]]);
let commands = 0;
const toggled = (world: World) =>
  world.runtime.submit({
    id: `toggle-${++commands}`,
    tenant: 'house',
    by: 'user:me',
    via: 'test',
    deliveries: [toggle],
  });
const lampIn = (view: View) => view.get('SELECT is_on, switched FROM lamps');

let before: World;
let today: World;

beforeEach(async () => {
  before = await givenWorld({ kinds: rosterOf(oldLamp) });
  for (let time = 0; time < 3; time += 1) await toggled(before);
  await before.close();
  today = await givenWorld({ after: before, kinds: rosterOf(newLamp), projections: [lamps] });
});
afterEach(() => today.close());

describe('a record of an older shape', () => {
  test('is projected as if it had been written today, now and as of then', async () => {
    expect(lampIn(today.runtime.live)).toEqual({ is_on: 1, switched: 3 });
    expect(lampIn(await today.runtime.query({ position: 2 }))).toEqual({ is_on: 0, switched: 2 });
  });

  test('is what its actor goes on from', async () => {
    await toggled(today);
    expect(lampIn(today.runtime.live)).toEqual({ is_on: 0, switched: 4 });
    const newest = JSON.parse(Buffer.from(today.log.records.at(-1)?.payload ?? []).toString());
    expect(newest.data).toMatchObject({ version: 4, from: 'on', to: 'off', machine: 'lamp@2' });
  });

  test('is verified by what it would be today, and so are the projections', async () => {
    await toggled(today);
    const kinds = rosterOf(newLamp);
    expect(await verify({ log: today.log, kinds })).toMatchObject({ found: 0, explained: [], upTo: 4 });
    const compared = { log: today.log, live: today.runtime.live };
    const shown = upcasting([...projections, lamps], kinds);
    expect(await compareProjections({ ...compared, projections: shown })).toEqual([]);
  });

  test('is reported when it is none of today’s and nobody says what it became', async () => {
    const { upcast: _, ...forgetful } = newLamp;
    const { findings } = await verify({ log: today.log, kinds: rosterOf(forgetful) });
    expect(findings[0]).toMatchObject({ kind: 'form', position: 1 });
  });

  test('can be forked, from before it and with a machine of today', async () => {
    const kinds = rosterOf(newLamp);
    const told = { runtime: today.runtime, tenant: 'house', at: 1, upTo: 3, events: [toggle], kinds };
    const { commands, ends } = await whatIf(told);
    expect(commands).toMatchObject({ refused: 0 });
    expect(ends).toMatchObject([{ actor: LAMP }]);
  });

  test('stays in history as it was written', async () => {
    for await (const record of today.runtime.replay({ after: 0, upTo: 1 }))
      expect(record.transition.data).toMatchObject({ to: 'lit', state: { context: { turns: 1 } } });
  });
});

describe('an actor last moved by a newer machine', () => {
  const { state: _, ...formless } = oldLamp;
  test.each([
    ['that can be read here', formless],
    ['that cannot', oldLamp],
  ])('to a state %s is not available here, and is not touched', async (_, kind) => {
    await toggled(today);
    const kinds = rosterOf(kind);
    const older = await givenWorld({ after: today, kinds });
    await expect(toggled(older)).rejects.toMatchObject({ code: 'machineTooOld' });
    expect(today.log.records).toHaveLength(4);
    await older.close();
  });

  test.each([
    ['that can be read here', formless],
    ['that cannot', oldLamp],
  ])('to a state %s goes on here when it was set back to one that can', async (_, kind) => {
    await toggled(today);
    const kinds = rosterOf(kind);
    const older = await givenWorld({ after: today, kinds });
    const back = (version: number) =>
      older.runtime.setBack({ actor: LAMP, version, reason: 'the older program again' });
    expect(await back(4)).toMatchObject({ kind: 'refused' });
    expect(await back(9)).toMatchObject({ kind: 'refused', problem: 'house/lamp/hall has no version 9' });
    const done = await back(1);
    expect(done).toMatchObject({ kind: 'asked', outcome: { kind: 'committed', first: 5 } });
    expect(await back(done.kind === 'asked' ? done.version : 0)).toMatchObject({ kind: 'refused' });
    await toggled(older);
    await older.close();
    const report = await verify({ log: today.log, kinds });
    expect(report).toMatchObject({ found: 1, findings: [{ kind: 'newerMachine', position: 4 }] });
    expect(report.setBack).toEqual({ records: 1, first: 5 });

    const again = await givenWorld({ after: today, kinds: rosterOf(newLamp), projections: [lamps] });
    expect(lampIn(again.runtime.live)).toEqual({ is_on: 0, switched: 2 });
    expect(await verify({ log: today.log, kinds: rosterOf(newLamp) })).toMatchObject({ found: 0 });
    await again.close();
  });

  test('is told by verify, and takes its place again with the newer one', async () => {
    await toggled(today);
    const report = await verify({ log: today.log, kinds: rosterOf(oldLamp) });
    expect(report.findings).toMatchObject([{ kind: 'newerMachine', position: 4 }]);
    const again = await givenWorld({ after: today, kinds: rosterOf(newLamp), projections: [lamps] });
    expect(lampIn(again.runtime.live)).toEqual({ is_on: 0, switched: 4 });
    await again.close();
  });
});

test('a database that was made by older kinds is made anew: they judged what is a record', async () => {
  const { log } = before;
  const file = join(await mkdtemp(join(tmpdir(), 'ledgerline-upcasts-')), 'live.db');
  const made = (kind: ActorKind) =>
    openDatabase({ file, projections, kinds: rosterOf(kind), log: log.id }, async () => undefined);
  const older = await made(oldLamp);
  older.run('UPDATE checkpoint SET finished = 1, time = 7');
  older.close();
  const same = await made(oldLamp);
  expect(readCheckpoint(same)?.time).toBe(7);
  same.close();
  const newer = await made(newLamp);
  expect(readCheckpoint(newer)?.time).toBe(0);
  newer.close();
  await rm(dirname(file), { recursive: true });
});
