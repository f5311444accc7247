/**
 * Supervisors who listen in: connections beside the legs of a call. They hear everybody; nobody hears them, or the agent
 * alone (coach). They answer nothing, keep no call alive and are counted nowhere, until they barge in: then they are a
 * party like any other. Pure.
 */
import type { Fed } from '../boundary.ts';
import { type CallContext, type Decision, type Leg, refuse } from './context.ts';
import type { EventOf } from './events.ts';
import {
  cannotAdd,
  changed,
  isLive,
  isUp,
  legOf,
  liveLegs,
  monitorsOf,
  newLeg,
  partyIn,
  released,
  withLegs,
} from './legs.ts';
import { MONITORS_MAX, UP_LEGS_MAX } from './parts.ts';
import { talking } from './user-data.ts';

/** Calls a supervisor's phone, or changes what he does there already. */
export function monitor(call: CallContext, event: Fed<EventOf<'monitor'>>): Decision {
  const { leg, target, how, scope, at } = event;
  const watched = partyIn(call, leg, ['established', 'held'], 'notEstablished');
  if ('reason' in watched) return watched;
  const there = monitorsOf(call).find((one) => isLive(one) && one.agent === target.agent);
  if (there !== undefined) return changedTo(call, there, event);
  if (liveLegs(call).some((one) => one.agent === target.agent)) return refuse('inCall');
  const refused = cannotAdd(call, target.leg);
  if (refused !== undefined) return refused;
  const kept = monitorsOf(call).filter(isLive);
  if (kept.length >= MONITORS_MAX) return refuse('tooManyLegs');
  const added: Leg = { ...newLeg(target, 'monitor', at), watches: { leg, how, scope } };
  return { call: { ...call, monitors: [...kept, added] } };
}

function changedTo(call: CallContext, there: Leg, { leg, how, scope, at }: Fed<EventOf<'monitor'>>): Decision {
  const now = { leg, how, scope };
  if (JSON.stringify(there.watches) === JSON.stringify(now)) return refuse('alreadyMonitoring', { leg: there.id });
  const next = changed(call, there.id, (one) => ({ ...one, watches: now }));
  return { call: how === 'barge' && isUp(there) ? bargedIn(next, there.id, at) : next };
}

/** Refused with `notMonitoring`. Who has barged in stays, for his own sake. */
export function stopMonitoring(call: CallContext, { leg, at }: Fed<EventOf<'stopMonitoring'>>): Decision {
  const found = legOf(call, leg);
  if (found?.watches === undefined || !isLive(found)) return refuse('notMonitoring', { leg });
  if (found.kind === 'monitor') return { call: released(call, leg, 'hangup', at) };
  return { call: changed(call, leg, ({ watches: _, ...own }) => own) };
}

/** His phone is off hook. */
export function monitorsNow(call: CallContext, { id, watches }: Leg, at: number): CallContext {
  const up = changed(call, id, (one) => ({ ...one, state: 'established', since: at, answeredAt: at }));
  return watches?.how === 'barge' ? bargedIn(up, id, at) : up;
}

/** He talks with the others from now on; where there is no room for him he has to go. */
function bargedIn(call: CallContext, id: string, at: number): CallContext {
  const leg = legOf(call, id);
  if (leg === undefined) return call;
  if (liveLegs(call).length >= UP_LEGS_MAX) return released(call, id, 'failed', at);
  const monitors = monitorsOf(call).filter((one) => one.id !== id);
  return talking(withLegs({ ...call, monitors }, { ...leg, kind: 'party', state: 'established' }), at);
}

/** When the watched leg is gone: on to the next agent in the call, or away, as the supervisor asked. */
export function watchedOn(call: CallContext, at: number): CallContext {
  return monitorsOf(call).reduce((now, one) => {
    const { watches } = one;
    const watched = watches === undefined ? undefined : legOf(now, watches.leg);
    if (!isLive(one) || watches === undefined || (watched !== undefined && isLive(watched))) return now;
    if (watches.scope === 'agent') return released(now, one.id, 'withdrawn', at);
    const next = liveLegs(now).find(({ agent }) => agent !== undefined);
    if (next === undefined) return now;
    return changed(now, one.id, (leg) => ({ ...leg, watches: { ...watches, leg: next.id } }));
  }, call);
}
