/**
 * Records as the resources of the contract (genesys.md §1.2 to §1.6), key by key. Pure: everything is passed in.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Skill } from '../../../machines/record/attributes/queues.ts';
import type { Device, Place } from '../../../machines/record/attributes/telephony.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { type AgentStateSetting, type ShownPresence, stateCapabilities, userStateOf } from './agent-states.ts';
import { type Found, userNameOf } from './found.ts';
import { path } from './links.ts';
import type { GwsOptions } from './options.ts';
import type { MonitoringState } from './supervision.ts';

type Uri = (path: string) => string;

const ROLE_NAMES = {
  agent: 'ROLE_AGENT',
  supervisor: 'ROLE_SUPERVISOR',
  admin: 'ROLE_ADMIN',
  apiuser: 'ROLE_ADMIN',
} as const;
const ROLES = { ROLE_AGENT: 'agent', ROLE_SUPERVISOR: 'supervisor', ROLE_ADMIN: 'admin' } as const;

export const VOICE = 'voice';

/** The domain's roles for `ROLE_…` names; undefined when one is none. */
export function rolesOf(names: readonly Json[]): User['roles'] | undefined {
  const roles: User['roles'] = [];
  for (const name of names) {
    if (typeof name !== 'string' || !Object.hasOwn(ROLES, name)) return undefined;
    roles.push(ROLES[name as keyof typeof ROLES]);
  }
  return [...new Set(roles)];
}

/** The nine keys of the document (S000:36-49); `ext` adds two. */
export function userBody({ id, actor, attributes }: Found<User>, uri: Uri, profile: GwsOptions['profile']): JsonObject {
  const at = path('users', id);
  const { firstName, lastName, roles, enabled, changePasswordOnFirstLogin, emailAddress } = attributes;
  return {
    id,
    userName: userNameOf(attributes),
    firstName,
    lastName,
    roles: [...new Set(roles.map((role) => ROLE_NAMES[role]))],
    enabled: enabled ?? true,
    changePasswordOnFirstLogin: changePasswordOnFirstLogin ?? false,
    uri: uri(at),
    path: at,
    ...(profile === 'ext' ? { emailAddress: emailAddress ?? '', contactCenterId: actor.tenant } : {}),
  };
}

/** `level` is text: the user's own on his skill, else `0`. */
export function skillBody({ id, attributes }: Found<Skill>, uri: Uri, level = 0): JsonObject {
  const at = path('skills', id);
  const { name, description } = attributes;
  return { id, name, ...optional({ description }), level: String(level), uri: uri(at), path: at };
}

/** What the person at a device does, as far as the device tells it. */
export interface AtDevice {
  readonly presence: ShownPresence | undefined;
  readonly doNotDisturb: boolean;
  /** Where all calls go instead; '' when they do not. */
  readonly forwardTo: string;
  /** May listen in on others. */
  readonly mayMonitor?: boolean;
  readonly monitors?: MonitoringState;
}

export const NOBODY: AtDevice = { presence: undefined, doNotDisturb: false, forwardTo: '' };

export function deviceBody(
  { id, attributes }: Found<Device>,
  at: AtDevice = NOBODY,
  uri: Uri,
  own: readonly AgentStateSetting[],
): JsonObject {
  const where = path('devices', id);
  const userState = userStateOf(at.presence, own);
  const { phoneNumber, e164Number, network, voiceEnvironment, active, channels } = attributes;
  const { description, type, vendor, model, country, location } = attributes;
  return {
    id,
    deviceState: active === false ? 'Inactive' : 'Active',
    userState,
    phoneNumber,
    e164Number: e164Number ?? '',
    telephonyNetwork: network === 'public' ? 'Public' : 'Private',
    doNotDisturb: at.doNotDisturb ? 'On' : 'Off',
    voiceEnvironmentUri: voiceEnvironment === undefined ? '' : uri(path('voice-environments', voiceEnvironment)),
    capabilities: deviceCapabilities(at, userState, own),
    channels: channels ?? [VOICE],
    ...(at.forwardTo === '' ? {} : { forwardTo: at.forwardTo }),
    ...optional({ description, type, vendor, model, country, location }),
    ...(at.monitors === undefined ? {} : { supervisorMonitoringState: monitoringBody(at.monitors, uri) }),
    uri: uri(where),
    path: where,
  };
}

export function channelBody(presence: ShownPresence | undefined, own: readonly AgentStateSetting[]): JsonObject {
  return { channel: VOICE, userState: userStateOf(presence, own) };
}

export function placeBody({ id, attributes }: Found<Place>, devices: readonly Found<Device>[], uri: Uri): JsonObject {
  const at = path('places', id);
  const { name } = attributes;
  return { id, name, devices: devices.map((device) => uri(path('devices', device.id))), uri: uri(at), path: at };
}

/** A section of settings as a list shows it. */
export function sectionBody(name: string, at: string, settings: readonly JsonObject[], uri: Uri): JsonObject {
  return { name, displayName: name, key: 'name', uri: uri(at), path: at, settings: [...settings] };
}

function monitoringBody({ state, mode, scope, device }: MonitoringState, uri: Uri): JsonObject {
  return { state, mode, scope, targetDeviceUri: device === '' ? '' : uri(path('devices', device)) };
}

function deviceCapabilities(at: AtDevice, userState: JsonObject, own: readonly AgentStateSetting[]): readonly string[] {
  if (at.presence === undefined) return [];
  return [
    ...stateCapabilities(userState, own),
    at.doNotDisturb ? 'DoNotDisturbOff' : 'DoNotDisturbOn',
    at.forwardTo === '' ? 'ForwardCallsOn' : 'ForwardCallsOff',
    ...(at.mayMonitor === true ? ['ListenIn', 'Coach', 'BargeIn'] : []),
    ...(at.monitors === undefined ? [] : ['CancelSupervisorMonitoring']),
  ];
}

/** Without the fields that are not there. */
function optional(fields: Readonly<Record<string, string | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

/** What is told of a change of password (D7). Its type is said in both names: the page has one, all other messages the other. */
export function passwordNotice(type: 'PasswordChangeSuccessful' | 'PasswordChangeError'): JsonObject {
  return { messageType: type, notificationType: type };
}
