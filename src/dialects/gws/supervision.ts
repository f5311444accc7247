/**
 * Supervisor monitoring (genesys.md §1.2.1): ListenIn, Coach and BargeIn connect the supervisor's own device to the calls of
 * another one until CancelSupervisorMonitoring; what is so is told as `supervisorMonitoringState` of his device.
 * Parameters and state as the product's pages on these operations print them: `targetDeviceUri`,
 * `supervisorMonitoringScope` (Call unless said), `supervisorMonitoringMode` (AllCalls unless said).
 */
import type { AgentContext } from '../../../machines/agent/context.ts';
import type { Leg } from '../../../machines/call/context.ts';
import { isLive, phonesOf } from '../../../machines/call/legs.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import { agent as agentById } from '../../../projections/agents.ts';
import { callsOfAgent } from '../../../projections/calls.ts';
import { entriesBy } from '../../../projections/directory.ts';
import type { Delivery } from '../../model/command.ts';
import type { Json } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { Refusal } from './errors.ts';
import { type Answer, done, type Exchange, isDone, notFound, refused, settled, submitted } from './exchange.ts';
import { featuresOf } from './features.ts';
import { isMissing } from './fields.ts';
import { devicesOf, type Found, get, telephone } from './found.ts';
import { idOfReference } from './links.ts';

const HOWS = { ListenIn: 'listen', Coach: 'coach', BargeIn: 'barge' } as const;
const SCOPES = { Agent: 'agent', Call: 'call' } as const;
const MODES = { NextCall: 'next', AllCalls: 'all' } as const;
const MUTES = { MuteMonitoredUser: 'mute', UnmuteMonitoredUser: 'unmute' } as const;
const CANCEL = 'CancelSupervisorMonitoring';
const OPERATIONS: readonly string[] = [...Object.keys(HOWS), CANCEL, ...Object.keys(MUTES)];

export function isSupervision(operation: string): boolean {
  return OPERATIONS.includes(operation);
}

export function mayMonitor({ attributes }: Found<User>): boolean {
  return featuresOf(attributes).some(({ id }) => id === 'api-supervisor-monitoring');
}

/** An operation on one's own device, which `isSupervision` has recognised. */
export function supervise(exchange: Exchange, operation: string): Answer | Promise<Answer> {
  const { user } = exchange.caller;
  if (!mayMonitor(user)) return refused({ kind: 'forbidden' });
  const { agent } = user.attributes;
  if (agent === undefined) return notNow('User has no voice device');
  if (isKey(HOWS, operation)) return begin(exchange, agent, HOWS[operation]);
  return isKey(MUTES, operation) ? mute(exchange, agent, MUTES[operation]) : cancel(exchange, agent);
}

function begin(exchange: Exchange, own: string, how: string): Answer | Promise<Answer> {
  const { body, runtime, caller } = exchange;
  const { tenant } = caller.user.actor;
  const { targetDeviceUri: uri } = body;
  if (isMissing(uri)) return refused({ kind: 'missing', parameter: 'targetDeviceUri' });
  const id = typeof uri === 'string' ? idOfReference(uri, 'devices') : undefined;
  if (id === undefined) return refused(invalid('targetDeviceUri', 'names no device'));
  const agent = agentAt(runtime.live, tenant, id);
  if (agent === undefined) return notFound('Device', id);
  if (agent === '') return notNow('Nobody works at the device');
  if (agent === own) return notNow('A supervisor cannot monitor himself');
  const scope = optionOf(body.supervisorMonitoringScope, SCOPES, 'call');
  if (scope === undefined) return refused(invalid('supervisorMonitoringScope', 'is neither Agent nor Call'));
  const calls = optionOf(body.supervisorMonitoringMode, MODES, 'all');
  if (calls === undefined) return refused(invalid('supervisorMonitoringMode', 'is neither NextCall nor AllCalls'));
  const event = { type: 'supervise', agent, how, calls, scope };
  return submitted(exchange, [{ to: { tenant, kind: 'agent', id: own }, event }]);
}

