/**
 * A call in a queue: in, offered, missed, elsewhere, out. Pure.
 */
import type { Fed } from '../boundary.ts';
import { type CallContext, type Decision, type Leg, type Queued, refuse } from './context.ts';
import { leftQueue, over, settled } from './ending.ts';
import type { EventOf } from './events.ts';
import { cannotAdd, inState, liveLegs, newLeg, released, withLegs } from './legs.ts';
import type { Cause, QueueEntry } from './parts.ts';

const SHORT_ABANDON_MS = 5_000;
/** Agents remembered as having missed the call. */
const MISSED_BY_MAX = 16;

/** The call waits from now on; the network has taken it, so its caller is through (and hears music, or ringing). */
export function enqueued(call: CallContext, entry: QueueEntry, at: number): CallContext {
  const before = call.queue?.waiting === true ? call.queue : undefined;
  const queue: Queued = {
    queue: entry.queue,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    priority: entry.priority ?? before?.priority ?? 0,
    skills: entry.skills ?? {},
    ...(entry.wrapUpMs === undefined ? {} : { wrapUpMs: entry.wrapUpMs }),
    shortAbandonMs: entry.shortAbandonMs ?? before?.shortAbandonMs ?? SHORT_ABANDON_MS,
    ...(entry.rings === undefined ? {} : { rings: entry.rings }),
    enteredAt: at,
    waitingSince: before?.waitingSince ?? at,
    waiting: true,
    offers: 0,
    missedBy: [],
  };
  return callersThrough({ ...call, queue }, at);
}

export function callersThrough(call: CallContext, at: number): CallContext {
  const caller = call.legs.find((leg) => leg.kind === 'caller' && leg.state === 'dialing');
  return caller === undefined ? call : inState(call, caller.id, 'established', at);
}

export function enqueue(call: CallContext, event: Fed<EventOf<'enqueue'>>): Decision {
  if (call.queue?.waiting === true) return refuse('alreadyQueued', { queue: call.queue.queue });
  if (liveLegs(call).length > 1) return refuse('alreadyRouted');
  return { call: enqueued(call, event, event.at) };
}

export function route(call: CallContext, { target, at }: Fed<EventOf<'route'>>): Decision {
  if (call.queue?.waiting === true) return refuse('alreadyQueued', { queue: call.queue.queue });
  if (liveLegs(call).length > 1) return refuse('alreadyRouted');
  return cannotAdd(call, target.leg) ?? { call: withLegs(call, newLeg(target, 'callee', at)) };
}

export function offer(call: CallContext, { target, ringMs, at }: Fed<EventOf<'offer'>>): Decision {
  if (call.queue?.waiting !== true) return refuse('notWaiting');
  const refused = cannotAdd(call, target.leg);
  if (refused !== undefined) return refused;
  const queue = { ...call.queue, offers: call.queue.offers + 1 };
  const leg = workOf(queue, newLeg({ ...target, ringMs }, 'agent', at));
  return { call: withLegs({ ...call, queue, offer: { agent: target.agent, leg: leg.id, since: at, ringMs } }, leg) };
}

/** A leg that this queue has dialled: its agent's work. */
function workOf({ queue, name, wrapUpMs }: Queued, leg: Leg): Leg {
  const named = name === undefined ? {} : { name };
  return { ...leg, work: { queue, ...named, ...(wrapUpMs === undefined ? {} : { wrapUpMs }) } };
}

/** The offered agent did not take it; the cause of his leg says why, and tells him whether that was his doing. */
export function offerOver(call: CallContext, cause: Cause, at: number): CallContext {
  const { offer, queue } = call;
  if (offer === null || queue === null) return call;
  const missed = isMissed(cause);
  const missedBy = [...queue.missedBy.filter((agent) => agent !== offer.agent), offer.agent].slice(-MISSED_BY_MAX);
  const waiting = { ...call, offer: null, queue: missed ? { ...queue, missedBy } : queue };
  return settled(released(waiting, offer.leg, cause, at), at, cause, null);
}

/** Causes that count as the agent's not answering. */
export function isMissed(cause: Cause): boolean {
  return (
    cause === 'noAnswer' || cause === 'busy' || cause === 'rejected' || cause === 'unreachable' || cause === 'failed'
  );
}

export function withdrawOffer(call: CallContext, { at }: Fed<EventOf<'withdrawOffer'>>): Decision {
  return call.offer === null ? refuse('notOffered') : { call: offerOver(call, 'withdrawn', at) };
}

export function offerDeclined(call: CallContext, { agent, at }: Fed<EventOf<'offer.declined'>>): Decision {
  return { call: call.offer?.agent === agent ? offerOver(call, 'withdrawn', at) : call };
}

export function redirect(call: CallContext, event: Fed<EventOf<'redirect'>>): Decision {
  if (call.queue?.waiting !== true) return refuse('notWaiting');
  return { call: enqueued(offerOver(call, 'withdrawn', event.at), event, event.at) };
}

export function transferWaiting(call: CallContext, { target, at }: Fed<EventOf<'transferWaiting'>>): Decision {
  if (call.queue?.waiting !== true) return refuse('notWaiting');
  const refused = cannotAdd(call, target.leg);
  if (refused !== undefined) return refused;
  const waiting = offerOver(call, 'withdrawn', at);
  const leg = newLeg(target, 'callee', at);
  const queue = waiting.queue === null ? null : leftQueue(waiting.queue, at, 'transferred');
  return { call: withLegs({ ...waiting, queue }, target.acd === true ? workOf(call.queue, leg) : leg) };
}

export function dropWaiting(call: CallContext, { cause = 'dropped', at }: Fed<EventOf<'dropWaiting'>>): Decision {
  return call.queue?.waiting === true ? { call: over(call, at, cause, null) } : refuse('notWaiting');
}
