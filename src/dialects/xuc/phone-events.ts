/**
 * Phone events: what one person's telephone does, in the words of this dialect (contract 2.3). Made of two states of a call,
 * the one before a record and the one after, so that every follower of the log tells the same story. Pure, but for the
 * directory that says whose leg it is.
 */
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import { partyOf } from '../../../machines/call/tells.ts';
import { call as callById } from '../../../projections/calls.ts';
import { digestOf } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { loginOf, numberOf, type Person, personOfAgent } from './people.ts';
import { shownUserData } from './user-data.ts';

export type EventType =
  | 'EventDialing'
  | 'EventRinging'
  | 'EventEstablished'
  | 'EventReleased'
  | 'EventOnHold'
  | 'EventFailure';

export interface PhoneEvent {
  readonly person: Person;
  readonly leg: string;
  /** The fields of the document's sample, and the queue where there is one. */
  readonly printed: JsonObject;
  /** What socket clients read beside them. */
  readonly more: JsonObject;
}

export interface CallAt {
  readonly tenant: string;
  readonly id: string;
  readonly context: CallContext;
}

const UP: Readonly<Record<Exclude<Leg['state'], 'released'>, EventType>> = {
  dialing: 'EventDialing',
  ringing: 'EventRinging',
  established: 'EventEstablished',
  held: 'EventOnHold',
};
/** Why a dialled call came to nothing. */
const FAILED = new Set<Leg['cause']>(['busy', 'rejected', 'unreachable', 'failed']);

/** What changed for each telephone, in the order of the legs. `before` is undefined for a call that begins. */
export function phoneEventsBetween(view: View, before: CallContext | undefined, after: CallAt): readonly PhoneEvent[] {
  return after.context.legs.flatMap((leg) => {
    // The call that goes on with it tells of it: its telephone was never put down.
    if (leg.movedTo !== undefined) return [];
    const was = heardOf(before?.legs.find(({ id }) => id === leg.id));
    const is = heardOf(leg);
    if (is === was || is === 'unheard' || (is === 'released' && was === 'unheard')) return [];
    // When all hang up at once, only the state before shows who was at the other end; who still dialled had nobody there.
    const party = is === 'released' && was !== 'dialing' ? otherOf(before ?? after.context, leg) : undefined;
    return typesOf(leg, is, after.context).flatMap((type) => eventOf(view, after, leg, type, party));
  });
}

/** What each telephone in a live call does now. */
export function currentPhoneEvents(view: View, call: CallAt): readonly PhoneEvent[] {
  return call.context.legs.flatMap((leg) => {
    const is = heardOf(leg);
    return is === 'unheard' || is === 'released' ? [] : eventOf(view, call, leg, UP[is]);
  });
}

/** The id by which this dialect names a leg: `<epoch seconds>.<number>`. */
export function uniqueIdOf(leg: Pick<Leg, 'id' | 'startedAt'>): string {
  return `${Math.floor(leg.startedAt / 1000)}.${Number.parseInt(digestOf(leg.id).slice(0, 7), 16)}`;
}

/** Shared by all legs of a call and of its consults: the id of the leg with which it all began. */
function linkedIdOf(view: View, { tenant, id, context }: CallAt): string {
  const original = context.linkedId === id ? context : callById(view, tenant, context.linkedId)?.context;
  const first = (original ?? context).legs[0];
  return uniqueIdOf(first ?? { id: context.linkedId, startedAt: context.startedAt });
}

/** A phone that is only being dialled knows of nothing. */
function heardOf(leg: Leg | undefined): Leg['state'] | 'unheard' {
  return leg === undefined || (leg.state === 'dialing' && leg.kind !== 'caller') ? 'unheard' : leg.state;
}

function typesOf(leg: Leg, is: Leg['state'], call: CallContext): readonly EventType[] {
  if (is !== 'released') return [UP[is]];
  const failed = leg.kind === 'caller' && call.answeredAt === null && FAILED.has(leg.cause ?? call.cause ?? undefined);
  return failed ? ['EventFailure', 'EventReleased'] : ['EventReleased'];
}

/** Nothing for a leg that is nobody's here. */
function eventOf(
  view: View,
  call: CallAt,
  leg: Leg,
  eventType: EventType,
  party = otherOf(call.context, leg),
): readonly PhoneEvent[] {
  const person = leg.agent === undefined ? undefined : personOfAgent(view, call.tenant, leg.agent);
  if (person === undefined || loginOf(person) === '') return [];
  const { context } = call;
  const caller = callerOf(view, call);
  const printed = {
    eventType,
    DN: leg.line ?? leg.number,
    otherDN: party,
    linkedId: linkedIdOf(view, call),
    uniqueId: uniqueIdOf(leg),
    userData: { ...(caller === undefined ? {} : { XIVO_USERID: caller }), ...shownUserData(context.userData) },
    ...(leg.work?.name === undefined ? {} : { queueName: leg.work.name }),
  };
  const name = partyName(context, leg, party);
  const more = { username: loginOf(person), ...(name === undefined ? {} : { otherDName: name }) };
  return [{ person, leg: leg.id, printed, more }];
}

/** Number at the far end. Of a queue call that nobody made, what its agent is shown until he answers: whoever it is for may ring too. */
function otherOf(call: CallContext, leg: Leg): string {
  const isShown = leg.kind === 'agent' && leg.answeredAt === undefined && call.from !== '';
  return isShown && call.legs.every(({ kind }) => kind !== 'caller') ? call.from : partyOf(call, leg);
}

/** XiVO's number of the person who calls. */
function callerOf(view: View, { tenant, context }: CallAt): string | undefined {
  const agent = context.legs.find(({ kind }) => kind === 'caller')?.agent;
  const person = agent === undefined ? undefined : personOfAgent(view, tenant, agent);
  const number = person === undefined ? undefined : numberOf(person);
  return number === undefined ? undefined : String(number);
}

/** Of whoever has that number, also when he has hung up or was never reached. */
function partyName(call: CallContext, leg: Leg, party: string): string | undefined {
  const other = call.legs.find(({ id, number }) => id !== leg.id && number === party);
  if (other?.name !== undefined) return other.name;
  if (party === call.from) return call.fromName;
  return party === call.to ? call.toName : undefined;
}
