/**
 * After a time in which events and orders were lost: what the log expects against what the switch has. Pure.
 * The log is right about what people asked for (hold, mute, hang up); the switch about what happened to a leg.
 */
import type { CallContext, Leg } from '../../machines/call/context.ts';
import { isLive, isUp, phonesOf } from '../../machines/call/legs.ts';
import type { KnownCall } from './known-calls.ts';
import type { CallRef } from './orders.ts';
import { type Report, reportOf } from './reports.ts';
import type { ExpectedLeg, LiveLeg } from './switch.ts';

export function expectedLegs(calls: readonly KnownCall[]): readonly ExpectedLeg[] {
  return calls.flatMap(({ ref, context }) =>
    phonesOf(context).flatMap((leg) => (leg.state === 'released' ? [] : [expected(ref, leg, leg.state)])),
  );
}

function expected({ tenant, call }: CallRef, leg: Leg, state: ExpectedLeg['state']): ExpectedLeg {
  const { id, number, line, incoming = false, shares } = leg;
  return {
    ...{ tenant, call, leg: id, number, state, incoming },
    ...(line === undefined ? {} : { line }),
    ...(shares === undefined ? {} : { shares }),
  };
}

/** The events that would have come. */
export function missedBy(ref: CallRef, call: CallContext, live: readonly LiveLeg[]): readonly Report[] {
  return phonesOf(call)
    .filter(isLive)
    .flatMap((leg) => {
      const type = missedFact(leg, found(ref, leg, live));
      if (type === undefined) return [];
      const event = { type, leg: leg.id, ...(type === 'leg.ended' ? { cause: 'lost' } : {}) };
      const to = { tenant: ref.tenant, kind: 'call', id: ref.call };
      return [reportOf(ref.tenant, leg.id, `resync ${type}`, [{ to, event }])];
    });
}

function missedFact(leg: Leg, there: LiveLeg | undefined): string | undefined {
  // A leg that we were dialling is dialled again; one that was answered already, or that called us, is gone.
  if (there === undefined) {
    const isDialledAgain = !isUp(leg) && leg.incoming !== true && leg.joinedFrom === undefined;
    return isDialledAgain ? undefined : 'leg.ended';
  }
  if (there.state === 'up') return isUp(leg) || leg.kind === 'caller' ? undefined : 'leg.answered';
  return there.state === 'ringing' && leg.state === 'dialing' ? 'leg.ringing' : undefined;
}

/** The call with its legs as the switch has them: what differs from the log has to be ordered again. */
export function asFound(ref: CallRef, call: CallContext, live: readonly LiveLeg[]): CallContext {
  const legs = (of: readonly Leg[]) =>
    of.flatMap((leg) => {
      if (!isLive(leg)) return [leg];
      const there = found(ref, leg, live);
      if (there !== undefined) return [seen(leg, there)];
      return missedFact(leg, there) === undefined ? [] : [leg];
    });
  const { monitors } = call;
  return { ...call, legs: legs(call.legs), ...(monitors === undefined ? {} : { monitors: legs(monitors) }) };
}

function seen(leg: Leg, { state, held }: LiveLeg): Leg {
  if (state !== 'up') return { ...leg, state };
  if (!isUp(leg)) return leg;
  return { ...leg, state: held ? 'held' : 'established' };
}

function found({ tenant }: CallRef, leg: Leg, live: readonly LiveLeg[]): LiveLeg | undefined {
  return live.find((one) => one.tenant === tenant && one.leg === leg.id);
}