/** Stops, and leaves the calls he listens to; a call he has barged into is his own. */
function cancel(exchange: Exchange, own: string): Answer | Promise<Answer> {
  const { tenant } = exchange.caller.user.actor;
  const to = { tenant, kind: 'agent', id: own };
  if (isDone(exchange, to)) return done({});
  return settled(exchange, () => {
    const { supervision } = agentById(exchange.runtime.live, tenant, own)?.context ?? {};
    if (supervision === undefined || supervision === null) return notNow('Nobody is monitored');
    const leaving = monitoring(exchange.runtime.live, tenant, own).map(({ call, leg }): Delivery => {
      return { to: { tenant, kind: 'call', id: call }, event: { type: 'stopMonitoring', leg: leg.id } };
    });
    return {
      deliveries: [{ to, event: { type: 'stopSupervising' } }, ...leaving],
      // A call that is over meanwhile need not be left.
      staleOn: ['ended', 'notMonitoring'],
    };
  });
}

function mute(exchange: Exchange, own: string, type: string): Answer | Promise<Answer> {
  const { tenant } = exchange.caller.user.actor;
  const [there] = monitoring(exchange.runtime.live, tenant, own);
  if (there?.leg.watches === undefined) return notNow('No call is monitored');
  return submitted(exchange, [
    { to: { tenant, kind: 'call', id: there.call }, event: { type, leg: there.leg.watches.leg } },
  ]);
}

/** The calls he is in for somebody else's sake. */
function monitoring(view: View, tenant: string, own: string): readonly { readonly call: string; readonly leg: Leg }[] {
  return callsOfAgent(view, tenant, own).flatMap(({ id, context }) =>
    phonesOf(context)
      .filter((leg) => leg.agent === own && leg.watches !== undefined && isLive(leg))
      .map((leg) => ({ call: id, leg })),
  );
}

/** The agent whose device it is; '' when nobody's, undefined when there is no such device. */
function agentAt(view: View, tenant: string, id: string): string | undefined {
  const device = telephone(view, tenant, id);
  if (device === undefined) return undefined;
  const { user } = device.attributes;
  return (user === undefined ? undefined : get(view, tenant, 'user', user)?.attributes.agent) ?? '';
}

/** `supervisorMonitoringState` of his device; undefined while he monitors nobody. */
export function monitoringState(
  view: View,
  tenant: string,
  { supervision }: Pick<AgentContext, 'supervision'>,
): MonitoringState | undefined {
  if (supervision === undefined || supervision === null) return undefined;
  const { agent, how, calls, scope } = supervision;
  const [user] = entriesBy(view, { kind: 'user', key: 'agent', value: agent, tenant });
  const found = user && get(view, tenant, 'user', user.actor.id);
  return {
    state: nameOf(HOWS, how),
    mode: nameOf(MODES, calls),
    scope: nameOf(SCOPES, scope),
    device: found === undefined ? '' : (devicesOf(view, found)[0]?.id ?? ''),
  };
}

export interface MonitoringState {
  readonly state: string;
  readonly mode: string;
  readonly scope: string;
  /** Id of the device that is monitored; '' when its agent has none any more. */
  readonly device: string;
}

function isKey<Table extends object>(
  table: Table,
  key: string,
): key is Table extends object ? keyof Table & string : never {
  return Object.hasOwn(table, key);
}

function nameOf(table: Readonly<Record<string, string>>, value: string): string {
  return Object.keys(table).find((name) => table[name] === value) ?? '';
}

function optionOf(given: Json | undefined, table: Readonly<Record<string, string>>, usual: string): string | undefined {
  if (isMissing(given)) return usual;
  return typeof given === 'string' && Object.hasOwn(table, given) ? table[given] : undefined;
}

function notNow(message: string): Answer {
  return refused({ kind: 'notNow', message });
}

function invalid(parameter: string, why: string): Refusal {
  return { kind: 'invalid', message: `Parameter '${parameter}' ${why}` };
}
