/**
 * What must hold whatever happens: random lives of three agents and four calls through real turns, and every state of
 * one call that XState's own exploration reaches.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import { callEvents } from '../../../machines/call/events.ts';
import { isLive, isUp, monitorsOf, phonesOf } from '../../../machines/call/legs.ts';
import { callMachine } from '../../../machines/call/machine.ts';
import { stageOf } from '../../../machines/call/stage.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { type Exchange, endOf, withAgents } from './exchange.ts';

const LINES = { alice: '101', bob: '102', carol: '103' };
const AGENTS = ['alice', 'bob', 'carol'] as const;

/** A choice of what to do next; numbers pick among what there is at that moment. */
type Choice = readonly [what: number, call: number, leg: number, agent: number, ms: number];

const choice: fc.Arbitrary<Choice> = fc.noBias(
  fc.tuple(fc.nat(9_999), fc.nat(99), fc.nat(99), fc.nat(AGENTS.length - 1), fc.nat(25_000)),
);

/** Of everything a walk may do, this often. */
const WEIGHTS = {
  queueCall: 3,
  directCall: 2,
  dial: 2,
  dialFromQueue: 1,
  unroutedCall: 1,
  pastCall: 1,
  route: 2,
  enqueue: 2,
  offer: 16,
  withdrawOffer: 2,
  redirect: 1,
  transferWaiting: 1,
  pull: 2,
  dropWaiting: 1,
  toNumber: 2,
  toQueue: 2,
  addParty: 6,
  removeParty: 6,
  consult: 10,
  failed: 1,
  forwarded: 1,
  forwardedToQueue: 2,
  monitor: 3,
  stopMonitoring: 1,
  kill: 1,
  signOut: 2,
  setReady: 3,
  setAway: 1,
  setWrapUp: 1,
  setDnd: 1,
  setUserData: 1,
  deleteUserData: 1,
  linkReservation: 1,
  startSuppression: 3,
  stopSuppression: 4,
  startRecording: 6,
  stopRecording: 8,
  sendDtmf: 1,
  'leg.dtmf': 1,
  pass: 4,
  answer: 6,
  reject: 3,
  hangup: 2,
  hold: 4,
  retrieve: 3,
  mute: 3,
  unmute: 4,
  completeTransfer: 6,
  completeConference: 6,
  transferOnto: 4,
  cancelConsult: 2,
  swapCalls: 4,
  'leg.ringing': 12,
  'leg.answered': 14,
  'leg.held': 2,
  'leg.retrieved': 2,
  'leg.ended': 3,
} as const;
const HOWS = ['listen', 'coach', 'barge'] as const;
const PURPOSES = ['any', 'any', 'transfer', 'conference'] as const;
type Act = keyof typeof WEIGHTS;
const ACTS = (Object.entries(WEIGHTS) as [Act, number][]).flatMap(([name, times]) => Array<Act>(times).fill(name));

