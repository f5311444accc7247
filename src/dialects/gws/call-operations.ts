/**
 * Operations on calls (genesys.md §1.7.3): each is one event to the machine of the call. What a call allows is what its
 * `capabilities` list; anything else is refused, and nothing changes.
 */
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import { agent as agentById } from '../../../projections/agents.ts';
import { isJsonObject } from '../../http/body.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { callIdOf } from '../../switch/call-id.ts';
import { directionTo, endAt, targetAt } from '../../switch/destinations.ts';
import type { Destination } from '../../switch/directory.ts';
import { origination } from '../../switch/origination.ts';
import { projectedDirectory } from '../../switch/projected-directory.ts';
import {
  callBody,
  callOfUser,
  capabilityNames,
  eventError,
  participantsLeft,
  participantsOf,
  viewerOf,
} from './call-view.ts';
import { answerOne } from './collection.ts';
import { destinationOf, numberOf } from './destination.ts';
import { refusalAnswer } from './errors.ts';
import { type Answer, done, type Exchange, type Handler, isDone, notFound, refused, submitted } from './exchange.ts';
import { type Fields, invalid, isMissing, missing } from './fields.ts';
import { devicesOf, type Found } from './found.ts';
import { idOfReference } from './links.ts';
import { operationOf } from './operations.ts';
import { tenantOf } from './resources.ts';

/** The call an operation is for, as the machine knows it. */
interface Subject {
  readonly exchange: Exchange;
  readonly id: string;
  readonly context: CallContext;
  readonly leg: Leg;
}

type EventOf = (subject: Subject) => Fields<MachineEvent>;

const onLeg =
  (type: string): EventOf =>
  ({ leg }) =>
    ok({ type, leg: leg.id });

const onCall =
  (type: string): EventOf =>
  () =>
    ok({ type });

