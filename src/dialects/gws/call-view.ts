/**
 * A call as one of its people sees it (genesys.md §1.7.1, §1.7.2): the state of his own leg, who else is there, and what he
 * could do now, asked of the call's machine. Pure, except for reading who he is.
 */

import { capabilitiesOf, type Operation } from '../../../machines/call/capabilities.ts';
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import { isLive, isUp, legOf, monitorsOf, phonesOf } from '../../../machines/call/legs.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import { type CallEntry, call as callById, callsOfAgent } from '../../../projections/calls.ts';
import { backwards } from '../../history/backwards.ts';
import type { ActorId } from '../../model/actor-id.ts';
import { digestOf } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { Runtime } from '../../model/runtime.ts';
import { contextOf, type StateValue } from '../../model/transition.ts';
import type { Resource } from './collection.ts';
import type { Exchange } from './exchange.ts';
import { devicesOf, type Found } from './found.ts';
import { path } from './links.ts';
import type { GwsOptions } from './options.ts';

export type CallState = 'Dialing' | 'Ringing' | 'Established' | 'Held' | 'Released';

const STATES: Readonly<Record<Leg['state'], CallState>> = {
  dialing: 'Dialing',
  ringing: 'Ringing',
  established: 'Established',
  held: 'Held',
  released: 'Released',
};

const TYPES = { internal: 'Internal', inbound: 'Inbound', outbound: 'Outbound' } as const;

/** The names of the contract for what the machine would take, in the order in which they are listed. */
const CAPABILITIES: Readonly<Partial<Record<Operation, readonly string[]>>> = {
  answer: ['Answer'],
  reject: ['Reject'],
  hold: ['Hold'],
  retrieve: ['Retrieve'],
  swapCalls: ['SwapCalls'],
  completeTransfer: ['CompleteTransfer'],
  completeConference: ['CompleteConference'],
  hangup: ['Hangup'],
  sendDtmf: ['SendDtmf'],
  mute: ['MuteCall'],
  unmute: ['UnmuteCall'],
  blindTransfer: ['SingleStepTransfer'],
  consult: ['InitiateTransfer', 'InitiateConference'],
  addParty: ['SingleStepConference'],
  removeParty: ['RemoveParticipantFromConference'],
  setUserData: ['AttachUserData', 'UpdateUserData'],
  deleteUserData: ['DeleteUserData', 'DeleteUserDataPair'],
  startSuppression: ['PauseRecording'],
  stopSuppression: ['ResumeRecording'],
};

const CAPABILITIES_EXT: typeof CAPABILITIES = {
  kill: ['ClearCall'],
  startRecording: ['StartCallRecording'],
  stopRecording: ['StopCallRecording'],
  startSuppression: ['PauseCallRecording', 'PauseRecording'],
  stopSuppression: ['ResumeCallRecording', 'ResumeRecording'],
};

/** Whoever dials a consult decides when somebody is there; before that he can give up. */
const NOT_WHILE_DIALING: ReadonlySet<Operation> = new Set(['completeTransfer', 'completeConference', 'swapCalls']);

/** What `ext` lists in these states alone (§1.7.2). */
const LISTED_IN: Readonly<Partial<Record<Operation, readonly Leg['state'][]>>> = {
  kill: ['ringing', 'established'],
  startRecording: ['established'],
};

/** Of a recording that is made. (Suppression, which they are to the machine, other dialects begin before there is one.) */
const OF_RECORDING: ReadonlySet<Operation> = new Set(['startSuppression', 'stopSuppression']);

/** A call at one moment. */
export interface ShownCall {
  readonly id: string;
  /** As stored: `to` of its record. */
  readonly value: StateValue;
  readonly context: CallContext;
  /** When it is looked at, ms since 1970: for how long it has lasted. */
  readonly now: number;
}

function shownCall({ id, stage, context }: CallEntry, now: number): ShownCall {
  return { id, value: stage === 'ended' ? stage : { live: stage }, context, now };
}

