/**
 * What people of this dialect ask of the contact centre, as deliveries to agents and calls: the same for the 1.0 API and the
 * CTI socket. A plan reads the directory and changes nothing; whoever made it submits it.
 */
import { agent, agentsOnLine } from '../../../projections/agents.ts';
import { entriesBy } from '../../../projections/directory.ts';
import { derivedId, type Submitted } from '../../http/command-id.ts';
import { entering } from '../../identity/leaving.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery, MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { callIdOf } from '../../switch/call-id.ts';
import { endAt, isQueue } from '../../switch/destinations.ts';
import { lineTaken, workingAt } from '../../switch/line-taken.ts';
import { sanitised } from '../../switch/numbers.ts';
import { origination } from '../../switch/origination.ts';
import { projectedDirectory } from '../../switch/projected-directory.ts';
import { type Refusal, refusal, type XucCode } from './errors.ts';
import {
  extensionByNumber,
  fullNameOf,
  isOut,
  lineOf,
  type Person,
  personByLogin,
  personOfAgent,
  queueByNumber,
} from './people.ts';
import { asUserData } from './user-data.ts';

export type Plan =
  | {
      readonly ok: true;
      readonly tenant: string;
      /** None: it is so already. */
      readonly deliveries: readonly Delivery[];
      /** What has to follow when they are recorded, as it is then; each for itself, whatever becomes of it. */
      readonly following?: (view: View) => readonly Delivery[];
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly agentError?: JsonObject };

const NUMBER_CHARS_MAX = 32;
const REASON_CHARS_MAX = 128;

/** A number as it is dialled; undefined for what is none. */
export function numberDialled(written: string): string | undefined {
  const number = sanitised(written);
  return number === '' || number.length > NUMBER_CHARS_MAX ? undefined : number;
}

/** Calls a number from the person's line. */
export function dial(view: View, person: Person, number: string, call: NewCall): Plan {
  const dialled = numberDialled(number);
  if (dialled === undefined) return refused('InvalidRequest', 'The number is not one');
  const caller = callerOf(view, person);
  if (caller === undefined) return refused('InvalidRequest', 'The user has no line to call from');
  const { tenant } = person.actor;
  const made = {
    tenant,
    call: callMadeBy(person, dialled, call),
    number: dialled,
    caller,
    userData: asUserData(call.variables),
  };
  return planned(tenant, origination(projectedDirectory(view), made));
}

/** What a new call is made with: the command that makes it, and the variables it is given. */
export interface NewCall {
  readonly command: string;
  readonly variables?: JsonObject;
}

/** The same whenever the same command makes it, and another for who uses the id of that command for something else. */
function callMadeBy({ actor: { tenant, id } }: Person, dialled: string, { command }: NewCall): string {
  return callIdOf([tenant, command, id, dialled].join(' '));
}

/** Calls another person on the line he is reached on. */
export function dialPerson(view: View, person: Person, login: string, call: NewCall): Plan {
  const called = personByLogin(view, login);
  if (called === undefined || called.actor.tenant !== person.actor.tenant) {
    return refused('UserNotFound', 'The user to call does not exist');
  }
  const line = reachedOn(view, called);
  return line === undefined
    ? refused('InvalidRequest', 'The user to call has no line')
    : dial(view, person, line, call);
}

export interface QueueDial {
  readonly destination: string;
  readonly queueId: number;
  readonly callerIdName: string;
  readonly callerIdNumber: string;
}

/**
 * A queue call without a caller: whoever takes it is joined to the destination. As documented, a queue that plays music takes
 * the call at once, so that the destination rings though no agent may be there; one that rings lets it wait for the agent.
 */
export function dialFromQueue(view: View, person: Person, asked: QueueDial, call: NewCall): Plan {
  const { tenant } = person.actor;
  const queue = queueByNumber(view, tenant, asked.queueId);
  if (queue === undefined) return refused('InvalidRequest', 'The queue does not exist');
  const dialled = numberDialled(asked.destination);
  if (dialled === undefined) return refused('InvalidRequest', 'The destination is no number');
  const directory = projectedDirectory(view);
  const source = directory.resolve(tenant, queue.attributes.extension);
  const there = directory.resolve(tenant, dialled);
  if (source.kind !== 'queue') return refused('InvalidRequest', 'The queue cannot be reached');
  const id = callMadeBy(person, `${asked.queueId} ${dialled}`, call);
  const event = {
    type: 'originateFromQueue',
    direction: there.kind === 'outside' ? 'outbound' : 'internal',
    to: dialled,
    from: asked.callerIdNumber,
    ...(asked.callerIdName === '' ? {} : { fromName: asked.callerIdName }),
    queue: source.entry,
    target: { ...endAt(there, `${id}-2`) },
    // Of two queues the one is to find somebody for the other.
    ...(source.entry.rings === true || isQueue(there) ? {} : { atOnce: true }),
    userData: asUserData(call.variables),
  };
  return planned(tenant, { to: { tenant, kind: 'call', id }, event });
}

export function doNotDisturb(person: Person, on: boolean): Plan {
  return toAgent(person, { type: 'setDnd', on });
}

export type ForwardKind = 'unconditional' | 'noAnswer' | 'busy';

/** Switched off, a forward keeps its destination. */
export function forward(person: Person, kind: ForwardKind, enabled: boolean, destination: string): Plan {
  const number = numberDialled(destination);
  if (enabled && number === undefined) return refused('InvalidRequest', 'A forward needs a destination');
  const target = number === undefined ? {} : { destination: number };
  return toAgent(person, { type: 'setForward', forward: kind, enabled, ...target });
}

