/**
 * The phone region: the agent's line and the legs that are up on it, from which the state of his phone follows. Pure.
 * He may have several legs at once (a held call and a consult); the phone shows the one that binds him most.
 */
import type { Delivery } from '../../src/model/command.ts';
import type { Fed } from '../boundary.ts';
import type { AgentEvent, LegFact, LegMoved } from './events.ts';

export const PHONE_STATES = ['unavailable', 'idle', 'dialing', 'ringing', 'talking', 'held'] as const;
export type PhoneState = (typeof PHONE_STATES)[number];
export type LegState = 'dialing' | 'ringing' | 'talking' | 'held';

export type Leg = {
  readonly call: string;
  readonly leg: string;
  readonly state: LegState;
  readonly since: number;
  readonly direction?: 'inbound' | 'outbound' | 'internal';
  readonly acd?: boolean;
  readonly queue?: string;
  readonly wrapUpMs?: number;
  readonly party?: string;
  readonly watches?: string;
};

export type Phone = {
  /** When the state of the phone last changed. */
  readonly since: number;
  /** Where he is reached now; null when nowhere. */
  readonly line: string | null;
  /** His own line, to which he returns when he signs out. */
  readonly homeLine: string | null;
  /** False from `line.unreachable` until `line.reachable` or another line. */
  readonly reachable: boolean;
  /** Oldest first. */
  readonly legs: readonly Leg[];
};

/** A leg beyond these is not followed (the phone is busy anyhow), so that the state cannot grow without end. */
export const LEGS_MAX = 16;

const LEG_STATES: Record<Exclude<LegFact['type'], 'leg.ended'>, LegState> = {
  'leg.dialing': 'dialing',
  'leg.ringing': 'ringing',
  'leg.talking': 'talking',
  'leg.held': 'held',
  'leg.retrieved': 'talking',
};

/** Strongest first: a ringing second call does not hide the one he talks on. */
const BINDING: readonly LegState[] = ['talking', 'held', 'dialing', 'ringing'];

export function phoneStateOf({ legs, line, reachable }: Phone): PhoneState {
  if (legs.length === 0) return line !== null && reachable ? 'idle' : 'unavailable';
  return BINDING.find((state) => legs.some((leg) => leg.state === state)) ?? 'idle';
}

/** The phone after an event; `since` moves only with the state. */
export function phoneAfter(phone: Phone, event: Fed<AgentEvent>): Phone {
  const next = followed(phone, event);
  return next === phone || phoneStateOf(next) === phoneStateOf(phone) ? next : { ...next, since: event.at };
}

function followed(phone: Phone, event: Fed<AgentEvent>): Phone {
  switch (event.type) {
    case 'configure': {
      if (event.line === undefined) return phone;
      const atHome = phone.line === phone.homeLine;
      return { ...(atHome ? onLine(phone, event.line) : phone), homeLine: event.line };
    }
    case 'signIn':
      return event.line === undefined ? phone : onLine(phone, event.line);
    case 'signOut':
      return onLine(phone, phone.homeLine);
    case 'line.reachable':
    case 'line.unreachable':
      return event.line === phone.line ? { ...phone, reachable: event.type === 'line.reachable' } : phone;
    case 'leg.dialing':
    case 'leg.ringing':
    case 'leg.talking':
    case 'leg.held':
    case 'leg.retrieved':
    case 'leg.ended':
      return { ...phone, legs: legsAfter(phone.legs, event) };
    case 'leg.moved':
      return { ...phone, legs: phone.legs.map((leg) => movedBy(event, leg)) };
    default:
      return phone;
  }
}

/** A phone has one voice: when he begins to talk on one leg, the calls of the others he talks on hold them, in the same turn. */
export function displaced({ legs }: Phone, event: Fed<AgentEvent>): readonly Delivery[] {
  if (event.type !== 'leg.talking' && event.type !== 'leg.retrieved') return [];
  return legs
    .filter(({ state, call, leg }) => state === 'talking' && !(call === event.call && leg === event.leg))
    .map(({ call, leg }) => ({
      to: { tenant: event.self.tenant, kind: 'call', id: call },
      event: { type: 'leg.displaced', leg },
    }));
}

function onLine(phone: Phone, line: string | null): Phone {
  return line === phone.line ? phone : { ...phone, line, reachable: true };
}

function legsAfter(legs: readonly Leg[], fact: Fed<LegFact>): readonly Leg[] {
  const index = legs.findIndex((leg) => leg.call === fact.call && leg.leg === fact.leg);
  const known = legs[index];
  if (fact.type === 'leg.ended') return known === undefined ? legs : legs.toSpliced(index, 1);
  const state = stateOf(fact.type, known);
  if (known === undefined) {
    if (legs.length >= LEGS_MAX) return legs;
    return [...legs, { call: fact.call, leg: fact.leg, state, since: fact.at, ...detailsOf(fact) }];
  }
  const since = known.state === state ? known.since : fact.at;
  return legs.with(index, { ...known, ...detailsOf(fact), state, since });
}

/** An answered leg does not ring again: such a fact came late. */
function stateOf(fact: keyof typeof LEG_STATES, known: Leg | undefined): LegState {
  const state = LEG_STATES[fact];
  const isLate =
    (state === 'dialing' || state === 'ringing') && (known?.state === 'talking' || known?.state === 'held');
  return isLate ? known.state : state;
}

function movedBy(event: LegMoved, leg: Leg): Leg {
  const isMeant = leg.call === event.from && leg.leg === event.leg;
  return isMeant ? { ...leg, call: event.call, ...detailsOf(event) } : leg;
}

/** A queue call he is connected to, beside the leg that an event is about; the oldest. */
export function otherQueueLeg({ legs }: Phone, about: { readonly call?: string; readonly leg?: string }) {
  return legs.find(
    ({ call, leg, state, acd, queue }) =>
      acd === true &&
      queue !== undefined &&
      (state === 'talking' || state === 'held') &&
      !(call === about.call && leg === about.leg),
  );
}

/** Only what the fact says: an undefined field would not survive the log. */
function detailsOf(fact: Exclude<LegFact, { type: 'leg.ended' }> | LegMoved): Partial<Leg> {
  const { direction, acd, queue, party, watches } = fact;
  const wrapUpMs = 'wrapUpMs' in fact ? fact.wrapUpMs : undefined;
  return {
    ...(wrapUpMs === undefined ? {} : { wrapUpMs }),
    ...(direction === undefined ? {} : { direction }),
    ...(acd === undefined ? {} : { acd }),
    ...(queue === undefined ? {} : { queue }),
    ...(party === undefined ? {} : { party }),
    ...(watches === undefined ? {} : { watches }),
  };
}
