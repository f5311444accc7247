/**
 * The legs of a call as a list: finding, adding, changing, releasing. Pure, and without an opinion on what follows.
 */
import type { CallContext, Leg, LegState, Refused } from './context.ts';
import { refuse } from './context.ts';
import { type Cause, type End, LEGS_MAX, UP_LEGS_MAX } from './parts.ts';

const NOBODY: readonly Leg[] = [];

export function monitorsOf(call: CallContext): readonly Leg[] {
  return call.monitors ?? NOBODY;
}

/** Every connection there is or was: the people in the call, and those who listen in. */
export function phonesOf(call: CallContext): readonly Leg[] {
  return call.monitors === undefined ? call.legs : [...call.legs, ...call.monitors];
}

export function legOf(call: CallContext, id: string): Leg | undefined {
  return call.legs.find((leg) => leg.id === id) ?? monitorsOf(call).find((leg) => leg.id === id);
}

export function isUp({ state }: Leg): boolean {
  return state === 'established' || state === 'held';
}

export function isLive({ state }: Leg): boolean {
  return state !== 'released';
}

export function upLegs(call: CallContext): readonly Leg[] {
  return call.legs.filter(isUp);
}

export function liveLegs(call: CallContext): readonly Leg[] {
  return call.legs.filter(isLive);
}

/** The leg, if it is in one of these states; else why not. */
export function legIn(
  call: CallContext,
  id: string,
  states: readonly Leg['state'][],
  reason: Refused['reason'],
): Leg | Refused {
  const leg = legOf(call, id);
  if (leg === undefined) return refuse('unknownLeg', { leg: id });
  return states.includes(leg.state) ? leg : refuse(reason, { leg: id, state: leg.state });
}

/** The same of somebody who takes part; who listens in is `unknownLeg`. */
export function partyIn(...asked: Parameters<typeof legIn>): Leg | Refused {
  const found = legIn(...asked);
  return 'reason' in found || found.kind !== 'monitor' ? found : refuse('unknownLeg', { leg: found.id });
}

/** The leg of somebody who talks, or has put on hold, and is not alone. */
export function legWithOthers(call: CallContext, id: string): Leg | Refused {
  const found = partyIn(call, id, ['established', 'held'], 'notEstablished');
  return 'reason' in found || hasOthers(call, id) ? found : refuse('nobodyElse', { leg: id });
}

/** The same where it is enough that others are being called: they wait in a queue, too. */
export function legWithCompany(call: CallContext, id: string): Leg | Refused {
  const found = partyIn(call, id, ['established', 'held'], 'notEstablished');
  if ('reason' in found) return found;
  const company = call.legs.some((leg) => leg.id !== id && waits(call, leg));
  return company ? found : refuse('nobodyElse', { leg: id });
}

function hasOthers(call: CallContext, id: string): boolean {
  return call.legs.some((leg) => leg.id !== id && isUp(leg));
}

/** One who could wait in a queue by himself: not an agent who is offered the call, nor a supervisor who came for another. */
export function waits({ offer }: CallContext, leg: Leg): boolean {
  return isLive(leg) && leg.id !== offer?.leg && leg.watches === undefined;
}

export function changed(call: CallContext, id: string, change: (leg: Leg) => Leg): CallContext {
  const index = call.legs.findIndex((leg) => leg.id === id);
  const leg = call.legs[index];
  if (leg !== undefined) return { ...call, legs: call.legs.with(index, change(leg)) };
  if (call.monitors === undefined) return call;
  return { ...call, monitors: call.monitors.map((one) => (one.id === id ? change(one) : one)) };
}

export function inState(call: CallContext, id: string, state: LegState, at: number): CallContext {
  return changed(call, id, (leg) => (leg.state === state ? leg : { ...leg, state, since: at }));
}

export function released(call: CallContext, id: string, cause: Cause, at: number): CallContext {
  return changed(call, id, (leg) => (isLive(leg) ? releasedLeg(leg, cause, at) : leg));
}

export function releasedLeg({ muted: _, ...leg }: Leg, cause: Cause, at: number): Leg {
  return { ...leg, state: 'released', since: at, cause };
}

/** A leg for one more end, about to be dialled. */
export function newLeg(end: End, kind: Leg['kind'], at: number): Leg {
  const { leg: id, number, name, line, agent, recording, ringMs } = end;
  return {
    id,
    kind,
    number,
    ...(name === undefined ? {} : { name }),
    ...(line === undefined ? {} : { line }),
    ...(agent === undefined ? {} : { agent }),
    state: 'dialing',
    since: at,
    startedAt: at,
    ...(recording === undefined ? {} : { recording }),
    ...(ringMs === undefined ? {} : { ringMs }),
  };
}

/** Beyond `LEGS_MAX` the oldest released ones are forgotten; the log still has them. */
export function withLegs(call: CallContext, ...added: readonly Leg[]): CallContext {
  const legs = [...call.legs, ...added];
  while (legs.length > LEGS_MAX) {
    const oldest = legs.findIndex((leg) => !isLive(leg));
    if (oldest < 0) break;
    legs.splice(oldest, 1);
  }
  return { ...call, legs };
}

/** Why these legs cannot be added. */
export function cannotAdd(call: CallContext, ...ids: readonly string[]): Refused | undefined {
  const known = ids.find((id) => legOf(call, id) !== undefined);
  if (known !== undefined) return refuse('legExists', { leg: known });
  if (new Set(ids).size < ids.length) return refuse('legExists');
  return liveLegs(call).length + ids.length > UP_LEGS_MAX ? refuse('tooManyLegs') : undefined;
}