function act(exchange: Exchange, [what, call, leg, agent, ms]: Choice, step: number): void {
  const live = exchange.calls().filter((one) => exchange.stage(one) !== 'ended');
  const id = live[call % Math.max(1, live.length)] ?? 'none';
  const legs = live.length === 0 ? [] : phonesOf(exchange.call(id).context).filter(({ state }) => state !== 'released');
  const legId = legs[leg % Math.max(1, legs.length)]?.id ?? 'none';
  const name = AGENTS[agent] ?? 'alice';
  const target =
    what % 2 === 0 ? { ...endOf(name, `n${step}`), recording: 'On Demand' } : { leg: `n${step}`, number: '5551234' };
  const caller = { leg: `x${step}`, number: '19735550123' };
  const born = (event: MachineEvent) =>
    live.length < 4 && exchange.send(`call/c${step}`, { direction: 'inbound', to: '8000', ...event });
  const call_ = (event: MachineEvent) => exchange.send(`call/${id}`, event);
  const chosen = ACTS[what % ACTS.length] ?? 'pass';
  switch (chosen) {
    case 'queueCall':
      return void born({ type: 'arrive', caller, queue: { queue: 'q1' } });
    case 'directCall':
      return void born({ type: 'arrive', caller, target });
    case 'dial':
      return void born({ type: 'originate', caller: endOf(name, `o${step}`), target, ringFirst: leg % 2 === 0 });
    case 'dialFromQueue':
      return void born({
        type: 'originateFromQueue',
        queue: { queue: 'q1' },
        target,
        ...(leg % 2 === 0 ? { atOnce: true } : {}),
      });
    case 'unroutedCall':
      return void born({ type: 'arrive', caller });
    case 'pastCall':
      return void born({
        type: 'imported',
        caller,
        target,
        startedAt: 1,
        answeredAt: 2,
        endedAt: 3,
        cause: 'hangup',
      });
    case 'route':
      return void call_({ type: 'route', target });
    case 'enqueue':
      return void call_({ type: 'enqueue', queue: 'q2' });
    case 'offer':
      return void call_({ type: 'offer', target: endOf(name, `f${step}`), ringMs: 20_000 });
    case 'withdrawOffer':
      return void call_({ type: 'withdrawOffer' });
    case 'redirect':
      return void call_({ type: 'redirect', queue: 'q2' });
    case 'transferWaiting':
      return void call_({ type: 'transferWaiting', target });
    case 'pull':
      return void call_({ type: 'transferWaiting', target: { ...endOf(name, `n${step}`), acd: true }, why: 'pulled' });
    case 'toNumber':
      return void call_({ type: 'blindTransfer', leg: legId, target });
    case 'toQueue':
      return void call_({ type: 'blindTransfer', leg: legId, queue: { queue: 'q2' } });
    case 'addParty':
      return void call_({ type: 'addParty', leg: legId, target });
    case 'removeParty':
      return void call_({ type: 'removeParty', leg: legId, party: legs.at(-1)?.id ?? 'none' });
    case 'consult':
      return void call_({
        type: 'consult',
        leg: legId,
        consult: `c${step}`,
        consultLeg: `k${step}`,
        target,
        purpose: PURPOSES[what % PURPOSES.length] ?? 'any',
      });
    case 'failed':
      return void call_({ type: 'leg.failed', leg: legId, cause: 'busy' });
    case 'forwarded':
      return void call_({ type: 'leg.forwarded', leg: legId, target, why: 'busy' });
    case 'forwardedToQueue':
      return void call_({ type: 'leg.forwarded', leg: legId, queue: { queue: 'q2' }, why: 'unconditional' });
    case 'signOut':
      return void exchange.send(`agent/${name}`, { type: chosen });
    case 'setReady':
    case 'setAway':
    case 'setWrapUp':
      return void exchange.send(`agent/${name}`, { type: chosen, signIn: true });
    case 'setDnd':
      return void exchange.send(`agent/${name}`, { type: chosen, on: leg % 4 === 0 });
    case 'setUserData':
      return void call_({ type: chosen, userData: { step } });
    case 'linkReservation':
      return void call_({ type: chosen, reservation: { service: 's1', accessNumber: '8003449999' } });
    case 'sendDtmf':
    case 'leg.dtmf':
      return void call_({ type: chosen, leg: legId, digits: '5' });
    case 'transferOnto': {
      const phones = AGENTS.map((one) => exchange.agentContext(one).phone.legs);
      const [first, second] = phones.find((all) => new Set(all.map((one) => one.call)).size > 1) ?? [];
      if (first === undefined || second === undefined) return;
      const joined = { leg: first.leg, other: second.call, otherLeg: second.leg };
      return void exchange.send(`call/${first.call}`, { type: chosen, ...joined });
    }
    case 'leg.answered':
      return void call_({ type: chosen, leg: legs.find((one) => one.id !== legId && !isUp(one))?.id ?? legId });
    case 'completeTransfer':
    case 'completeConference':
    case 'cancelConsult':
    case 'swapCalls':
      return void call_({ type: chosen, leg: pairedLeg(exchange, id) ?? legId });
    case 'monitor':
      return void call_({
        type: chosen,
        leg: legId,
        target: endOf(name, `m${step}`),
        how: HOWS[what % HOWS.length] ?? 'listen',
        scope: ms % 2 === 0 ? 'agent' : 'call',
      });
    case 'stopMonitoring':
      return void call_({ type: chosen, leg: legs.find(({ watches }) => watches !== undefined)?.id ?? legId });
    case 'kill':
    case 'dropWaiting':
    case 'deleteUserData':
    case 'startSuppression':
    case 'stopSuppression':
    case 'startRecording':
    case 'stopRecording':
      return void call_({ type: chosen });
    case 'pass':
      return void exchange.pass(ms);
    default:
      return void call_({ type: chosen, leg: legId });
  }
}

/** The leg of whoever consults from a call, or in it. */
function pairedLeg(exchange: Exchange, id: string): string | undefined {
  if (id === 'none') return undefined;
  const { consults, consultOf, legs } = exchange.call(id).context;
  return consults.at(-1)?.leg ?? legs.find(({ shares }) => shares !== undefined && shares === consultOf?.leg)?.id;
}

/** Queue calls that somebody answered while he was signed out: none of his work. */
type OffDuty = Set<string>;

