/**
 * How calls begin: from the switch, from a dialect, from a queue, as a consult, from the past. Pure.
 */
import type { Fed } from '../boundary.ts';
import { ABSENT, type CallContext, type Decision, type Leg, type Queued, type Refused } from './context.ts';
import type { EventOf } from './events.ts';
import { cannotAdd, newLeg, releasedLeg, withLegs } from './legs.ts';
import type { End } from './parts.ts';
import { tooLarge } from './user-data.ts';
import { enqueued } from './waiting.ts';

type Birth = Fed<EventOf<'arrive' | 'originate' | 'originateFromQueue' | 'consulting' | 'imported'>>;

export function arrive(_: CallContext, event: Fed<EventOf<'arrive'>>): Decision {
  const { caller, target, queue, at } = event;
  const refused = unfit(event, caller, target);
  if (refused !== undefined) return refused;
  const call = withLegs(begun(event, caller), { ...newLeg(caller, 'caller', at), incoming: true });
  if (queue !== undefined) return { call: enqueued(call, queue, at) };
  return { call: target === undefined ? call : withLegs(call, newLeg(target, 'callee', at)) };
}

export function originate(_: CallContext, event: Fed<EventOf<'originate'>>): Decision {
  const { caller, target, ringFirst, at } = event;
  const refused = unfit(event, caller, target);
  if (refused !== undefined) return refused;
  const call = withLegs(begun(event, caller), newLeg(caller, 'caller', at));
  return { call: ringFirst === true ? { ...call, next: target } : withLegs(call, newLeg(target, 'callee', at)) };
}

export function originateFromQueue(_: CallContext, event: Fed<EventOf<'originateFromQueue'>>): Decision {
  const { target, queue, from = '', fromName, atOnce, at } = event;
  const refused = unfit(event);
  if (refused !== undefined) return refused;
  const call = begun(event, { number: from, ...(fromName === undefined ? {} : { name: fromName }) });
  const called = atOnce === true ? withLegs(call, newLeg(target, 'callee', at)) : { ...call, next: target };
  return { call: enqueued(called, queue, at) };
}

export function consulting(_: CallContext, event: Fed<EventOf<'consulting'>>): Decision {
  const { caller, target, consultOf, at } = event;
  const refused = unfit(event, caller, target);
  if (refused !== undefined) return refused;
  const consultant: Leg = { ...newLeg(caller, 'caller', at), shares: consultOf.leg };
  return { call: withLegs({ ...begun(event, caller), consultOf }, consultant, newLeg(target, 'callee', at)) };
}

/** Over from the beginning, with the times it is told. */
export function imported(_: CallContext, event: Fed<EventOf<'imported'>>): Decision {
  const { caller, target, queue, startedAt, answeredAt, endedAt, cause, endedBy = null, recording } = event;
  const refused = unfit(event, caller, target);
  if (refused !== undefined) return refused;
  const past = (end: End, kind: Leg['kind']): Leg => ({
    ...releasedLeg(newLeg(end, kind, startedAt), cause, endedAt),
    ...(answeredAt === undefined ? {} : { answeredAt }),
  });
  const call = withLegs(begun(event, caller), past(caller, 'caller'), past(target, queue ? 'agent' : 'callee'));
  const queued = queue === undefined ? null : queuedInThePast(enqueued(ABSENT, queue, startedAt).queue, event);
  return {
    call: {
      ...call,
      queue: queued,
      recording: { ...call.recording, mode: recording ?? 'None' },
      startedAt,
      answeredAt: answeredAt ?? null,
      endedAt,
      cause,
      endedBy,
      abandoned: cause === 'abandoned',
      shortAbandoned: cause === 'abandoned' && queued !== null && endedAt - startedAt < queued.shortAbandonMs,
    },
  };
}

function queuedInThePast(queue: Queued | null, event: Fed<EventOf<'imported'>>): Queued | null {
  if (queue === null) return null;
  const outcome = event.answeredAt === undefined ? 'abandoned' : 'answered';
  return { ...queue, waiting: false, leftAt: event.answeredAt ?? event.endedAt, outcome, offers: 1 };
}

function begun(event: Birth, caller: { readonly number: string; readonly name?: string }): CallContext {
  const { linkedId, direction, to, toName, userData, reservation, at, self } = event;
  return {
    ...ABSENT,
    linkedId: linkedId ?? self.id,
    direction,
    from: caller.number,
    ...(caller.name === undefined ? {} : { fromName: caller.name }),
    to,
    ...(toName === undefined ? {} : { toName }),
    userData: userData ?? {},
    reservation: reservation ?? null,
    startedAt: at,
  };
}

function unfit({ userData }: Birth, ...ends: readonly (End | undefined)[]): Refused | undefined {
  const legs = ends.flatMap((end) => (end === undefined ? [] : [end.leg]));
  return (userData === undefined ? undefined : tooLarge(userData)) ?? cannotAdd(ABSENT, ...legs);
}