/**
 * Logs an agent in on a line, his own when none is named. On that line already: he stays. On another: he stays there, and is
 * told. Whoever worked on the line is logged out.
 */
export function logIn(view: View, person: Person, number: string): Plan {
  const { tenant } = person.actor;
  const known = agentOf(view, person);
  if (known === undefined || isOut(view, person)) return refused('AgentNotFound', 'The user is no agent');
  const line = number === '' ? lineOf(view, person) : sanitised(number);
  if (line === undefined || extensionByNumber(view, tenant, line) === undefined) {
    return { ...refused('InvalidRequest', 'PhoneNumberUnknown'), agentError: { Error: 'PhoneNumberUnknown' } };
  }
  if (known.presence !== 'signedOut') {
    if (known.line === line) return { ok: true, tenant, deliveries: [] };
    const agentError = { Error: 'LoggedInOnAnotherPhone', phoneNb: known.line ?? '', RequestedNb: line };
    return { ...refused('InvalidRequest', 'LoggedInOnAnotherPhone'), agentError };
  }
  const out = workingAt(view, tenant, line).map(lineTaken);
  const signIn = { to: agentActor(tenant, known.id), event: { type: 'signIn', line, initial: 'ready' } };
  // Of those who logged in at the same time, the last to come stays.
  const following = (now: View) => workingAt(now, tenant, line).slice(1).map(lineTaken);
  return { ...planned(tenant, entering(person), ...out, signIn), following };
}

/**
 * Submits what a plan says, and what has to follow. The outcome is that of the plan itself; `id` is that of its command, and
 * those that follow have ids of their own that derive from it.
 */
export async function carriedOut<Result extends Submitted>(
  { tenant, deliveries, following }: Extract<Plan, { readonly ok: true }>,
  id: string,
  view: View,
  submit: (deliveries: readonly Delivery[], id: string) => Promise<Result>,
): Promise<Result> {
  const outcome = await submit(deliveries, id);
  if (outcome.kind === 'accepted' && following !== undefined)
    for (const [nth, delivery] of following(view).entries()) await submit([delivery], derivedId(tenant, id, nth));
  return outcome;
}

export function logOut(view: View, person: Person): Plan {
  const presence = agentOf(view, person)?.presence ?? 'signedOut';
  return presence === 'signedOut' ? NOT_LOGGED_IN : toAgent(person, { type: 'signOut' });
}

/** For a reason that is one of the tenant's options by name, or any other text. */
export function pause(view: View, person: Person, reason = ''): Plan {
  if (reason === '') return toAgent(person, { type: 'setAway' });
  const { tenant } = person.actor;
  const [option] = entriesBy(view, { kind: 'presence-option', key: 'name', value: reason, tenant });
  const stamp = {
    name: reason.slice(0, REASON_CHARS_MAX),
    ...(option?.attributes.kind === 'away' ? { id: option.actor.id } : {}),
  };
  return toAgent(person, { type: 'setAway', reason: stamp });
}

export function unpause(person: Person): Plan {
  return toAgent(person, { type: 'setReady' });
}

/** Ready is paused; paused and wrap-up become ready. */
export function togglePause(view: View, person: Person): Plan {
  const known = agentOf(view, person);
  if (known === undefined || known.presence === 'signedOut') return NOT_LOGGED_IN;
  return known.presence === 'ready' ? pause(view, person) : unpause(person);
}

/**
 * Who works on a line, of all who are known here. Line numbers carry no tenant: several make the number ambiguous. Whoever
 * is logged in on the line counts, else whose own it is.
 */
export function personOnLine(view: View, number: string): Person | Refusal {
  const line = sanitised(number);
  const lines = line === '' ? [] : entriesBy(view, { kind: 'extension', key: 'number', value: line });
  const people = lines.flatMap(({ actor: { tenant } }) => {
    const [sitting] = agentsOnLine(view, tenant, line);
    const person = sitting === undefined ? undefined : personOfAgent(view, tenant, sitting.id);
    return person?.attributes.agentNumber === undefined ? [] : [person];
  });
  const [found, ...others] = people;
  if (found === undefined) return refusal('AgentNotFound', 'No agent works on this line');
  return others.length === 0 ? found : refusal('InvalidRequest', 'Several agents work on lines of this number');
}

/** Number of the line a person is reached on now; undefined when nowhere. */
export function reachedOn(view: View, person: Person): string | undefined {
  const line = agentOf(view, person)?.line ?? lineOf(view, person);
  return line === undefined ? undefined : extensionByNumber(view, person.actor.tenant, line)?.attributes.number;
}

export function agentOf(view: View, { actor: { tenant }, attributes: { agent: id } }: Person) {
  return id === undefined ? undefined : agent(view, tenant, id);
}

function callerOf(view: View, person: Person) {
  const line = reachedOn(view, person);
  const { agent: id } = person.attributes;
  if (line === undefined || id === undefined) return undefined;
  return { number: line, line, agent: id, name: fullNameOf(person) };
}

function toAgent({ actor: { tenant }, attributes: { agent: id } }: Person, event: MachineEvent): Plan {
  if (id === undefined) return refused('InvalidRequest', 'The user has no line');
  return planned(tenant, { to: agentActor(tenant, id), event });
}

function agentActor(tenant: string, id: string): ActorId {
  return { tenant, kind: 'agent', id };
}

function planned(tenant: string, ...deliveries: readonly Delivery[]): Extract<Plan, { readonly ok: true }> {
  return { ok: true, tenant, deliveries };
}

export function refused(code: XucCode, message: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: refusal(code, message) };
}

const NOT_LOGGED_IN = refused('AgentNotFound', 'The agent is not logged in');
