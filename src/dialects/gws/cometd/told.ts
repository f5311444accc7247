/**
 * What one user is told of a record: his devices and channel when his presence changed, the calls he is in, his password.
 * A call is told by what became of his leg between the record before and this one, so a teller remembers the calls it has
 * seen; where it begins in the middle it reads the call's record before.
 */
import type { CallContext, Leg } from '../../../../machines/call/context.ts';
import { legOf, phonesOf } from '../../../../machines/call/legs.ts';
import type { User } from '../../../../machines/record/attributes/people.ts';
import { agent as agentById } from '../../../../projections/agents.ts';
import { backwards } from '../../../history/backwards.ts';
import { type Json, type JsonObject, sameJson } from '../../../model/json.ts';
import type { Position } from '../../../model/position.ts';
import type { Runtime } from '../../../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../../../model/transition.ts';
import {
  type CallOptions,
  callBody,
  capabilityNames,
  eventError,
  isHeardOf,
  isListenedTo,
  isMonitoredMuted,
  isMonitoring,
  legOfAgent,
  participantsOf,
  type ShownCall,
} from '../call-view.ts';
import { devicesOf, type Found, get, ownStates } from '../found.ts';
import { path } from '../links.ts';
import type { GwsOptions } from '../options.ts';
import { atDevicesAfter } from '../presence-view.ts';
import { channelBody, deviceBody, passwordNotice } from '../render.ts';
import { mayMonitor } from '../supervision.ts';
import { type Topic, USERS_TOPIC } from './topics.ts';

export interface Told {
  readonly channel: Topic;
  readonly data: JsonObject;
  /** Where the command ends that it is told of: what comes after that is not told yet. */
  readonly position: Position;
}

export interface TellerParts {
  readonly runtime: Runtime;
  readonly user: Found<User>;
  /** Hears of other people's passwords too. */
  readonly seesUsers: boolean;
  readonly uri: (path: string) => string;
  readonly options: CallOptions;
  /** What comes after it is to be told. */
  readonly after: Position;
}

/** Events that set what devices and channels show, whether or not they showed the same before. */
const PRESENCE_EVENTS: ReadonlySet<string> = new Set(['signIn', 'signOut', 'setReady', 'setAway', 'setWrapUp']);
/** The same of devices alone. */
const DEVICE_EVENTS: ReadonlySet<string> = new Set(['setDnd', 'setForward']);
/** Events that begin or end his listening in on somebody. */
const SUPERVISION_EVENTS: ReadonlySet<string> = new Set(['supervise', 'stopSupervising', 'leg.ended']);
/** Events that are told of a call also when its user data stay what they were: they are what somebody waits for. */
const USER_DATA_EVENTS: ReadonlySet<string> = new Set(['setUserData', 'deleteUserData']);

