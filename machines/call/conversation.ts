/**
 * What people do on a leg of a call: answer, hang up, hold, mute, dial digits, transfer, bring somebody in. Pure.
 */
import type { Fed } from '../boundary.ts';
import { displacedBy } from './consult.ts';
import { type CallContext, type Decision, refuse } from './context.ts';
import { leftQueue, over, settled } from './ending.ts';
import type { EventOf } from './events.ts';
import {
  cannotAdd,
  changed,
  inState,
  isLive,
  isUp,
  legIn,
  legOf,
  legWithCompany,
  legWithOthers,
  liveLegs,
  newLeg,
  partyIn,
  released,
  withLegs,
} from './legs.ts';
import { monitorsNow } from './monitoring.ts';
import type { Cause } from './parts.ts';
import { merged, talking } from './user-data.ts';
import { callersThrough, enqueued, offerOver } from './waiting.ts';

/** A phone was picked up. Late, twice, or on a leg that is gone: nothing. */
export function answered(call: CallContext, id: string, at: number): CallContext {
  const leg = legOf(call, id);
  if (leg === undefined || !isLive(leg) || isUp(leg)) return call;
  if (leg.kind === 'monitor') return monitorsNow(call, leg, at);
  if (leg.kind === 'caller') return call.next === null ? call : nextCalled(inState(call, id, 'dialing', at), at);
  const up = changed(call, id, (one) => ({ ...one, state: 'established', since: at, answeredAt: at }));
  const through = callersThrough(up, at);
  const taken: CallContext =
    call.offer?.leg === id && call.queue !== null
      ? { ...through, offer: null, queue: leftQueue(call.queue, at, 'answered') }
      : through;
  return talking(nextCalled(taken, at), at);
}

function nextCalled(call: CallContext, at: number): CallContext {
  if (call.next === null || cannotAdd(call, call.next.leg) !== undefined) return call;
  return { ...withLegs(call, newLeg(call.next, 'callee', at)), next: null };
}

/** A leg ended, whoever ended it. */
export function gone(call: CallContext, id: string, cause: Cause, at: number): CallContext {
  const leg = legOf(call, id);
  if (leg === undefined || !isLive(leg)) return call;
  const refusedIt = cause === 'hangup' && leg.kind !== 'caller' && !isUp(leg);
  const final = refusedIt ? 'rejected' : cause;
  if (call.offer?.leg === id) return offerOver(call, final, at);
  return settled(released(call, id, final, at), at, final, cause === 'lost' ? null : id);
}

export function answer(call: CallContext, { leg, at }: Fed<EventOf<'answer'>>): Decision {
  const found = legIn(call, leg, ['ringing'], 'notRinging');
  return 'reason' in found ? found : { call: answered(call, leg, at), tells: displacedBy(call, leg) };
}

export function reject(call: CallContext, { leg, at }: Fed<EventOf<'reject'>>): Decision {
  const found = legIn(call, leg, ['ringing'], 'notRinging');
  return 'reason' in found ? found : { call: gone(call, leg, 'rejected', at) };
}

export function hangup(call: CallContext, { leg, at }: Fed<EventOf<'hangup'>>): Decision {
  const found = legIn(call, leg, ['dialing', 'established', 'held'], 'notEstablished');
  return 'reason' in found ? found : { call: gone(call, leg, 'hangup', at) };
}

export function kill(call: CallContext, { at }: Fed<EventOf<'kill'>>): Decision {
  return { call: over(call, at, 'killed', null) };
}

export function hold(call: CallContext, { leg, at }: Fed<EventOf<'hold'>>): Decision {
  const found = legIn(call, leg, ['established'], 'notEstablished');
  return 'reason' in found ? found : { call: inState(call, leg, 'held', at) };
}

export function retrieve(call: CallContext, { leg, at }: Fed<EventOf<'retrieve'>>): Decision {
  const found = legIn(call, leg, ['held'], 'notHeld');
  if ('reason' in found) return found;
  if (call.consults.some((consult) => consult.leg === leg)) return refuse('consultLive', { leg });
  return { call: inState(call, leg, 'established', at), tells: displacedBy(call, leg) };
}

export function sendDtmf(call: CallContext, { leg }: Fed<EventOf<'sendDtmf'>>): Decision {
  const found = partyIn(call, leg, ['dialing', 'established'], 'notEstablished');
  return 'reason' in found ? found : { call };
}

export function mute(call: CallContext, { leg }: Fed<EventOf<'mute'>>): Decision {
  const found = legIn(call, leg, ['established'], 'notEstablished');
  if ('reason' in found) return found;
  if (found.muted) return refuse('alreadyMuted', { leg });
  return { call: changed(call, leg, (one) => ({ ...one, muted: true })) };
}

export function unmute(call: CallContext, { leg }: Fed<EventOf<'unmute'>>): Decision {
  const found = legIn(call, leg, ['established'], 'notEstablished');
  if ('reason' in found) return found;
  if (!found.muted) return refuse('notMuted', { leg });
  return { call: changed(call, leg, ({ muted: _, ...one }) => one) };
}

export function blindTransfer(call: CallContext, event: Fed<EventOf<'blindTransfer'>>): Decision {
  const { leg, target, queue, userData, at } = event;
  const found = queue === undefined ? legWithOthers(call, leg) : legWithCompany(call, leg);
  if ('reason' in found) return found;
  const refused = target === undefined ? undefined : cannotAdd(call, target.leg);
  if (refused !== undefined) return refused;
  const without = released(call, leg, 'transferred', at);
  if (target !== undefined) return merged(withLegs(without, newLeg(target, 'callee', at)), userData);
  if (queue === undefined) return refuse('nobodyElse');
  return merged(enqueued(offerOver(without, 'withdrawn', at), queue, at), userData);
}

export function addParty(call: CallContext, { leg, target, at }: Fed<EventOf<'addParty'>>): Decision {
  const found = legWithOthers(call, leg);
  if ('reason' in found) return found;
  const refused = cannotAdd(call, target.leg);
  if (refused !== undefined) return refused;
  return {
    call: withLegs(inState(call, leg, 'established', at), newLeg(target, 'party', at)),
    tells: displacedBy(call, leg),
  };
}

export function removeParty(call: CallContext, { leg, party, at }: Fed<EventOf<'removeParty'>>): Decision {
  const found = partyIn(call, leg, ['established', 'held'], 'notEstablished');
  if ('reason' in found) return found;
  if (liveLegs(call).length < 3) return refuse('notConference');
  const other = partyIn(call, party, ['dialing', 'ringing', 'established', 'held'], 'legReleased');
  return 'reason' in other ? other : { call: gone(call, party, 'hangup', at) };
}
