import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type Live, stateOf, stateValueOf, stepperOf } from '../../src/actors/step.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import { walletKind } from '../support/toy-kinds.ts';

const stepper = stepperOf(walletKind);
const self = { tenant: 't', kind: 'wallet', id: 'w' };

function run(events: readonly MachineEvent[], from: Live = stepper.initial): Live {
  return events.reduce((live, event, index) => {
    const result = stepper.step(live, event, index + 1, 1_000, self);
    return result.kind === 'moved' ? result.live : live;
  }, from);
}

const open = { type: 'open' };
const put = (amount: number) => ({ type: 'put', amount });

const anyEvent = fc.oneof(
  fc.constantFrom<MachineEvent>(open, { type: 'wait' }, { type: 'relax' }, { type: 'retire' }, { type: 'unheard' }),
  fc.integer({ min: 1, max: 9 }).map((amount): MachineEvent => ({ type: 'put', amount })),
  fc.integer({ min: 1, max: 9 }).map((amount): MachineEvent => ({ type: 'pay', amount, to: 'other' })),
);

describe('a step', () => {
  test('gives the same state as the transition function of XState itself', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        const machine = walletKind.machine as Parameters<typeof transition>[0];
        let [reference] = initialTransition(machine as never, undefined as never) as [never, unknown];
        let live = stepper.initial;
        for (const event of events) {
          const fed = { ...event, at: 1_000, self };
          const [next] = transition(machine, reference, fed as never) as [never, unknown];
          const result = stepper.step(live, event, 1, 1_000, self);
          if (result.kind === 'moved') {
            live = result.live;
            reference = next;
          }
          expect({ value: stateValueOf(live), context: live.snapshot.context }).toEqual({
            value: (reference as { value: unknown }).value,
            context: (reference as { context: unknown }).context,
          });
        }
      }),
    );
  });

  test('behaves the same after a restore from JSON at every point', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        let live = stepper.initial;
        for (const [index, event] of events.entries()) {
          const stored = JSON.parse(JSON.stringify({ value: stateValueOf(live), state: stateOf(live) }));
          const direct = stepper.step(live, event, index + 1, 2_000, self);
          const restored = stepper.step(stepper.restore(stored.value, stored.state), event, index + 1, 2_000, self);
          expect(restored.kind).toBe(direct.kind);
          if (direct.kind !== 'moved' || restored.kind !== 'moved') continue;
          expect(stateOf(restored.live)).toEqual(stateOf(direct.live));
          expect(restored.tells).toEqual(direct.tells);
          live = direct.live;
        }
      }),
    );
  });

  test('tells an event nobody takes from a guard that says no and from a typed refusal', () => {
    const live = run([open, put(3)]);
    expect(stepper.step(live, { type: 'relax' }, 3, 0, self)).toEqual({ kind: 'unhandled' });
    expect(stepper.step(live, { type: 'retire' }, 3, 0, self)).toEqual({ kind: 'guard', guards: ['isRich'] });
    expect(stepper.step(live, { type: 'pay', amount: 4, to: 'x' }, 3, 0, self)).toEqual({
      kind: 'refused',
      reason: 'tooPoor',
      details: { coins: 3 },
    });
  });

  test('refuses everything once the machine has ended', () => {
    expect(stepper.step(run([open, { type: 'close' }]), put(1), 3, 0, self)).toEqual({ kind: 'finished' });
  });

  test('hands messages to others out as data', () => {
    const result = stepper.step(run([open, put(5)]), { type: 'pay', amount: 2, to: 'other' }, 3, 0, self);
    expect(result).toMatchObject({
      kind: 'moved',
      tells: [{ to: { tenant: 't', kind: 'wallet', id: 'other' }, event: { type: 'put', amount: 2 } }],
    });
  });
});

describe('a timer', () => {
  const waiting = run([open, { type: 'wait' }]);

  test('is armed with its due time and the version that armed it', () => {
    expect(waiting.timers).toEqual([{ name: 'patience.wallet.open.waiting', due: 6_000, armed: 2 }]);
  });

  test('is disarmed when its state is left, and armed anew when it is entered again', () => {
    expect(run([{ type: 'relax' }], waiting).timers).toEqual([]);
    const again = stepper.step(waiting, { type: 'wait' }, 3, 4_000, self);
    expect(again.kind === 'moved' && again.live.timers).toEqual([
      { name: 'patience.wallet.open.waiting', due: 9_000, armed: 3 },
    ]);
  });

  test('fires once: a second firing and one of an older arming are stale', () => {
    const firing = { type: 'timer', timer: 'patience.wallet.open.waiting', armed: 2 };
    const fired = stepper.step(waiting, firing, 3, 6_000, self);
    expect(fired.kind === 'moved' && stateValueOf(fired.live)).toEqual({ open: 'calm' });
    expect(fired.kind === 'moved' && stepper.step(fired.live, firing, 4, 6_000, self)).toEqual({ kind: 'staleTimer' });
    expect(stepper.step(waiting, { ...firing, armed: 1 }, 3, 6_000, self)).toEqual({ kind: 'staleTimer' });
  });

  test('that no state takes any more lapses: disarmed, the state as it was', () => {
    const renamed = stepper.restore(
      { open: 'calm' },
      { context: { coins: 0 }, timers: [{ name: 'old.name', due: 1, armed: 1 }] },
    );
    const lapsed = stepper.step(renamed, { type: 'timer', timer: 'old.name', armed: 1 }, 2, 5, self);
    expect(lapsed.kind === 'moved' && lapsed.live.timers).toEqual([]);
    expect(lapsed.kind === 'moved' && stateValueOf(lapsed.live)).toEqual({ open: 'calm' });
  });
});