export class Teller {
  readonly #parts: TellerParts;
  readonly #calls = new Map<string, ShownCall>();
  #user: Found<User>;
  /** Whom he listens to, as last seen; undefined: not known yet. */
  #supervision: Json | undefined;

  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.#user = parts.user;
    const { live } = parts.runtime;
    if (parts.after < live.position) return;
    const { agent = '' } = parts.user.attributes;
    const { supervision } = agentById(live, parts.user.actor.tenant, agent)?.context ?? {};
    this.#supervision = supervision ? { ...supervision } : null;
  }

  /** Cheap: may the record have something for this user? */
  wants({ actor, transition }: LoggedTransition): boolean {
    const { actor: user, attributes } = this.#user;
    if (actor.tenant !== user.tenant) return false;
    const { context } = transition.data.state;
    switch (actor.kind) {
      case 'agent':
        return actor.id === attributes.agent;
      case 'call':
        return this.#calls.has(actor.id) || isIn(contextOf<CallContext>(transition), attributes.agent);
      case 'credential':
        return this.#parts.seesUsers || field(context.attributes, 'user') === user.id;
      case 'user':
        return actor.id === user.id;
      default:
        return false;
    }
  }

  /** By command, in log order; of one command, what concerns a consult comes last, and that it failed after that. */
  async tell(records: readonly LoggedTransition[]): Promise<readonly (readonly Told[])[]> {
    const told: Told[] = [];
    for (const record of records) told.push(...(await this.#tellOne(record)));
    return [...Map.groupBy(told, ({ position }) => position).values()].map(consultsLast);
  }

  async #tellOne(record: LoggedTransition): Promise<readonly Told[]> {
    switch (record.actor.kind) {
      case 'agent':
        return this.#presence(record);
      case 'call':
        return this.#call(record);
      case 'credential':
        return this.#password(record);
      default:
        this.#user = get(this.#parts.runtime.live, record.actor.tenant, 'user', record.actor.id) ?? this.#user;
        return [];
    }
  }

  #presence(record: LoggedTransition): readonly Told[] {
    const { event, from, to } = record.transition.data;
    const isOfDevices = this.#isSupervisionNews(record) || DEVICE_EVENTS.has(event.type);
    const isPresence = PRESENCE_EVENTS.has(event.type) || !sameJson(presenceIn(from), presenceIn(to));
    if (!isPresence && !isOfDevices) return [];
    const { runtime, uri } = this.#parts;
    const at = from === null ? undefined : atDevicesAfter(runtime.live, this.#user, record);
    if (at === undefined) return [];
    const own = ownStates(runtime.live, record.actor.tenant);
    const devices = devicesOf(runtime.live, this.#user).map((device) => deviceBody(device, at, uri, own));
    const channels = [channelBody(at.presence, own)];
    const ofDevices = tell(record, '/v2/me/devices', { messageType: 'DeviceStateChangeMessage', devices });
    const ofChannels = tell(record, '/v2/me/channels', { messageType: 'ChannelStateChangeMessage', channels });
    // Who has lost his last device is told of his channel alone.
    return [...(devices.length > 0 ? [ofDevices] : []), ...(isPresence ? [ofChannels] : [])];
  }

  /** Whom he listens to has changed since the last record of his agent, or may have where that was not seen. */
  #isSupervisionNews({ transition }: LoggedTransition): boolean {
    const { event, state } = transition.data;
    const before = this.#supervision;
    const supervision = state.context.supervision ?? null;
    this.#supervision = supervision;
    if (before !== undefined) return !sameJson(supervision, before);
    return mayMonitor(this.#user) && SUPERVISION_EVENTS.has(event.type);
  }

  async #call(record: LoggedTransition): Promise<readonly Told[]> {
    const { actor, transition } = record;
    const { agent } = this.#user.attributes;
    const after = shownAt(record);
    const before = this.#calls.get(actor.id) ?? (await this.#before(record));
    const leg = legToTell(before, after, agent);
    if (transition.data.state.done === true) this.#calls.delete(actor.id);
    else this.#calls.set(actor.id, after);
    const was = before && leg && legOf(before.context, leg.id);
    if (leg === undefined || (leg.state === 'released' && !isKnown(was))) return [];

    const { runtime, uri, options } = this.#parts;
    const seen = before === undefined || was === undefined ? undefined : { call: before, leg: was };
    const { event } = transition.data;
    const changed = changesOf(seen, { call: after, leg }, options.profile);
    const isAsked = changed.length === 0 && USER_DATA_EVENTS.has(event.type);
    const changes = isAsked ? ['AttachedDataChanged'] : changed;
    if (changes.length === 0) return [];
    const viewer = { devices: devicesOf(runtime.live, this.#user), uri, options };
    // Who leaves is told whom he left, not who is there now.
    const others = leg.state === 'released' && seen ? participantsOf(seen.call.context, seen.leg) : undefined;
    const call = callBody(after, leg, viewer, others);
    const phoneNumber = leg.line ?? leg.number;
    const isConsult = event.type === 'consult';
    return [
      ...changes.map((notificationType) => {
        const isBare = notificationType === 'AttachedDataChanged' || isConsult;
        const extensions = isBare ? {} : { extensions: { BusinessCall: 0 } };
        const data = { messageType: 'CallStateChangeMessage', notificationType, call, phoneNumber, ...extensions };
        return tell(record, '/v2/me/calls', data);
      }),
      ...(hasFailed(after.context, leg, options.profile) ? [tell(record, '/v2/me/calls', failure(after.context))] : []),
    ];
  }

  /** The call as the record before left it; undefined for its first. */
  async #before({ actor: of, position, transition }: LoggedTransition): Promise<ShownCall | undefined> {
    if (transition.data.version === 1) return undefined;
    const { runtime } = this.#parts;
    for await (const record of backwards(runtime, { of, upTo: position - 1, after: runtime.reach }))
      return shownAt(record);
    return undefined;
  }

  /** Only a password that its owner changed himself. */
  #password(record: LoggedTransition): readonly Told[] {
    const { event, cause, state } = record.transition.data;
    const owner = field(state.context.attributes, 'user');
    if (event.type !== 'change' || field(event.set, 'hash') === undefined) return [];
    if (typeof owner !== 'string' || cause.by !== `user:${owner}`) return [];
    const { runtime, uri, seesUsers } = this.#parts;
    const { id } = this.#user.actor;
    const data = passwordNotice('PasswordChangeSuccessful');
    const own = owner === id ? [tell(record, '/v2/me', data)] : [];
    const user = seesUsers ? get(runtime.live, record.actor.tenant, 'user', owner) : undefined;
    if (user === undefined) return own;
    return [...own, tell(record, USERS_TOPIC, { ...data, userUri: uri(path('users', user.id)), userId: user.id })];
  }
}