const EVENTS: Readonly<Record<string, EventOf>> = {
  Answer: onLeg('answer'),
  Reject: onLeg('reject'),
  Hangup: onLeg('hangup'),
  Hold: onLeg('hold'),
  Retrieve: onLeg('retrieve'),
  MuteCall: onLeg('mute'),
  UnmuteCall: onLeg('unmute'),
  MuteMonitoredUser: onMonitored('mute'),
  UnmuteMonitoredUser: onMonitored('unmute'),
  SendDtmf: ({ exchange: { body }, leg }) => {
    const { digits } = body;
    if (isMissing(digits)) return missing('digits');
    const isDialable = typeof digits === 'string' && /^[0-9*#]{1,64}$/.test(digits);
    return isDialable ? ok({ type: 'sendDtmf', leg: leg.id, digits }) : invalid('digits', 'are not 0-9, * and #');
  },
  SingleStepTransfer: (subject) =>
    withUserData(subject, (userData) =>
      toDestination(subject, (target) => ({ type: 'blindTransfer', leg: subject.leg.id, ...target, ...userData })),
    ),
  SingleStepConference: (subject) => toEnd(subject, (target) => ({ type: 'addParty', leg: subject.leg.id, target })),
  InitiateTransfer: consultFor('transfer'),
  InitiateConference: consultFor('conference'),
  CompleteTransfer: (subject) => withConsult(subject, 'completeTransfer', 'consultCallUri'),
  CompleteConference: (subject) => withConsult(subject, 'completeConference', 'consultCallUri'),
  SwapCalls: (subject) => withConsult(subject, 'swapCalls', 'otherCallUri'),
  RemoveParticipantFromConference: ({ exchange: { body }, context, leg }) => {
    const { participant } = body;
    if (isMissing(participant)) return missing('participant');
    const number = numberOf(participant);
    const party = context.legs.find((one) => one.id !== leg.id && one.state !== 'released' && one.number === number);
    if (number === '' || party === undefined) return invalid('participant', 'is not in the call');
    return ok({ type: 'removeParty', leg: leg.id, party: party.id });
  },
  AttachUserData: setUserData,
  UpdateUserData: setUserData,
  DeleteUserData: onCall('deleteUserData'),
  DeleteUserDataPair: ({ exchange: { body } }) => {
    const { key } = body;
    if (isMissing(key)) return missing('key');
    return typeof key === 'string' ? ok({ type: 'deleteUserData', key }) : invalid('key', 'is no text');
  },
  ClearCall: onCall('kill'),
  StartCallRecording: onCall('startRecording'),
  StopCallRecording: onCall('stopRecording'),
  PauseCallRecording: onCall('startSuppression'),
  ResumeCallRecording: onCall('stopSuppression'),
  PauseRecording: onCall('startSuppression'),
  ResumeRecording: onCall('stopSuppression'),
};

/** `GET /me/calls/{id}`: also of a call that is over, as long as he was in it. */
export async function readCall(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const { runtime, view, params } = exchange;
  const { id = '' } = params;
  const found = callOfUser(view, user, id);
  if (found === undefined) return notFound('Call', id);
  const { call, leg } = found;
  const range = { of: { tenant: user.actor.tenant, kind: 'call', id }, upTo: view.position };
  const others =
    leg.state === 'released'
      ? await participantsLeft(runtime, range, { context: call.context, leg })
      : participantsOf(call.context, leg);
  return answerOne(exchange, 'call', callBody(call, leg, viewerOf(exchange, user), others));
}

/** `POST /me/calls/{id}`. */
export const operateCall = tellingErrors((exchange) => {
  const { id = '' } = exchange.params;
  const { runtime, caller, body, options } = exchange;
  const found = callOfUser(runtime.live, caller.user, id);
  if (found === undefined) return notFound('Call', id);
  const operation = operationOf(body);
  if (typeof operation !== 'string') return refused(operation);
  const eventOf = Object.hasOwn(EVENTS, operation) ? EVENTS[operation] : undefined;
  if (eventOf === undefined) return refused({ kind: 'unsupported', operation });
  const to = { tenant: tenantOf(exchange), kind: 'call', id };
  if (isDone(exchange, to)) return done({});
  if (!capabilityNames(found.call, found.leg, options.profile).includes(operation)) {
    return refused({ kind: 'notNow', message: `Operation '${operation}' is not valid for the current state` });
  }
  const event = eventOf({ exchange, id, context: found.call.context, leg: found.leg });
  if (!event.ok) return refused(event.refusal);
  return submitted(exchange, [{ to, event: event.value }]);
});

/** `POST /me/devices/{id}/calls`, `POST /me/calls`: `Dial`. */
export const dial = tellingErrors((exchange) => {
  const { runtime, caller, params, body } = exchange;
  const operation = operationOf(body);
  if (typeof operation !== 'string') return refused(operation);
  if (operation !== 'Dial') return refused({ kind: 'unsupported', operation });
  const devices = devicesOf(runtime.live, caller.user);
  const { agent } = caller.user.attributes;
  const device = params.id === undefined ? deviceInUse(exchange, devices) : devices.find((one) => one.id === params.id);
  if (device === undefined && params.id !== undefined) return notFound('Device', params.id);
  if (device === undefined || agent === undefined)
    return refused({ kind: 'notNow', message: 'User has no voice device' });
  const number = destinationOf(body.destination, 'destination');
  if (!number.ok) return refused(number.refusal);
  const userData = userDataOf(body);
  if (!userData.ok) return refused(userData.refusal);

  const { phoneNumber } = device.attributes;
  const { firstName, lastName } = caller.user.attributes;
  const name = `${firstName} ${lastName}`.trim();
  const dialled = {
    tenant: tenantOf(exchange),
    call: newCall(exchange),
    number: number.value,
    caller: { number: phoneNumber, line: phoneNumber, agent, ...(name === '' ? {} : { name }) },
    ...userData.value,
  };
  return submitted(exchange, [origination(projectedDirectory(runtime.live), dialled)]);
});

/** The one of his devices at which he works, else his first. */
function deviceInUse({ runtime, caller }: Exchange, devices: readonly Found<Device>[]): Found<Device> | undefined {
  const { actor, attributes } = caller.user;
  const line = agentById(runtime.live, actor.tenant, attributes.agent ?? '')?.line;
  return devices.find((device) => device.attributes.phoneNumber === line) ?? devices[0];
}

/** In `ext` a refused operation is told by notification too, with the operation it was. */
function tellingErrors(handle: Handler): Handler {
  return async (exchange) => {
    const answer = await handle(exchange);
    const { body, options, notify } = exchange;
    if (answer.kind === 'refused' && options.profile === 'ext' && typeof body.operationName === 'string') {
      const { code, message } = refusalAnswer(answer.refusal, options);
      notify('/v2/me/calls', eventError(code, message, body.operationName));
    }
    return answer;
  };
}

function onMonitored(type: string): EventOf {
  return ({ leg }) => ok({ type, leg: leg.watches?.leg ?? leg.id });
}

function consultFor(purpose: 'transfer' | 'conference'): EventOf {
  return (subject) =>
    withUserData(subject, (userData) => {
      const consult = newCall(subject.exchange);
      const there = resolved(subject);
      if (!there.ok) return there;
      return ok({
        type: 'consult',
        leg: subject.leg.id,
        consult,
        consultLeg: `${consult}-1`,
        target: { ...endAt(there.value, `${consult}-2`) },
        direction: directionTo(there.value),
        purpose,
        ...userData,
      });
    });
}

/**
 * The consult that a reference names; without one the call finds its newest. The operation may be sent to either of the
 * pair, and name either.
 */
function withConsult({ exchange, id, context, leg }: Subject, type: string, parameter: string): Fields<MachineEvent> {
  const reference = exchange.body[parameter];
  if (isMissing(reference)) return ok({ type, leg: leg.id });
  const named = typeof reference === 'string' ? (idOfReference(reference, 'calls') ?? reference) : '';
  if (named === id || named === context.consultOf?.call) return ok({ type, leg: leg.id });
  const isItsConsult = context.consults.some(({ call }) => call === named);
  return isItsConsult ? ok({ type, leg: leg.id, consult: named }) : invalid(parameter, 'names no consult of this call');
}

function setUserData({ exchange: { body } }: Subject): Fields<MachineEvent> {
  const { userData } = body;
  if (userData === undefined || userData === null) return missing('userData');
  return isJsonObject(userData) ? ok({ type: 'setUserData', userData }) : invalid('userData', 'is no object');
}

/** Makes the event for a destination that may be a queue. */
function toDestination(subject: Subject, eventOf: (target: JsonObject) => MachineEvent): Fields<MachineEvent> {
  const there = resolved(subject);
  if (!there.ok) return there;
  return ok(eventOf({ ...targetAt(there.value, newLeg(subject)) } as JsonObject));
}

/** Makes the event for a destination that must be a phone. */
function toEnd(subject: Subject, eventOf: (target: JsonObject) => MachineEvent): Fields<MachineEvent> {
  const there = resolved(subject);
  return there.ok ? ok(eventOf({ ...endAt(there.value, newLeg(subject)) })) : there;
}

function resolved({ exchange }: Subject): Fields<Destination> {
  const number = destinationOf(exchange.body.destination, 'destination');
  if (!number.ok) return number;
  return { ok: true, value: projectedDirectory(exchange.runtime.live).resolve(tenantOf(exchange), number.value) };
}

function withUserData(
  { exchange }: Subject,
  eventOf: (userData: JsonObject) => Fields<MachineEvent>,
): Fields<MachineEvent> {
  const userData = userDataOf(exchange.body);
  return userData.ok ? eventOf(userData.value) : userData;
}

/** `{userData}`, or nothing where the body has none. */
function userDataOf({ userData }: JsonObject): Fields<JsonObject> {
  if (userData === undefined || userData === null) return { ok: true, value: {} };
  return isJsonObject(userData) ? { ok: true, value: { userData } } : invalid('userData', 'is no object');
}

/** In the form in which every dialect can name a call; the same whenever the same command makes it. */
function newCall(exchange: Exchange): string {
  return callIdOf(`${tenantOf(exchange)} ${exchange.commandId}`);
}

function newLeg({ exchange }: Subject): string {
  return `${newCall(exchange)}-2`;
}

function ok(value: MachineEvent): Fields<MachineEvent> {
  return { ok: true, value };
}