/** An agent's leg in a call: the one that is up, else the last to end. A phone that is only being called knows of nothing. */
export function legOfAgent(call: CallContext, agent: string | undefined): Leg | undefined {
  const own = agent === undefined ? [] : phonesOf(call).filter((leg) => leg.agent === agent && isHeardOf(leg));
  return own.findLast(isLive) ?? own.toSorted((a, b) => a.since - b.since).at(-1);
}

/** His phone has dialled, or rung: of a leg that is over, why it ended says that it never did. */
export function isHeardOf({ kind, state, answeredAt, cause }: Leg): boolean {
  if (kind === 'caller' || answeredAt !== undefined) return true;
  return state === 'released' ? cause !== 'busy' && cause !== 'unreachable' : state !== 'dialing';
}

export function capabilityNames(call: ShownCall, leg: Leg, profile: GwsOptions['profile']): readonly string[] {
  if (leg.state === 'released') return [];
  const names = profile === 'ext' ? { ...CAPABILITIES, ...CAPABILITIES_EXT } : CAPABILITIES;
  const could = new Set<string>(capabilitiesOf(call, leg.id));
  const listed = Object.keys(names) as readonly Operation[];
  const now = listed.filter((operation) => could.has(operation));
  const fit = now
    .filter((operation) => leg.state !== 'dialing' || !NOT_WHILE_DIALING.has(operation))
    .filter((operation) => LISTED_IN[operation]?.includes(leg.state) ?? true)
    .filter((operation) => call.context.recording.active || !OF_RECORDING.has(operation));
  return [...fit.flatMap((operation) => names[operation] ?? []), ...onMonitored(call, leg)];
}

/** What a supervisor could do to whom he listens to. */
function onMonitored(call: ShownCall, { watches }: Leg): readonly string[] {
  if (watches === undefined) return [];
  const could = capabilitiesOf(call, watches.leg);
  if (could.includes('mute')) return ['MuteMonitoredUser'];
  return could.includes('unmute') ? ['UnmuteMonitoredUser'] : [];
}

/** A supervisor is on the line of this person. */
export function isListenedTo(context: CallContext, leg: Leg): boolean {
  return isLive(leg) && monitorsOf(context).some((one) => isUp(one) && one.watches?.leg === leg.id);
}

/** Whom he listens to is muted. */
export function isMonitoredMuted(context: CallContext, leg: Leg): boolean {
  return isMonitoring(leg) && legOf(context, leg.watches?.leg ?? '')?.muted === true;
}

/** He is connected to the calls of another agent. */
export function isMonitoring(leg: Leg): boolean {
  return leg.watches !== undefined && isLive(leg);
}

/** Where the person is, for the parts of a call that are his own. */
export interface Viewer {
  readonly devices: readonly Found<Device>[];
  readonly uri: (path: string) => string;
  readonly options: CallOptions;
}

/** What an installation may set of how calls are shown. */
export type CallOptions = Pick<GwsOptions, 'profile' | 'callForm'>;

/** `others`: numbers at the other ends; of a call that is over for him it is to be said who they were. */
export function callBody(
  call: ShownCall,
  leg: Leg,
  { devices, uri, options }: Viewer,
  others: readonly string[] = participantsOf(call.context, leg),
): JsonObject {
  const { id, context, now } = call;
  const device = devices.find(({ attributes }) => attributes.phoneNumber === (leg.line ?? leg.number));
  // For him it is over when he leaves, though others may go on.
  const until = leg.state === 'released' ? leg.since : now;
  const recording = context.recording.active
    ? { recordingState: context.recording.suppressed ? 'Paused' : 'Recording' }
    : {};
  return {
    id,
    state: STATES[leg.state],
    callUuid: id,
    // In 8.5.0 a call is named by it.
    connId: options.callForm === '8.5.0' ? id : connIdOf(id),
    deviceUri: device === undefined ? '' : uri(path('devices', device.id)),
    ...participantsIn(others, options),
    dnis: context.to,
    ...(context.direction === 'inbound' ? { ani: context.from } : {}),
    callType: context.consultOf === null ? TYPES[context.direction] : 'Consult',
    capabilities: capabilityNames(call, leg, options.profile),
    ...(Object.keys(context.userData).length === 0 ? {} : { userData: context.userData }),
    duration: String(Math.max(0, Math.floor((until - context.startedAt) / 1000))),
    mute: leg.muted === true ? 'On' : 'Off',
    ...recording,
    supervisorListeningIn: isListenedTo(context, leg),
    monitoredUserMuted: isMonitoredMuted(context, leg),
    uri: uri(path('me', 'calls', id)),
    ...(options.callForm === '8.5.0' ? {} : { path: path('calls', id), monitoring: isMonitoring(leg) }),
  };
}

