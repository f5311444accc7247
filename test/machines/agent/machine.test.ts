/**
 * The whole agent: every state that can be reached is visited (by XState's own exploration) and checked, and long random
 * lives show that an actor restored from its stored state at every step behaves as one that never stopped.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyStateMachine, EventObject } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { AgentContext } from '../../../machines/agent/context.ts';
import { agentKind } from '../../../machines/agent/machine.ts';
import { stateOf, stepperOf } from '../../../src/actors/step.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import type { StateValue } from '../../../src/model/transition.ts';
import { LUNCH, leg, offer } from './an-agent.ts';
import { expectInvariants, isAvailable } from './invariants.ts';

const SELF = { tenant: 'acme', kind: 'agent', id: 'a1' };
const WRAP_UP_OVER = { type: 'xstate.after.wrapUp.afterCall' };

const FACTS: readonly MachineEvent[] = [
  { type: 'line.unreachable', line: '101' },
  { type: 'line.reachable', line: '101' },
  { type: 'offer.missed', call: 'c1' },
  { type: 'offer.withdrawn', call: 'c1' },
  leg('ringing'),
  leg('talking'),
  leg('held'),
  leg('ended'),
  leg('dialing', 'c2', 'l2'),
  leg('talking', 'c2', 'l2'),
  leg('ended', 'c2', 'l2'),
];
const COMMANDS: readonly MachineEvent[] = [
  { type: 'create', line: '101' },
  { type: 'remove' },
  { type: 'signIn', initial: 'ready' },
  { type: 'signOut' },
  { type: 'setReady' },
  { type: 'setAway', reason: LUNCH },
  { type: 'setWrapUp', signIn: true },
  { type: 'setDnd', on: true },
  { type: 'setDnd', on: false },
];

function explore() {
  const stepper = stepperOf(agentKind);
  const machine = agentKind.machine as AnyStateMachine;
  const events = [...COMMANDS, ...FACTS, offer(), WRAP_UP_OVER].map((event) => ({ ...event, at: 5, self: SELF }));
  return getShortestPaths(machine, {
    events,
    // XState knows no refusals: what our step does not accept leads nowhere.
    filterEvents: (snapshot, event) =>
      stepper.step({ snapshot, timers: [] }, event as unknown as MachineEvent, 1, 5, SELF).kind === 'moved',
    serializeState: ({ value, context }) => JSON.stringify([value, essenceOf(context as AgentContext)]),
    limit: 200_000,
  });
}

/** What of a context decides how the agent goes on: neither times, nor causes, nor how many offers too many he missed. */
function essenceOf({ presence, phone, queue, consecutiveMissed, dnd, rules }: AgentContext): unknown {
  const { returnTo, reason } = presence;
  const legs = phone.legs.map((leg) => [leg.call, leg.state]).sort();
  const work = queue.work && [queue.work.answeredAt, queue.work.wrapUpMs];
  return [
    returnTo?.kind,
    reason,
    legs,
    phone.line,
    phone.reachable,
    work,
    Math.min(consecutiveMissed, rules.missedMax),
    dnd,
  ];
}

describe('every reachable state', () => {
  const stepper = stepperOf(agentKind);
  const paths = explore();
  const states = paths.map(({ state, steps }) => ({
    value: state.value as StateValue,
    context: state.context as AgentContext,
    path: steps.map(({ event }: { event: EventObject }) => event.type).join(' > '),
    live: stepper.restore(state.value as StateValue, { context: state.context }),
  }));
  const present = states.filter(({ value }) => typeof value !== 'string');

  it('is visited, in all 56 combinations of the three regions that can occur', () => {
    const names = new Set(present.map(({ value }) => JSON.stringify(value)));
    expect(names.size).toBe(56);
    expect(states.length).toBeGreaterThan(1_000);
  });

  it('keeps the invariants', () => {
    for (const { value, context, path } of states) {
      try {
        expectInvariants(value, context);
      } catch (error) {
        throw new Error(`after ${path}`, { cause: error });
      }
    }
  });

  it('takes an offer exactly when the agent is ready, idle, without queue work and not on do not disturb', () => {
    for (const { value, context, path, live } of present) {
      const result = stepper.step(live, offer('c9'), 1, 10, SELF);
      expect(result.kind, path).toBe(isAvailable(value, context) ? 'moved' : 'refused');
    }
  });

  it('takes every fact', () => {
    for (const { path, live } of present) {
      for (const fact of FACTS)
        expect(stepper.step(live, fact, 1, 10, SELF).kind, `${path} > ${fact.type}`).toBe('moved');
    }
  });
});