function expectInvariants(exchange: Exchange, offDuty: OffDuty = new Set()): void {
  const calls = exchange.calls().map((id) => ({ id, context: exchange.call(id).context, stage: exchange.stage(id) }));
  for (const { id, context, stage } of calls) {
    expect(stage, id).toBe(stageOf(context));
    expectWhole(context);
  }
  expectPairs(calls);
  for (const name of AGENTS) {
    expectAgreement(exchange, name, calls);
    expectQueueWork(exchange, name, calls, offDuty);
  }
}

/** A consult and its original know each other, and who consults is in both. */
function expectPairs(calls: readonly { readonly id: string; readonly context: CallContext }[]): void {
  const live = calls.filter(({ context }) => context.endedAt === null);
  const begun = live.flatMap(({ id, context }) =>
    context.consults.map(({ call, leg, consultLeg, waits }) => `${id} ${leg} ${call} ${consultLeg} ${waits === true}`),
  );
  const are = live.flatMap(({ id, context: { consultOf, legs, queue } }) => {
    if (consultOf === null) return [];
    const own = legs.find(({ shares, state }) => shares === consultOf.leg && state !== 'released');
    return [`${consultOf.call} ${consultOf.leg} ${id} ${own?.id} ${queue?.waiting === true}`];
  });
  expect(begun.sort()).toEqual(are.sort());
}

/** He works on a queue call exactly while he is connected to one, and it is that one. */
function expectQueueWork(
  exchange: Exchange,
  name: string,
  calls: readonly { readonly id: string; readonly context: CallContext }[],
  offDuty: OffDuty,
): void {
  const { presence, queue } = exchange.agent(name);
  const { work } = exchange.agentContext(name).queue;
  const connected = calls
    .flatMap(({ id, context }) => context.legs.map((leg) => ({ call: id, leg })))
    .filter(({ leg }) => leg.agent === name && leg.work !== undefined && ['established', 'held'].includes(leg.state));
  if (presence === 'signedOut' && queue === 'none') for (const { leg } of connected) offDuty.add(leg.id);
  const own = connected.filter(({ leg }) => !offDuty.has(leg.id));
  if (queue !== 'offered') expect(queue === 'talking', `${name} works on what he is connected to`).toBe(own.length > 0);
  if (queue !== 'talking') return;
  expect(
    own.map(({ call, leg }) => ({ call, leg: leg.id, queue: leg.work?.queue })),
    `the work of ${name} is on his phone`,
  ).toContainEqual({ call: work?.call, leg: work?.leg, queue: work?.queue });
}

function expectWhole(context: CallContext): void {
  const live = context.legs.filter(({ state }) => state !== 'released');
  const waiting = context.queue?.waiting === true;
  if (context.endedAt !== null) {
    expect(context.cause).not.toBeNull();
    expect([live.length, context.offer, context.next, waiting, context.recording.active]).toEqual([
      0,
      null,
      null,
      false,
      false,
    ]);
  } else {
    expect(live.length >= 2 || waiting || context.next !== null || stageOf(context) === 'created').toBe(true);
  }
  if (context.offer !== null) expect(live.some(({ id }) => id === context.offer?.leg)).toBe(true);
  expect(context.offer === null || waiting).toBe(true);
  const offered = live.find(({ id }) => id === context.offer?.leg);
  expect(offered?.work?.queue, 'an offer is of the queue the call is in').toBe(offered && context.queue?.queue);
  const waits = live.filter(({ id, watches }) => id !== context.offer?.leg && watches === undefined);
  if (waiting && context.next === null) expect(waits.length, 'somebody waits who is no supervisor').toBeGreaterThan(0);
  expect(context.consults.every(({ leg }) => live.some(({ id }) => id === leg))).toBe(true);
  expect(new Set(phonesOf(context).map(({ id }) => id)).size).toBe(phonesOf(context).length);
  if (context.endedAt !== null) expect(monitorsOf(context).filter(isLive)).toEqual([]);
  expect(context.legs.some(({ kind }) => kind === 'monitor')).toBe(false);
  expect(JSON.parse(JSON.stringify(context))).toEqual(context);
}

const PHONE_WORDS: Readonly<Record<Leg['state'], string>> = {
  dialing: 'dialing',
  ringing: 'ringing',
  established: 'talking',
  held: 'held',
  released: '',
};

