/**
 * What follows when a leg is gone: the call goes on, waits on, or is over. Pure.
 */
import type { CallContext, Queued } from './context.ts';
import { isLive, liveLegs, releasedLeg, waits } from './legs.ts';
import type { Cause } from './parts.ts';

/** Releases everybody. A call that is over has a cause, no live leg, no offer, and waits nowhere. */
export function over(call: CallContext, at: number, cause: Cause, endedBy: string | null): CallContext {
  if (call.endedAt !== null) return call;
  const waiting = call.queue?.waiting === true ? call.queue : null;
  const abandoned = waiting !== null && (cause === 'hangup' || cause === 'lost');
  const final = abandoned ? 'abandoned' : cause;
  return {
    ...call,
    legs: call.legs.map((leg) => (isLive(leg) ? releasedLeg(leg, final, at) : leg)),
    ...(call.monitors === undefined
      ? {}
      : { monitors: call.monitors.map((leg) => (isLive(leg) ? releasedLeg(leg, final, at) : leg)) }),
    queue: waiting === null ? call.queue : leftQueue(waiting, at, outcomeOf(final)),
    offer: null,
    next: null,
    recording: { ...call.recording, active: false },
    endedAt: at,
    cause: final,
    endedBy,
    abandoned,
    shortAbandoned: abandoned && at - waiting.waitingSince < waiting.shortAbandonMs,
  };
}

/** After a leg was released: over when nobody is left to talk or wait. */
export function settled(call: CallContext, at: number, cause: Cause, endedBy: string | null): CallContext {
  return goesOn(call) ? call : over(call, at, cause, endedBy);
}

function goesOn(call: CallContext): boolean {
  if (call.queue?.waiting === true) return call.legs.some((leg) => waits(call, leg)) || call.next !== null;
  const live = liveLegs(call).length;
  return live >= 2 || (live === 1 && call.next !== null);
}

export function leftQueue(queue: Queued, at: number, outcome: NonNullable<Queued['outcome']>): Queued {
  return { ...queue, waiting: false, leftAt: at, outcome };
}

function outcomeOf(cause: Cause): NonNullable<Queued['outcome']> {
  if (cause === 'abandoned' || cause === 'closed' || cause === 'killed') return cause;
  return 'dropped';
}
