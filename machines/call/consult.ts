/**
 * Consults: a second call by somebody who has put the first on hold. Each call of the pair knows the other, and
 * what moves both is decided in one turn. How one is completed: completing.ts. Pure.
 */
import type { JsonObject } from '../../src/model/json.ts';
import type { Fed } from '../boundary.ts';
import { type CallContext, type CallTell, type Consult, type Decision, type Leg, refuse } from './context.ts';
import type { EventOf } from './events.ts';
import { inState, legOf, legWithOthers } from './legs.ts';
import { CONSULTS_MAX } from './parts.ts';
import { tooLarge } from './user-data.ts';

/** Whoever talks on this leg from now on is held in the other call of the pair. (An agent holds his others himself.) */
export function displacedBy(call: CallContext, id: string): readonly CallTell[] {
  if (legOf(call, id)?.agent !== undefined) return [];
  const tells = consultsOf(call, id).map((consult) => displaced(consult.call, consult.consultLeg));
  return call.consultOf !== null && isConsultant(call, id)
    ? [...tells, displaced(call.consultOf.call, call.consultOf.leg)]
    : tells;
}

function displaced(call: string, leg: string): CallTell {
  return { call, event: { type: 'leg.displaced', leg } };
}

function consultsOf(call: CallContext, id: string): readonly Consult[] {
  return call.consults.filter(({ leg }) => leg === id);
}

function isConsultant(call: CallContext, id: string): boolean {
  return call.consultOf !== null && legOf(call, id)?.shares === call.consultOf.leg;
}

export function consult(call: CallContext, event: Fed<EventOf<'consult'>>): Decision {
  const { leg, consult: id, consultLeg, purpose, target, at, self } = event;
  const found = legWithOthers(call, leg);
  if ('reason' in found) return found;
  if (call.consults.length >= CONSULTS_MAX) return refuse('tooManyConsults');
  if (id === self.id) return refuse('exists');
  const userData = { ...call.userData, ...event.userData };
  const refused = tooLarge(userData);
  if (refused !== undefined) return refused;
  const held = inState(call, leg, 'held', at);
  return {
    call: { ...held, consults: [...call.consults, { call: id, leg, consultLeg, purpose }] },
    tells: [
      ...consultsOf(call, leg).map((other) => displaced(other.call, other.consultLeg)),
      {
        call: id,
        event: {
          type: 'consulting',
          linkedId: call.linkedId,
          direction: event.direction ?? (target.line === undefined ? 'outbound' : 'internal'),
          to: target.number,
          ...(target.name === undefined ? {} : { toName: target.name }),
          ...(Object.keys(userData).length === 0 ? {} : { userData }),
          caller: consultantOf(found, consultLeg),
          target: defined(target),
          consultOf: { call: self.id, leg, purpose },
        },
      },
    ],
  };
}

function consultantOf({ number, name, line, agent, recording }: Leg, leg: string): JsonObject {
  return defined({ leg, number, name, line, agent, recording });
}

/** Without the fields that are undefined, which JSON has no word for. */
function defined(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonObject[string]] => entry[1] !== undefined),
  );
}

/** What an operation on the pair is about: a consult begun from this leg, or this very call. */
export function pairOf(
  call: CallContext,
  { leg, consult: named }: { readonly leg: string; readonly consult?: string },
) {
  const own = consultsOf(call, leg);
  const found = named === undefined ? own.at(-1) : own.find((one) => one.call === named);
  if (found !== undefined) return { role: 'original' as const, found };
  if (call.consultOf !== null && isConsultant(call, leg)) return { role: 'consult' as const, original: call.consultOf };
  return own.length > 0 ? refuse('unknownConsult', { consult: named ?? '' }) : refuse('noConsult');
}

export function cancelConsult(call: CallContext, event: Fed<EventOf<'cancelConsult'>>): Decision {
  const pair = pairOf(call, event);
  if ('reason' in pair) return pair;
  if (pair.role === 'consult') {
    const { call: original, leg } = pair.original;
    return { call, tells: [{ call: original, event: { type: 'cancelConsult', leg, consult: event.self.id } }] };
  }
  const { found } = pair;
  return {
    call: {
      ...inState(call, found.leg, 'established', event.at),
      consults: call.consults.filter((one) => one !== found),
    },
    tells: [{ call: found.call, event: { type: 'leg.ended', leg: found.consultLeg } }],
  };
}

export function swapCalls(call: CallContext, event: Fed<EventOf<'swapCalls'>>): Decision {
  const pair = pairOf(call, event);
  if ('reason' in pair) return pair;
  if (pair.role === 'consult') {
    const { call: original, leg } = pair.original;
    return { call, tells: [{ call: original, event: { type: 'swapCalls', leg, consult: event.self.id } }] };
  }
  const { leg, call: id, consultLeg } = pair.found;
  const isHeld = legOf(call, leg)?.state === 'held';
  if (isHeld) return { call: inState(call, leg, 'established', event.at), tells: displacedBy(call, leg) };
  return {
    call: inState(call, leg, 'held', event.at),
    tells: [{ call: id, event: { type: 'leg.retrieved', leg: consultLeg } }],
  };
}

export function consultEnded(call: CallContext, event: Fed<EventOf<'consult.ended'>>): Decision {
  return { call: { ...call, consults: call.consults.filter((one) => one.call !== event.consult) } };
}

export function consultWaits(call: CallContext, { consult, waits }: Fed<EventOf<'consult.waits'>>): Decision {
  const noted = ({ waits: _, ...one }: Consult): Consult => (waits ? { ...one, waits } : one);
  return { call: { ...call, consults: call.consults.map((one) => (one.call === consult ? noted(one) : one)) } };
}

export function consultDetached(call: CallContext): Decision {
  return { call: { ...call, consultOf: null } };
}

/**
 * Consults whose leg is gone go on alone, and so does one whose consultant has left it; it tells its original, as one that
 * ends does unless it hands its legs over. One that goes into a queue, or comes out, says so.
 */
export function untied(
  before: CallContext,
  after: CallContext,
  self: string,
): { call: CallContext; tells: CallTell[] } {
  const tells: CallTell[] = [];
  const kept = after.consults.filter(({ leg, call }) => {
    const stays = legOf(after, leg)?.state !== 'released';
    if (!stays) tells.push({ call, event: { type: 'consult.detached' } });
    return stays;
  });
  const tied = kept.length === after.consults.length ? after : { ...after, consults: kept };
  if (!isLeft(before, after)) return { call: tied, tells: [...tells, ...waitingTold(before, after, self)] };
  if (after.consultOf !== null)
    tells.push({ call: after.consultOf.call, event: { type: 'consult.ended', consult: self } });
  return { call: after.endedAt === null ? { ...tied, consultOf: null } : tied, tells };
}

/** The original knows of a consult that it waits: so each of the pair can say what may be asked of it. */
function waitingTold(before: CallContext, { consultOf, queue, endedAt }: CallContext, self: string): CallTell[] {
  const waits = queue?.waiting === true;
  if (consultOf === null || endedAt !== null || waits === (before.queue?.waiting === true)) return [];
  return [{ call: consultOf.call, event: { type: 'consult.waits', consult: self, waits } }];
}

/** A consult without its consultant; not one that has just been completed. */
function isLeft(before: CallContext, { consultOf, legs, endedAt, cause }: CallContext): boolean {
  if (consultOf === null || before.endedAt !== null) return false;
  if (endedAt !== null) return cause !== 'transferred' && cause !== 'conferenced';
  return !legs.some(({ shares, state }) => shares === consultOf.leg && state !== 'released');
}
