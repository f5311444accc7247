/**
 * Commands on the calls a person is in now: the one the client names by its unique id, else the one the command can be for.
 */
import type { Leg } from '../../../../machines/call/context.ts';
import { isLive, monitorsOf } from '../../../../machines/call/legs.ts';
import { callsOfAgent } from '../../../../projections/calls.ts';
import type { MachineEvent } from '../../../model/command.ts';
import { callIdOf } from '../../../switch/call-id.ts';
import { directionTo, endAt, targetAt } from '../../../switch/destinations.ts';
import type { Destination } from '../../../switch/directory.ts';
import { projectedDirectory } from '../../../switch/projected-directory.ts';
import { currentPhoneEvents, uniqueIdOf } from '../phone-events.ts';
import { numberDialled, type Plan } from '../plans.ts';
import { asUserData } from '../user-data.ts';
import { frame } from './frames.ts';
import { agentMeant } from './named.ts';
import { type Asked, framed, planned, type Reaction, refused, text, variablesOf } from './reactions.ts';

/** One of his legs, and the call it is in. */
interface OwnLeg {
  readonly call: string;
  readonly leg: Leg;
  /** By it he consults somebody; who is consulted does not. */
  readonly isConsult: boolean;
}

const hangUp = onLeg(['established', 'dialing', 'held', 'ringing'], ({ leg }) => ({
  type: leg.state === 'ringing' ? 'reject' : 'hangup',
  leg: leg.id,
}));

export const onCall: Readonly<Record<string, (asked: Asked) => Reaction>> = {
  answer: onLeg(['ringing'], ({ leg }) => ({ type: 'answer', leg: leg.id })),
  /** Who is in no call of his own leaves the one that he listens to. */
  hangup: (asked) => (legsOf(asked).length === 0 ? leaveListening(asked) : undefined) ?? hangUp(asked),
  /** To and fro. */
  hold: onLeg(['established', 'held'], ({ leg }) => ({
    type: leg.state === 'held' ? 'retrieve' : 'hold',
    leg: leg.id,
  })),
  directTransfer: onLeg(['established', 'held'], ({ leg }, asked) => {
    const there = destinationIn(asked);
    if (there === undefined) return undefined;
    return { type: 'blindTransfer', leg: leg.id, ...targetAt(there, `${newCall(asked)}-2`) } as MachineEvent;
  }),
  attendedTransfer: onLeg(['established', 'held'], ({ leg }, asked) => {
    const there = destinationIn(asked);
    if (there === undefined) return undefined;
    const consult = newCall(asked);
    const made = { consult, consultLeg: `${consult}-1`, target: { ...endAt(there, `${consult}-2`) } };
    return { type: 'consult', leg: leg.id, ...made, direction: directionTo(there), purpose: 'any' };
  }),
  completeTransfer: onConsult('completeTransfer'),
  cancelTransfer: onConsult('cancelConsult'),
  conference: onConsult('completeConference'),
  setData: onLeg(['established', 'held', 'ringing', 'dialing'], (_, { fields }) => ({
    type: 'setUserData',
    userData: asUserData(variablesOf(fields)),
  })),
  sendDtmf: onLeg(['established'], ({ leg }, { fields }) => {
    const digits = text(fields.key);
    return /^[0-9*#]{1,64}$/.test(digits) ? { type: 'sendDtmf', leg: leg.id, digits } : undefined;
  }),
  monitorPause: ofAgent(onLeg(['established', 'held'], () => ({ type: 'startSuppression' }))),
  monitorUnpause: ofAgent(onLeg(['established', 'held'], () => ({ type: 'stopSuppression' }))),
  getCurrentCallsPhoneEvents: ({ view, person }) => {
    const { tenant } = person.actor;
    const calls = callsOfAgent(view, tenant, person.attributes.agent ?? '');
    const events = calls
      .flatMap((call) => currentPhoneEvents(view, call))
      .filter((event) => event.person.actor.id === person.actor.id)
      .map(({ printed, more }) => ({ ...printed, ...more }));
    return framed(frame('CurrentCallsPhoneEvents', { events }));
  },
};

/** The newest leg in the first of these states that he has; or the one named, if it is in one of them. */
function onLeg(
  states: readonly Leg['state'][],
  eventOf: (own: OwnLeg, asked: Asked) => MachineEvent | undefined,
): (asked: Asked) => Reaction {
  return (asked) => {
    const named = text(asked.fields.uniqueId);
    const legs = legsOf(asked).filter(({ leg }) => named === '' || uniqueIdOf(leg) === named);
    const own = states
      .map((state) => legs.findLast(({ leg }) => leg.state === state))
      .find((found) => found !== undefined);
    if (own === undefined) return refused('There is no call for this now');
    const event = eventOf(own, asked);
    return event === undefined ? refused('The destination or key is none') : planned(toCall(asked, own.call, event));
  };
}

/** In the place of the agent it is for. */
function ofAgent(react: (asked: Asked) => Reaction): (asked: Asked) => Reaction {
  return (asked) => {
    const agent = agentMeant(asked);
    return 'kind' in agent ? agent : react({ ...asked, person: agent });
  };
}

/** Sent to the consult, which knows its original. */
function onConsult(type: string): (asked: Asked) => Reaction {
  return (asked) => {
    const own = legsOf(asked).findLast(({ isConsult }) => isConsult);
    if (own === undefined) return refused('No attended transfer was begun');
    return planned(toCall(asked, own.call, { type, leg: own.leg.id }));
  };
}

/** His legs that are not over, those that are only being dialled included. */
export function legsOf({ view, person }: Asked): readonly OwnLeg[] {
  const { agent } = person.attributes;
  if (agent === undefined) return [];
  return callsOfAgent(view, person.actor.tenant, agent).flatMap(({ id, context }) =>
    context.legs
      .filter((leg) => leg.agent === agent && leg.state !== 'released')
      .map((leg) => ({ call: id, leg, isConsult: leg.shares !== undefined && leg.shares === context.consultOf?.leg })),
  );
}

/** Undefined for who listens to nobody. */
function leaveListening(asked: Asked): Reaction | undefined {
  const { agent } = asked.person.attributes;
  if (agent === undefined) return undefined;
  for (const { id, context } of callsOfAgent(asked.view, asked.person.actor.tenant, agent)) {
    const own = monitorsOf(context).find((leg) => leg.agent === agent && isLive(leg));
    if (own !== undefined) return planned(toCall(asked, id, { type: 'stopMonitoring', leg: own.id }));
  }
  return undefined;
}

/** Where the number leads that is asked for; undefined for what is no number. */
function destinationIn({ fields, view, person }: Asked): Destination | undefined {
  const dialled = numberDialled(text(fields.destination));
  return dialled === undefined ? undefined : projectedDirectory(view).resolve(person.actor.tenant, dialled);
}

/** The same whenever the same command makes it. */
export function newCall({ person, command }: Asked): string {
  return callIdOf(`${person.actor.tenant} ${command}`);
}

export function toCall({ person: { actor } }: Asked, id: string, event: MachineEvent): Plan {
  return { ok: true, tenant: actor.tenant, deliveries: [{ to: { tenant: actor.tenant, kind: 'call', id }, event }] };
}
