/**
 * What the switch says happened to a leg. Facts are taken in every state: what is late, comes twice, or is about an
 * unknown leg changes nothing; about a leg that another call has taken over, it is passed on. Pure.
 */
import type { Fed } from '../boundary.ts';
import type { CallContext, Decision } from './context.ts';
import { answered, gone } from './conversation.ts';
import type { EventOf } from './events.ts';
import { cannotAdd, changed, inState, isLive, isUp, legOf, liveLegs, newLeg, released, withLegs } from './legs.ts';
import { enqueued, offerOver } from './waiting.ts';

type LegFact = Fed<
  EventOf<
    | 'leg.ringing'
    | 'leg.answered'
    | 'leg.held'
    | 'leg.retrieved'
    | 'leg.failed'
    | 'leg.ended'
    | 'leg.forwarded'
    | 'leg.dtmf'
    | 'leg.displaced'
  >
>;

export function legFact(call: CallContext, fed: LegFact): Decision {
  const leg = legOf(call, fed.leg);
  if (leg?.movedTo === undefined) return { call: after(call, fed) };
  const { at: _at, self: _self, ...event } = fed;
  return { call, tells: [{ call: leg.movedTo, event }] };
}

function after(call: CallContext, fact: LegFact): CallContext {
  const leg = legOf(call, fact.leg);
  if (leg === undefined || !isLive(leg)) return call;
  switch (fact.type) {
    case 'leg.ringing': {
      const rings = leg.state === 'dialing' && (leg.kind !== 'caller' || call.next !== null);
      return rings ? inState(call, leg.id, 'ringing', fact.at) : call;
    }
    case 'leg.answered':
      return answered(call, leg.id, fact.at);
    case 'leg.held':
    case 'leg.retrieved':
      return switchedTo(call, fact, fact.type === 'leg.held' ? 'held' : 'established');
    case 'leg.displaced':
      return leg.state === 'established' ? inState(call, leg.id, 'held', fact.at) : call;
    case 'leg.failed':
      return gone(call, leg.id, fact.cause, fact.at);
    case 'leg.ended':
      return gone(call, leg.id, fact.cause ?? 'hangup', fact.at);
    case 'leg.forwarded':
      return forwarded(call, fact);
    case 'leg.dtmf':
      return call;
  }
}

/** The hold key goes back and forth, so only the newest word counts; orders given by us carry no number. */
function switchedTo(
  call: CallContext,
  { leg: id, order, at }: Fed<EventOf<'leg.held' | 'leg.retrieved'>>,
  state: 'held' | 'established',
): CallContext {
  const leg = legOf(call, id);
  if (leg === undefined) return call;
  if (order !== undefined && leg.order !== undefined && order <= leg.order) return call;
  const noted = order === undefined ? call : changed(call, id, (one) => ({ ...one, order }));
  return isUp(leg) ? inState(noted, id, state, at) : noted;
}

/** Whoever was called is called elsewhere. Not for offers: a queue wants this agent, at his phone. */
function forwarded(call: CallContext, { leg: id, target, queue, at }: Fed<EventOf<'leg.forwarded'>>): CallContext {
  const leg = legOf(call, id);
  if (leg === undefined || isUp(leg) || leg.kind === 'caller' || leg.kind === 'monitor') return call;
  if (call.offer?.leg === id) return offerOver(call, 'unreachable', at);
  const without = released(call, id, 'forwarded', at);
  // Only a caller who is alone goes into a queue: not people who talk with each other, nor one who waits in a queue already.
  const isAlone = liveLegs(without).length === 1 && call.queue?.waiting !== true;
  if (queue !== undefined && isAlone) return enqueued(without, queue, at);
  if (target === undefined || cannotAdd(without, target.leg) !== undefined) return gone(call, id, 'failed', at);
  return withLegs(without, newLeg(target, leg.kind, at));
}