/** Found by earlier seeds. */
const LIVES_THAT_FAILED: readonly (readonly { readonly event: MachineEvent; readonly afterMs: number }[])[] = [
  // A pulled call made a signed-out agent work for a queue, and wrap up.
  [
    { event: { type: 'signOut' }, afterMs: 0 },
    { event: leg('talking', 'c1', 'l1', { acd: true, queue: 'q1' }), afterMs: 0 },
    { event: leg('ended'), afterMs: 0 },
  ],
];

describe('a life', () => {
  const anEvent = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...COMMANDS.filter(({ type }) => type !== 'remove')) },
    { weight: 2, arbitrary: fc.constantFrom('c1', 'c2', 'c3').map((call) => offer(call)) },
    {
      weight: 6,
      arbitrary: fc
        .record({
          fact: fc.constantFrom('dialing', 'ringing', 'talking', 'held', 'retrieved', 'ended'),
          call: fc.constantFrom('c1', 'c2', 'c3'),
          leg: fc.constantFrom('l1', 'l2'),
          more: fc.constantFrom({}, { acd: true, queue: 'q1' }, { wrapUpMs: 0 }),
        })
        .map(({ fact, call, leg: id, more }) => leg(fact, call, id, fact === 'talking' ? more : {})),
    },
    { weight: 1, arbitrary: fc.constantFrom(...FACTS) },
    { weight: 1, arbitrary: fc.constantFrom({ type: 'configure', line: '102' }, { type: 'configure', line: null }) },
  );
  const aLife = fc.array(fc.record({ event: anEvent, afterMs: fc.constantFrom(0, 1_000, 40_000) }), { maxLength: 60 });

  it('restored from its stored state at every step goes as if it had never stopped', () => {
    const stepper = stepperOf(agentKind);
    fc.assert(
      fc.property(aLife, (life) => {
        let live = stepper.initial;
        let version = 0;
        let now = 1_000;
        const take = (event: MachineEvent) => {
          const stored = JSON.parse(JSON.stringify([live.snapshot.value, stateOf(live)]));
          const fromStore = stepper.step(stepper.restore(stored[0], stored[1]), event, version + 1, now, SELF);
          const result = stepper.step(live, event, version + 1, now, SELF);
          expect(bare(fromStore)).toEqual(bare(result));
          if (result.kind !== 'moved') return;
          live = result.live;
          version += 1;
          expectInvariants(live.snapshot.value, live.snapshot.context as AgentContext);
        };
        take({ type: 'create', line: '101', presence: 'ready' });
        for (const { event, afterMs } of life) {
          now += afterMs;
          for (const timer of live.timers.filter(({ due }) => due <= now)) {
            take({ type: 'timer', timer: timer.name, armed: timer.armed });
          }
          take(event);
        }
      }),
      { numRuns: 300, examples: LIVES_THAT_FAILED.map((life) => [[...life]]) },
    );
  });
});

/** A result without XState's own objects. */
function bare(result: ReturnType<ReturnType<typeof stepperOf>['step']>): unknown {
  if (result.kind !== 'moved') return result;
  return { tells: result.tells, value: result.live.snapshot.value, state: stateOf(result.live) };
}