function expectAgreement(
  exchange: Exchange,
  name: string,
  calls: readonly { id: string; context: CallContext }[],
): void {
  const inCalls = calls.flatMap(({ id, context }) =>
    phonesOf(context)
      .filter(
        (leg) => leg.agent === name && leg.state !== 'released' && !(leg.state === 'dialing' && leg.kind !== 'caller'),
      )
      .map((leg) => `${id}/${leg.id} ${PHONE_WORDS[leg.state]}`),
  );
  const context = exchange.agentContext(name);
  expect(context.phone.legs.map(({ call, leg, state }) => `${call}/${leg} ${state}`).sort(), name).toEqual(
    inCalls.sort(),
  );
  expect(inCalls.filter((leg) => leg.endsWith(' talking')).length, `${name} has one voice`).toBeLessThanOrEqual(1);
  const offering = calls.filter((call) => call.context.offer?.agent === name).map(({ id }) => id);
  const offered = exchange.agent(name).queue === 'offered' ? [context.queue.work?.call] : [];
  expect(offered, `${name} is offered what is offered to him`).toEqual(offering);
}

/** Random lives, checked after each step; what was recorded in them. */
function walk(parameters: fc.Parameters<[Choice[]]>): ReadonlySet<string> {
  const lived = new Set<string>();
  fc.assert(
    fc.property(fc.array(choice, { minLength: 30, maxLength: 80, size: 'max' }), (choices) => {
      const exchange = withAgents(LINES);
      const offDuty: OffDuty = new Set();
      for (const [step, next] of choices.entries()) {
        act(exchange, next, step);
        for (const record of exchange.last) lived.add(record.replace(/ \S+ /, ' '));
        expectInvariants(exchange, offDuty);
      }
    }),
    parameters,
  );
  return lived;
}

describe('whatever happens', () => {
  test('agents and calls agree, nobody talks twice, and what is over is over', () => {
    walk({ numRuns: 60 });
  });

  test('the walks go everywhere', () => {
    const lived = walk({ numRuns: 250, seed: 1 });
    const rare = [
      // A consult of a consulted person, completed above him: consult.test.ts has it.
      ...Object.keys(callEvents).flatMap((type) => (type === 'consult.moved' ? [] : [`call ${type}`])),
      'call timer',
      'agent leg.moved',
      'agent offer.missed',
      'agent offer.withdrawn',
    ];
    expect(rare.filter((one) => !lived.has(one))).toEqual([]);
  });

  test('facts about one leg, late, twice, and in any order, leave the call where the last of them puts it', () => {
    const facts = ['leg.ringing', 'leg.answered', 'leg.ended'].map((type) => ({ type, leg: 'b' }));
    fc.assert(
      fc.property(fc.shuffledSubarray([...facts, ...facts], { minLength: 3 }), (order) => {
        const exchange = withAgents(LINES).given('call/c1', {
          type: 'arrive',
          direction: 'inbound',
          caller: { leg: 'x', number: '1' },
          to: '102',
          target: endOf('bob', 'b'),
        });
        for (const fact of order) {
          exchange.given('call/c1', fact);
          expectInvariants(exchange);
        }
        const types = order.map(({ type }) => type);
        const expected = types.includes('leg.ended')
          ? 'ended'
          : types.includes('leg.answered')
            ? 'established'
            : 'ringing';
        expect(exchange.stage('c1')).toBe(expected);
      }),
    );
  });
});

describe('every state one call can reach', () => {
  const fed = (event: MachineEvent) => ({ ...event, at: 5, self: { tenant: 't', kind: 'call', id: 'c1' } });
  const legs = ['x', 'a', 'b'];
  const events = [
    { type: 'arrive', direction: 'inbound', caller: { leg: 'x', number: '1' }, to: '8000', queue: { queue: 'q1' } },
    { type: 'offer', target: endOf('alice', 'a'), ringMs: 1 },
    { type: 'xstate.after.ring.call.live.offered' },
    { type: 'blindTransfer', leg: 'a', target: { leg: 'b', number: '2' } },
    { type: 'addParty', leg: 'a', target: { leg: 'b', number: '2' } },
    { type: 'redirect', queue: 'q1' },
    ...['leg.ringing', 'leg.answered', 'leg.ended', 'hold', 'retrieve'].flatMap((type) =>
      legs.map((leg) => ({ type, leg })),
    ),
  ].map(fed);

  test('is in the stage its legs ask for, and is whole', () => {
    const paths = getShortestPaths(callMachine, {
      events: events as never,
      limit: 20_000,
      serializeState: (snapshot) => {
        const { legs: all, queue, offer } = snapshot.context;
        return JSON.stringify([snapshot.value, all.map(({ id, state }) => [id, state]), queue?.waiting, offer?.leg]);
      },
    });
    const stages = new Set<string>();
    for (const { state } of paths) {
      const value = state.value as string | { live: string };
      if (value === 'absent') continue;
      const stage = typeof value === 'string' ? value : value.live;
      stages.add(stage);
      expect(stage).toBe(stageOf(state.context));
      expectWhole(state.context);
    }
    expect([...stages].sort()).toEqual(['dialing', 'ended', 'established', 'held', 'offered', 'queued', 'ringing']);
  });
});
