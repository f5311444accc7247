/**
 * Completing a consult: the consult hands its other legs over, and the original takes them, with what they had begun. Both
 * move in one turn, whichever was asked; a phone that joins two of its calls completes a consult that nobody had named so. Pure.
 */
import type { JsonObject } from '../../src/model/json.ts';
import type { Fed } from '../boundary.ts';
import { pairOf } from './consult.ts';
import { type CallContext, type CallTell, type Decision, type Leg, type Queued, refuse } from './context.ts';
import { leftQueue, over } from './ending.ts';
import type { EventOf } from './events.ts';
import { inState, isLive, legWithOthers, liveLegs, partyIn, released, releasedLeg, withLegs } from './legs.ts';
import { CONSULTS_MAX, UP_LEGS_MAX } from './parts.ts';
import { talking } from './user-data.ts';

/** Both ways of completing: the consult hands its other legs over, whichever of the two was asked. */
export function complete(how: 'transferred' | 'conferenced') {
  const type = how === 'transferred' ? 'completeTransfer' : 'completeConference';
  const purpose = how === 'transferred' ? 'transfer' : 'conference';
  return (call: CallContext, event: Fed<EventOf<'completeTransfer' | 'completeConference'>>): Decision => {
    const pair = pairOf(call, event);
    if ('reason' in pair) return pair;
    const begunFor = pair.role === 'original' ? pair.found.purpose : pair.original.purpose;
    if (begunFor !== 'any' && begunFor !== purpose) return refuse('otherPurpose', { purpose: begunFor });
    const waits = pair.role === 'original' ? pair.found.waits === true : call.queue?.waiting === true;
    if (waits && how === 'conferenced') return refuse('notAnswered');
    if (pair.role === 'consult') {
      if (call.queue?.waiting !== true) return handedOver(call, event, pair.original.call, how);
      return queuedInstead(call, call.queue, pair.original, event.at);
    }
    return { call, tells: [{ call: pair.found.call, event: { type, leg: pair.found.consultLeg } }] };
  };
}

/** The phone joins two calls of its own; the other is made the consult that it was to its user, and completed. */
export function transferOnto(call: CallContext, event: Fed<EventOf<'transferOnto'>>): Decision {
  const { leg, other, otherLeg, self } = event;
  const found = legWithOthers(call, leg);
  if ('reason' in found) return found;
  if (other === self.id) return refuse('exists');
  const others = call.consults.filter((one) => one.call !== other);
  if (others.length >= CONSULTS_MAX) return refuse('tooManyConsults');
  const purpose = 'transfer';
  return {
    call: { ...call, consults: [...others, { call: other, leg, consultLeg: otherLeg, purpose }] },
    tells: [{ call: other, event: { type: 'handOver', leg: otherLeg, original: { call: self.id, leg, purpose } } }],
  };
}

export function handOver(call: CallContext, event: Fed<EventOf<'handOver'>>): Decision {
  const { leg, original, at } = event;
  const found = partyIn(call, leg, ['dialing', 'established', 'held'], 'notEstablished');
  if ('reason' in found) return found;
  const given =
    call.queue?.waiting === true
      ? queuedInstead(call, call.queue, original, at)
      : handedOver(call, event, original.call, 'transferred');
  if ('reason' in given || call.consultOf === null || call.consultOf.call === original.call) return given;
  const ended: CallTell = { call: call.consultOf.call, event: { type: 'consult.ended', consult: event.self.id } };
  return { ...given, tells: [ended, ...(given.tells ?? [])] };
}

function handedOver(
  call: CallContext,
  { leg, at, self }: Fed<{ readonly leg: string }>,
  original: string,
  how: 'transferred' | 'conferenced',
): Decision {
  const moving = liveLegs(call).filter(({ id }) => id !== leg);
  if (moving.length === 0) return refuse('nobodyElse');
  const consults = call.consults.filter((one) => moving.some(({ id }) => id === one.leg));
  const legs = call.legs.map((one) =>
    moving.includes(one) ? { ...releasedLeg(one, how, at), movedTo: original } : one,
  );
  return {
    call: over({ ...call, legs, consults: [] }, at, how, null),
    tells: [
      ...call.consults
        .filter((one) => !consults.includes(one))
        .map((one): CallTell => ({ call: one.call, event: { type: 'consult.detached' } })),
      {
        call: original,
        event: {
          type: 'legs.joined',
          consult: self.id,
          how,
          legs: moving.map(moved),
          consults: consults.map((one) => ({ ...one })),
        },
      },
    ],
  };
}

function moved({ shares: _, watches: __, work, ...leg }: Leg): JsonObject {
  return { ...leg, ...(work === undefined ? {} : { work: { ...work } }) };
}

/** The consultant waits in a queue: whom he has on hold waits there from now on, and whoever is rung is rung for that one. */
function queuedInstead(
  call: CallContext,
  waits: Queued,
  original: NonNullable<CallContext['consultOf']>,
  at: number,
): Decision {
  const { queue, name, priority, skills, wrapUpMs, shortAbandonMs } = waits;
  const entry = {
    queue,
    ...(name === undefined ? {} : { name }),
    priority,
    skills,
    ...(wrapUpMs === undefined ? {} : { wrapUpMs }),
    shortAbandonMs,
  };
  return {
    call: over({ ...call, queue: leftQueue(waits, at, 'transferred') }, at, 'transferred', null),
    tells: [{ call: original.call, event: { type: 'blindTransfer', leg: original.leg, queue: entry } }],
  };
}

/** Legs come from a consult of ours; whoever consulted leaves (transfer) or is back (conference). */
export function legsJoined(call: CallContext, event: Fed<EventOf<'legs.joined'>>): Decision {
  const { consult: id, how, at } = event;
  const entry = call.consults.find((one) => one.call === id);
  if (entry === undefined) return refuse('unknownConsult', { consult: id });
  const joining = event.legs.map((leg) => joined(leg, id, how));
  const leaving = how === 'transferred' ? 1 : 0;
  if (liveLegs(call).length - leaving + joining.length > UP_LEGS_MAX) return refuse('tooManyLegs');
  const consults = [...call.consults.filter((one) => one !== entry), ...event.consults];
  if (consults.length > CONSULTS_MAX) return refuse('tooManyConsults');
  const without: CallContext = {
    ...call,
    consults,
    legs: call.legs.filter((leg) => isLive(leg) || !joining.some(({ id: other }) => other === leg.id)),
  };
  const ready =
    how === 'transferred'
      ? released(without, entry.leg, 'transferred', at)
      : inState(without, entry.leg, 'established', at);
  return {
    call: talking(withLegs(ready, ...joining), at),
    tells: event.consults.map((one) => ({ call: one.call, event: { type: 'consult.moved', to: event.self.id } })),
  };
}

function joined(leg: Leg, joinedFrom: string, how: 'transferred' | 'conferenced'): Leg {
  return { ...leg, kind: how === 'transferred' ? 'callee' : 'party', joinedFrom };
}

export function consultMoved(call: CallContext, { to }: Fed<EventOf<'consult.moved'>>): Decision {
  return { call: call.consultOf === null ? call : { ...call, consultOf: { ...call.consultOf, call: to } } };
}
