/**
 * Agent states: the five of the product with their fixed ids (genesys.md §1.2.1), those an installation adds, what
 * event each asks the agent for, and how an agent's presence reads as one of them.
 */
import type { MachineEvent } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';

export interface AgentStateSetting {
  readonly id: string;
  readonly operationName: string;
  readonly displayName: string;
  readonly state: 'Ready' | 'NotReady' | 'Logout';
  readonly workMode?: string;
  readonly reason?: string;
}

const READY: AgentStateSetting = {
  id: '9430250E-0A1B-421F-B372-F29E69366DED',
  operationName: 'Ready',
  displayName: 'Ready',
  state: 'Ready',
};
const NOT_READY: AgentStateSetting = {
  id: '900D55CC-2BB0-431F-8BF9-D3525B383BE6',
  operationName: 'NotReady',
  displayName: 'Not Ready',
  state: 'NotReady',
};
const AFTER_CALL_WORK: AgentStateSetting = {
  id: 'D3663509-3D82-4DD3-A82E-2EA8EFA02AEF',
  operationName: 'AfterCallWork',
  displayName: 'AfterCallWork',
  state: 'NotReady',
  workMode: 'AfterCallWork',
};
const AUX_WORK: AgentStateSetting = {
  id: '2B36138D-C564-4562-A8CB-3C32D564F296',
  operationName: 'AuxWork',
  displayName: 'AuxWork',
  state: 'NotReady',
  workMode: 'AuxWork',
};
const OFFLINE: AgentStateSetting = {
  id: '0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB',
  operationName: 'Offline',
  displayName: 'Offline',
  state: 'Logout',
};

export const BUILT_IN: readonly AgentStateSetting[] = [READY, NOT_READY, AFTER_CALL_WORK, AUX_WORK, OFFLINE];

const ALIASES: Readonly<Record<string, AgentStateSetting>> = { Login: NOT_READY, Logout: OFFLINE };

/** The setting an operation name stands for; undefined when it is no state operation. */
export function settingOf(operation: string, own: readonly AgentStateSetting[]): AgentStateSetting | undefined {
  const alias = Object.hasOwn(ALIASES, operation) ? ALIASES[operation] : undefined;
  return alias ?? [...BUILT_IN, ...own].find((setting) => setting.operationName === operation);
}

/** What the agent is asked for. A state operation of a signed-out user signs him in. */
export function eventOf(setting: AgentStateSetting): MachineEvent {
  const stamp = stampOf(setting);
  switch (setting.state) {
    case 'Ready':
      return { type: 'setReady', signIn: true, ...stamp };
    case 'NotReady':
      return { type: setting === AFTER_CALL_WORK ? 'setWrapUp' : 'setAway', signIn: true, ...stamp };
    case 'Logout':
      return { type: 'signOut', ...stamp };
  }
}

/** The state's own mark on the presence, by which it is known again; a built-in one needs none but AuxWork's. */
function stampOf(setting: AgentStateSetting): JsonObject {
  if (setting === AUX_WORK) return { workMode: 'AuxWork' };
  if (BUILT_IN.includes(setting)) return {};
  const mode: JsonObject = setting.workMode === undefined ? {} : { workMode: setting.workMode };
  return { reason: { id: setting.id, name: setting.reason ?? setting.displayName }, ...mode };
}

/** What an agent's presence is read from: the name of its state and what the machine keeps of it. */
export interface ShownPresence {
  readonly kind: string;
  readonly stamp: JsonObject;
}

/** `userState` of a device or channel. */
export function userStateOf(presence: ShownPresence | undefined, own: readonly AgentStateSetting[]): JsonObject {
  if (presence === undefined) return shown(OFFLINE);
  const { kind, stamp } = presence;
  const reason = objectOr(stamp.reason);
  const custom = typeof reason.id === 'string' ? own.find((setting) => setting.id === reason.id) : undefined;
  if (custom !== undefined) return shown(custom);
  const named: JsonObject = typeof reason.name === 'string' ? { reason: reason.name } : {};
  switch (kind) {
    case 'ready':
      return { ...shown(READY), ...named };
    case 'wrapUp':
      return { ...shown(AFTER_CALL_WORK), ...named };
    case 'away':
      return stamp.workMode === AUX_WORK.workMode
        ? { ...shown(AUX_WORK), ...named }
        : { ...shown(NOT_READY), ...named };
    default:
      return { ...shown(OFFLINE), ...named };
  }
}

/** The state operations that would change something, for `capabilities`. */
export function stateCapabilities(userState: JsonObject, own: readonly AgentStateSetting[]): readonly string[] {
  return [...BUILT_IN, ...own].filter(({ id }) => id !== userState.id).map(({ operationName }) => operationName);
}

/** The setting as a list shows it. */
export function settingBody(setting: AgentStateSetting): JsonObject {
  return { ...setting };
}

function shown({ id, displayName, state, workMode, reason }: AgentStateSetting): JsonObject {
  return {
    id,
    displayName,
    state: state === 'Logout' ? 'LoggedOut' : state,
    ...(workMode === undefined ? {} : { workMode }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function objectOr(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
