/**
 * What is listed is the precondition (contracts/genesys.md 1.7.2): over the states that a queue call reaches whose agent
 * consults, breadth first, every operation that a leg is listed is accepted by the whole turn, and every other refused.
 */
import { expect, test } from 'vitest';
import type { Operation } from '../../../machines/call/capabilities.ts';
import type { Leg } from '../../../machines/call/context.ts';
import { isLive, phonesOf } from '../../../machines/call/legs.ts';
import type { MachineEvent } from '../../../src/model/command.ts';
import { type Exchange, endOf, queueCallWithAlice, withAgents } from './exchange.ts';

/** Each operation with parameters that are right wherever it is possible at all. */
const ASKED: Readonly<Record<Operation, (leg: string, others: readonly string[]) => MachineEvent>> = {
  answer: (leg) => ({ type: 'answer', leg }),
  reject: (leg) => ({ type: 'reject', leg }),
  hangup: (leg) => ({ type: 'hangup', leg }),
  hold: (leg) => ({ type: 'hold', leg }),
  retrieve: (leg) => ({ type: 'retrieve', leg }),
  sendDtmf: (leg) => ({ type: 'sendDtmf', leg, digits: '12#' }),
  mute: (leg) => ({ type: 'mute', leg }),
  unmute: (leg) => ({ type: 'unmute', leg }),
  blindTransfer: (leg) => ({ type: 'blindTransfer', leg, target: { leg: 'n', number: '5551234' } }),
  consult: (leg) => ({
    ...{ type: 'consult', leg, consult: 'c9', consultLeg: 'n', purpose: 'transfer' },
    target: { leg: 'm', number: '5551234' },
  }),
  completeTransfer: (leg) => ({ type: 'completeTransfer', leg }),
  completeConference: (leg) => ({ type: 'completeConference', leg }),
  cancelConsult: (leg) => ({ type: 'cancelConsult', leg }),
  swapCalls: (leg) => ({ type: 'swapCalls', leg }),
  addParty: (leg) => ({ type: 'addParty', leg, target: { leg: 'n', number: '5551234' } }),
  removeParty: (leg, [party = leg]) => ({ type: 'removeParty', leg, party }),
  stopMonitoring: (leg) => ({ type: 'stopMonitoring', leg }),
  setUserData: () => ({ type: 'setUserData', userData: { language: 'de' } }),
  deleteUserData: () => ({ type: 'deleteUserData' }),
  startSuppression: () => ({ type: 'startSuppression' }),
  stopSuppression: () => ({ type: 'stopSuppression' }),
  startRecording: () => ({ type: 'startRecording' }),
  stopRecording: () => ({ type: 'stopRecording' }),
  kill: () => ({ type: 'kill' }),
  redirect: () => ({ type: 'redirect', queue: 'q3' }),
  transferWaiting: () => ({ type: 'transferWaiting', target: { leg: 'n', number: '5551234' } }),
  dropWaiting: () => ({ type: 'dropWaiting' }),
};
const OPERATIONS = Object.keys(ASKED) as readonly Operation[];

/** What may happen next to `c1` (alice talks to a caller of a queue) and `c2` (alice consults bob, or a queue). */
const HAPPENINGS: readonly { readonly to: string; readonly event: MachineEvent }[] = [
  ...['any', 'conference'].map((purpose) => ({
    to: 'call/c1',
    event: { type: 'consult', leg: 'a', consult: 'c2', consultLeg: 'a2', target: endOf('bob', 'b'), purpose },
  })),
  { to: 'call/c1', event: { type: 'addParty', leg: 'a', target: { ...endOf('carol', 'c'), recording: 'On Demand' } } },
  { to: 'call/c1', event: { type: 'monitor', leg: 'a', target: endOf('carol', 'm'), how: 'listen', scope: 'agent' } },
  { to: 'call/c2', event: { type: 'leg.forwarded', leg: 'b', queue: { queue: 'q2' }, why: 'busy' } },
  { to: 'call/c2', event: { type: 'offer', target: endOf('bob', 'b2'), ringMs: 1_000 } },
  { to: 'call/c2', event: { type: 'withdrawOffer' } },
  ...['x', 'a', 'c', 'm'].flatMap((leg) => onLeg('call/c1', leg)),
  ...['a2', 'b', 'b2'].flatMap((leg) => onLeg('call/c2', leg)),
  ...['c1', 'c2'].flatMap((call) =>
    ['completeTransfer', 'completeConference', 'cancelConsult', 'swapCalls'].map((type) => ({
      to: `call/${call}`,
      event: { type, leg: call === 'c1' ? 'a' : 'a2' },
    })),
  ),
  { to: 'call/c1', event: { type: 'startRecording' } },
  { to: 'call/c1', event: { type: 'startSuppression' } },
];

function onLeg(to: string, leg: string) {
  return ['leg.ringing', 'leg.answered', 'hold', 'retrieve', 'mute', 'leg.ended'].map((type) => ({
    to,
    event: { type, leg },
  }));
}

const STATES_MAX = 400;

/** Every state once that differs in what an operation could rest on, the nearest first. */
function* reachable(from: Exchange): Generator<Exchange> {
  const seen = new Set([keyOf(from)]);
  const next = [from];
  for (const exchange of next) {
    yield exchange;
    for (const { to, event } of HAPPENINGS) {
      if (seen.size >= STATES_MAX) break;
      const after = exchange.copy();
      if (after.send(to, event) !== undefined || seen.has(keyOf(after))) continue;
      seen.add(keyOf(after));
      next.push(after);
    }
  }
}

function keyOf(exchange: Exchange): string {
  const calls = exchange.calls().map((id) => {
    const { context } = exchange.call(id);
    const legs = phonesOf(context).map(({ id: leg, state, kind, muted }) => [leg, state, kind, muted]);
    const { consults, consultOf, queue, recording } = context;
    return [id, exchange.stage(id), legs, consults, consultOf, queue?.waiting, recording];
  });
  return JSON.stringify(calls);
}

test('in every state exactly what is listed is accepted', () => {
  const wrong = new Set<string>();
  const accepted = new Set<Operation>();
  let states = 0;
  for (const exchange of reachable(queueCallWithAlice(withAgents({ alice: '101', bob: '102', carol: '103' })))) {
    states += 1;
    for (const call of exchange.calls()) {
      const legs = phonesOf(exchange.call(call).context).filter(isLive);
      for (const leg of legs) {
        const listed = exchange.can(call, leg.id);
        for (const operation of OPERATIONS) {
          const isListed = listed.includes(operation);
          const isTaken = exchange.takes(`call/${call}`, ASKED[operation](leg.id, othersOf(legs, leg)));
          if (isTaken) accepted.add(operation);
          if (isListed !== isTaken)
            wrong.add(`${operation} by ${leg.id} ${isListed ? 'is listed' : 'is taken'}: ${keyOf(exchange)}`);
        }
      }
    }
  }
  expect([...wrong].slice(0, 5)).toEqual([]);
  expect(states).toBe(STATES_MAX);
  expect(OPERATIONS.filter((operation) => !accepted.has(operation))).toEqual([]);
});

function othersOf(legs: readonly Leg[], { id }: Leg): readonly string[] {
  return legs.filter((one) => one.id !== id && one.kind !== 'monitor').map((one) => one.id);
}