/** His leg; of a call that is over for him the one that he had, and not one of his that was called and never rang. */
function legToTell(before: ShownCall | undefined, after: ShownCall, agent: string | undefined): Leg | undefined {
  const leg = legOfAgent(after.context, agent);
  const had = before === undefined ? undefined : legOfAgent(before.context, agent);
  if (had === undefined || (leg !== undefined && leg.state !== 'released')) return leg;
  // A call that has had many legs forgets the oldest that are over.
  return legOf(after.context, had.id) ?? { ...had, state: 'released', since: after.now };
}

/** A call as one person has it. */
interface Had {
  readonly call: ShownCall;
  readonly leg: Leg;
}

/** His phone has rung or dialled, and is not done: a call that was over before it rang is none to him. */
function isKnown(leg: Leg | undefined): boolean {
  return leg !== undefined && leg.state !== 'released' && isHeardOf(leg);
}

/**
 * What of a call changed for the person on a leg; nothing where he would read it as before. A change of status shows all
 * else that came with it; that somebody joined is told beside it, as the product does of a conference (§1.7.3).
 */
function changesOf(before: Had | undefined, after: Had, profile: GwsOptions['profile']): readonly string[] {
  if (before === undefined || !isHeardOf(before.leg)) return ['StatusChange'];
  const [was, is] = [before.call.context, after.call.context];
  const others = !sameJson(participantsOf(was, before.leg), participantsOf(is, after.leg));
  if (!sameJson(standing(before), standing(after))) {
    const isJoined = others && after.leg.state === 'established';
    return isJoined ? ['StatusChange', 'ParticipantsUpdated'] : ['StatusChange'];
  }
  if (others) return ['ParticipantsUpdated'];
  if (!sameJson(was.userData, is.userData)) return ['AttachedDataChanged'];
  if (!sameJson({ ...was.recording }, { ...is.recording })) return ['CallRecordingStateChange'];
  // Clients offer what is listed: a consult that came or went changes that, and nothing else, of the call it is about.
  const could = capabilityNames(before.call, before.leg, profile);
  return sameJson(could, capabilityNames(after.call, after.leg, profile)) ? [] : ['StatusChange'];
}

/** What a change of is a change of status. */
function standing({ call: { context }, leg }: Had): Json {
  const isConsult = context.consultOf !== null;
  const supervision = [isListenedTo(context, leg), isMonitoredMuted(context, leg), isMonitoring(leg)];
  return [leg.state, leg.muted === true, isConsult, ...supervision];
}

function shownAt({ actor, transition, time }: LoggedTransition): ShownCall {
  return { id: actor.id, value: transition.data.to, context: contextOf<CallContext>(transition), now: time };
}

const INTERNAL = 4;
/** Why a call of one's own can come to nobody; without `ext` only what its operation is to blame for. */
const FAILURES: Readonly<Record<GwsOptions['profile'], readonly unknown[]>> = {
  seed: ['unreachable', 'failed'],
  ext: ['unreachable', 'failed', 'busy', 'noAnswer', 'rejected'],
};

function hasFailed({ answeredAt, cause }: CallContext, leg: Leg, profile: GwsOptions['profile']): boolean {
  return leg.kind === 'caller' && leg.state === 'released' && answeredAt === null && FAILURES[profile].includes(cause);
}

function failure({ cause, consultOf }: CallContext): JsonObject {
  const consulting = consultOf?.purpose === 'conference' ? 'InitiateConference' : 'InitiateTransfer';
  return eventError(INTERNAL, `Call failed: ${cause}`, consultOf === null ? 'Dial' : consulting);
}

function isIn(call: CallContext, agent: string | undefined): boolean {
  return agent !== undefined && phonesOf(call).some((leg) => leg.agent === agent);
}

/** What is told of one call stays in order, also where it stops being a consult. */
function consultsLast(told: readonly Told[]): readonly Told[] {
  const idOf = ({ data }: Told): Json | undefined => field(data.call, 'id');
  const consults = new Set(told.filter(({ data }) => field(data.call, 'callType') === 'Consult').map(idOf));
  const isLast = (one: Told): boolean => consults.has(idOf(one)) || one.data.messageType === 'EventError';
  return [...told.filter((one) => !isLast(one)), ...told.filter(isLast)];
}

/** Name of the presence state within a stored state value. */
function presenceIn(value: LoggedTransition['transition']['data']['from']): Json {
  const present = typeof value === 'object' && value !== null ? value.present : undefined;
  const presence = typeof present === 'object' ? present.presence : undefined;
  return typeof presence === 'string' ? presence : null;
}

function field(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
}

function tell({ position, transition }: LoggedTransition, channel: Topic, data: JsonObject): Told {
  const { number, of } = transition.data.part;
  return { channel, data, position: position + of - number };
}
