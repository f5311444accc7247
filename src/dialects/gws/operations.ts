/**
 * Operations on a user, his voice channel and his devices: agent states, do not disturb, forwarding (genesys.md §1.2.1,
 * §1.3). Each is a command to his agent; what came of it is told by CometD. Supervisors may send those of states too.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import { entering } from '../../identity/leaving.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { takingOwnLine } from '../../switch/line-taken.ts';
import { eventOf, settingOf } from './agent-states.ts';
import { endContactCenterSession, startContactCenterSession } from './contact-center-session.ts';
import { destinationOf } from './destination.ts';
import type { Refusal } from './errors.ts';
import { type Answer, type Exchange, type Handler, notFound, refused, settled } from './exchange.ts';
import { type Fields, isMissing } from './fields.ts';
import { devicesOf, type Found, get, ownStates } from './found.ts';
import { changePassword, mustChangePassword } from './password.ts';
import { isSupervision, supervise } from './supervision.ts';

/** Name of the operation a body asks for. */
export function operationOf(body: JsonObject): string | Refusal {
  const { operationName } = body;
  if (isMissing(operationName)) return { kind: 'missing', parameter: 'operationName' };
  if (typeof operationName === 'string') return operationName;
  return { kind: 'unsupported', operation: JSON.stringify(operationName) };
}

/** `POST /me`. */
export function operateMe(exchange: Exchange): Answer | Promise<Answer> {
  const operation = operationOf(exchange.body);
  if (typeof operation !== 'string') return refused(operation);
  const isBarred = operation !== 'ChangePassword' && mustChangePassword(exchange.caller, exchange.options);
  if (isBarred) return refused({ kind: 'passwordChange' });
  const own = Object.hasOwn(OF_PEOPLE, operation) ? OF_PEOPLE[operation] : undefined;
  return own === undefined ? setState(exchange, exchange.caller.user, operation) : own(exchange);
}

/** What `POST /me` takes beside states. */
const OF_PEOPLE: Readonly<Record<string, Handler>> = {
  StartContactCenterSession: startContactCenterSession,
  EndContactCenterSession: endContactCenterSession,
  ChangePassword: changePassword,
};

/** Something that a person or a device is asked for by this name, so that no state of an installation can have it. */
export function isTaken(operation: string): boolean {
  const isOfDevice = deviceEvent(operation, {}) !== undefined || isSupervision(operation);
  return settingOf(operation, []) !== undefined || Object.hasOwn(OF_PEOPLE, operation) || isOfDevice;
}

/** `POST …/channels/voice` of oneself, or of another. */
export function operateVoice(exchange: Exchange, user: Found<User>): Answer | Promise<Answer> {
  const operation = operationOf(exchange.body);
  return typeof operation === 'string' ? setState(exchange, user, operation) : refused(operation);
}

/** `POST /me/devices/{id}`: what the device lists, the states of its user among it. */
export function operateDevice(exchange: Exchange): Answer | Promise<Answer> {
  const { caller, runtime, params, body } = exchange;
  const { id = '' } = params;
  if (!devicesOf(runtime.live, caller.user).some((device) => device.id === id)) return notFound('Device', id);
  const operation = operationOf(body);
  if (typeof operation !== 'string') return refused(operation);
  if (isSupervision(operation)) return supervise(exchange, operation);
  const event = deviceEvent(operation, body);
  if (event === undefined) return setState(exchange, caller.user, operation);
  return event.ok ? tellAgent(exchange, caller.user, event.value) : refused(event.refusal);
}

function setState(exchange: Exchange, user: Found<User>, operation: string): Answer | Promise<Answer> {
  const { runtime, caller } = exchange;
  const { tenant, id } = user.actor;
  const setting = settingOf(operation, ownStates(runtime.live, tenant));
  if (setting === undefined) return refused({ kind: 'unsupported', operation });
  const { actor } = caller.user;
  const asked = actor.id === id ? {} : { cause: 'supervisor', by: caller.principal.by };
  const event = { ...eventOf(setting), ...asked };
  return settled(exchange, () => {
    const now = get(runtime.live, tenant, 'user', id) ?? user;
    if (setting.state === 'Logout') return told(exchange, now, event);
    if (now.attributes.enabled === false) return refused({ kind: 'notNow', message: 'User is disabled' });
    const telling = told(exchange, now, event);
    return 'kind' in telling ? telling : { deliveries: [entering(now), ...telling.deliveries] };
  });
}

function tellAgent(exchange: Exchange, user: Found<User>, event: MachineEvent): Answer | Promise<Answer> {
  return settled(exchange, () => told(exchange, user, event));
}

function told({ runtime }: Exchange, user: Found<User>, event: MachineEvent) {
  const { agent } = user.attributes;
  if (agent === undefined) return refused({ kind: 'notNow', message: 'User has no voice device' });
  const to = { tenant: user.actor.tenant, kind: 'agent', id: agent };
  const taking = event.signIn === true ? takingOwnLine(runtime.live, to) : [];
  return { deliveries: [...taking, { to, event }] };
}

function deviceEvent(operation: string, { forwardTo }: JsonObject): Fields<MachineEvent> | undefined {
  switch (operation) {
    case 'DoNotDisturbOn':
      return { ok: true, value: { type: 'setDnd', on: true } };
    case 'DoNotDisturbOff':
      return { ok: true, value: { type: 'setDnd', on: false } };
    case 'ForwardCallsOn': {
      const number = destinationOf(forwardTo, 'forwardTo');
      if (!number.ok) return number;
      return { ok: true, value: { ...FORWARD_ALL, enabled: true, destination: number.value } };
    }
    case 'ForwardCallsOff':
      return { ok: true, value: { ...FORWARD_ALL, enabled: false } };
    default:
      return undefined;
  }
}

const FORWARD_ALL = { type: 'setForward', forward: 'unconditional' } as const;
