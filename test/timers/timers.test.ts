import { afterEach, describe, expect, test } from 'vitest';
import { agent } from '../../projections/agents.ts';
import { timersOf } from '../../projections/timers.ts';
import { keyOf } from '../../src/model/actor-id.ts';
import type { Command, Outcome } from '../../src/model/command.ts';
import type { Following, FollowOptions, Runtime } from '../../src/model/runtime.ts';
import { type DueTimer, Timers } from '../../src/timers/timers.ts';
import { givenWorld, type World } from '../support/world.ts';

let world: World;
afterEach(() => world.close());

const NOBODY: Following = { position: 0, ended: Promise.resolve(), stop: () => undefined };
const STALE: Outcome = {
  kind: 'rejected',
  rejection: { code: 'staleTimer', actor: { tenant: 't', kind: 'agent', id: 'a' }, event: 'timer' },
};

const actor = { tenant: 't', kind: 'agent', id: 'a' };
const call = { call: 'c', leg: 'l' };

/** An agent who has just hung up on a queue call: 30 s of wrap-up run. */
async function inWrapUp(): Promise<void> {
  world = await givenWorld();
  for (const event of [
    { type: 'create', line: '100', presence: 'ready' },
    { type: 'offer', call: 'c', queue: 'q' },
    { type: 'leg.ringing', ...call },
    { type: 'leg.talking', ...call },
    { type: 'leg.ended', ...call },
  ]) {
    await world.record('t', { to: actor, event });
  }
}

const presence = () => agent(world.runtime.live, 't', 'a')?.presence;
const firings = async () => {
  const found: string[] = [];
  for await (const { transition } of world.runtime.replay({ after: 0, upTo: world.runtime.live.position })) {
    if (transition.data.event.type === 'timer') found.push(`${transition.data.cause.by} ${transition.time}`);
  }
  return found;
};

describe('a timer', () => {
  test('fires when it is due, not before, and once', async () => {
    await inWrapUp();
    await world.advance(29_999);
    expect(presence()).toBe('wrapUp');
    await world.advance(1);
    expect(presence()).toBe('ready');
    await world.advance(60_000);
    expect(await firings()).toEqual(['timer 2026-01-01T00:00:30.000Z']);
  });

  test('is gone when its state is left by other means', async () => {
    await inWrapUp();
    await world.record('t', { to: actor, event: { type: 'setAway' } });
    expect(timersOf(world.runtime.live, actor)).toEqual([]);
    await world.advance(60_000);
    expect(presence()).toBe('away');
    expect(await firings()).toEqual([]);
  });

  test('survives a restart, also one that it fell due in', async () => {
    await inWrapUp();
    const { log, clock } = world;
    await world.close();
    await clock.advance(45_000, () => Promise.resolve());
    world = await givenWorld({ after: { log, clock } });
    await world.advance(0);
    expect(presence()).toBe('ready');
    expect(await firings()).toEqual(['timer 2026-01-01T00:00:45.000Z']);
  });

  test('that an actor armed anew fires at the new time', async () => {
    await inWrapUp();
    await world.advance(10_000);
    await world.record('t', { to: actor, event: { type: 'setReady' } });
    for (const event of [
      { type: 'offer', call: 'd', queue: 'q' },
      { type: 'leg.talking', call: 'd', leg: 'm' },
      { type: 'leg.ended', call: 'd', leg: 'm' },
    ]) {
      await world.record('t', { to: actor, event });
    }
    await world.advance(25_000);
    expect(presence()).toBe('wrapUp');
    await world.advance(5_000);
    expect(presence()).toBe('ready');
  });

  test('that cannot fire is tried again after a while, not with every record, and holds up no other', async () => {
    world = await givenWorld();
    const { clock } = world;
    const armed: DueTimer[] = [{ actor, name: 'bad', due: clock.now(), armed: 1 }];
    const fired: string[] = [];
    const reported: string[] = [];
    let deliver: FollowOptions['deliver'] = () => undefined;
    const timers = new Timers({
      runtime: {
        live: world.runtime.live,
        follow: (options: FollowOptions) => {
          deliver = options.deliver;
          return NOBODY;
        },
        submit: async ({ deliveries: [first] }: Command): Promise<Outcome> => {
          const name = String(first?.event.timer);
          if (name === 'bad') return { ...STALE, rejection: { code: 'unhandled', actor, event: 'timer' } };
          fired.push(name);
          armed.splice(1);
          return STALE;
        },
      } as unknown as Runtime,
      clock,
      armed: {
        nextDue: () => armed[0]?.due,
        dueBy: (_, time, limit) => armed.filter(({ due }) => due <= time).slice(0, limit),
      },
      retryMs: 1_000,
      report: ({ name }) => reported.push(name),
    });
    const pass = (ms: number) => clock.advance(ms, () => timers.atRest());
    timers.start();
    await pass(0);
    for (let record = 0; record < 10; record += 1) {
      await deliver([]);
      await pass(10);
    }
    expect(reported).toEqual(['bad']);
    armed.push({ actor, name: 'good', due: clock.now() + 50, armed: 2 });
    await deliver([]);
    await pass(50);
    expect(fired).toEqual(['good']);
    await pass(1_000);
    expect(reported).toEqual(['bad', 'bad']);
    await timers.stop();
  });

  test('whose id somebody has used for a command of his own is not fired for ever', async () => {
    await inWrapUp();
    const [timer] = timersOf(world.runtime.live, actor);
    const id = `timer:${keyOf(actor)}:${timer?.name}:${timer?.armed}`;
    const deliveries = [{ to: actor, event: { type: 'setDnd', on: true } }];
    await world.runtime.submit({ id, tenant: 't', by: 'user:mallory', via: 'native', deliveries });
    await world.advance(30_000);
    expect(presence()).toBe('wrapUp');
    expect(await firings()).toEqual([]);
  });

  test('is remembered no longer than its row is there, however long others keep falling due', async () => {
    world = await givenWorld();
    const rounds = 500;
    const limits: number[] = [];
    const due = (nth: number): DueTimer => ({ actor, name: `n${nth}`, due: 0, armed: nth });
    const timers = new Timers({
      runtime: {
        live: world.runtime.live,
        follow: () => NOBODY,
        submit: () => Promise.resolve(STALE),
      } as unknown as Runtime,
      clock: world.clock,
      armed: {
        nextDue: () => (limits.length < rounds ? 0 : undefined),
        // Of each two rounds a timer is listed, as one whose firing is not projected yet.
        dueBy: (_, __, limit) => (limits.push(limit) < rounds ? [due(limits.length), due(limits.length + 1)] : []),
      },
      retryMs: 1,
      report: () => undefined,
    });
    timers.start();
    await world.clock.advance(0, () => timers.atRest());
    expect(limits).toHaveLength(rounds);
    expect(Math.max(...limits) - Math.min(...limits)).toBeLessThan(10);
    await timers.stop();
  });
});