/**
 * Numbers at the other ends of a call that is not over for him; while nobody is called yet, or the call waits in a queue,
 * the one that he dialled.
 */
export function participantsOf(context: CallContext, leg: Leg): readonly string[] {
  const others = context.legs.filter((one) => one.id !== leg.id && isLive(one)).map(({ number }) => number);
  const awaitsFirst = leg.kind === 'caller' && context.answeredAt === null;
  return others.length === 0 && awaitsFirst ? [context.to] : others;
}

/**
 * The same of a call that is over for him, up to a position: of those who were there when he left, as its records have it,
 * and not of who came in his place. Of a call that no record shows him in (an imported one): everybody else.
 */
export async function participantsLeft(
  runtime: Pick<Runtime, 'replay' | 'reach'>,
  { of, upTo }: { readonly of: ActorId; readonly upTo: Position },
  { context, leg }: { readonly context: CallContext; readonly leg: Leg },
): Promise<readonly string[]> {
  for await (const { transition } of backwards(runtime, { of, upTo, after: runtime.reach })) {
    const then = contextOf<CallContext>(transition);
    const own = legOf(then, leg.id);
    if (own !== undefined && isLive(own)) return participantsOf(then, own);
  }
  return context.legs.filter(({ id }) => id !== leg.id).map(({ number }) => number);
}

/** A user's calls that are not over. */
export function callsOfUser(exchange: Exchange, user: Found<User>): readonly Resource[] {
  const { view } = exchange;
  const { agent } = user.attributes;
  if (agent === undefined) return [];
  return callsOfAgent(view, user.actor.tenant, agent).flatMap((entry) => {
    const leg = legOfAgent(entry.context, agent);
    if (leg === undefined || leg.state === 'released') return [];
    const shown = shownCall(entry, view.now);
    return [{ path: path('me', 'calls', entry.id), body: () => callBody(shown, leg, viewerOf(exchange, user)) }];
  });
}

/** A call he is or was in; undefined for any other. */
export function callOfUser(
  view: Exchange['view'],
  user: Found<User>,
  id: string,
): { readonly call: ShownCall; readonly leg: Leg } | undefined {
  const entry = callById(view, user.actor.tenant, id);
  const leg = entry === undefined ? undefined : legOfAgent(entry.context, user.attributes.agent);
  return entry === undefined || leg === undefined ? undefined : { call: shownCall(entry, view.now), leg };
}

export function viewerOf({ view, uri, options }: Exchange, user: Found<User>): Viewer {
  return { devices: devicesOf(view, user), uri, options };
}

/** What is told of an operation that failed (§1.8). */
export function eventError(errorCode: number, errorMessage: string, operationName: string): JsonObject {
  return { messageType: 'EventError', errorCode, errorMessage, operationName };
}

/** Of 8.5.0, `participantsInfo` goes by the place in `participants` (§1.7.1). */
function participantsIn(numbers: readonly string[], { callForm }: CallOptions): JsonObject {
  const bodies = numbers.map((number) => ({
    e164Number: /^\+\d+$/.test(number) ? number : '',
    formattedPhoneNumber: number,
    phoneNumber: number,
    digits: number,
  }));
  if (callForm === '8.5.2') return { participants: bodies };
  return { participants: numbers, participantsInfo: bodies.map(({ phoneNumber: _, ...info }) => info) };
}

/** 16 hex digits that stand for the call and nothing else. */
function connIdOf(id: string): string {
  return digestOf(id).slice(0, 16);
}
