/**
 * Agents as this dialect sees them: three regions under one name (contract 4.1). Pure, but for the directory.
 */
import type { Leg } from '../../../../machines/agent/phone.ts';
import { type AgentEntry, agent } from '../../../../projections/agents.ts';
import { call as callById } from '../../../../projections/calls.ts';
import { entriesBy } from '../../../../projections/directory.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { agentsOf, numberOf, type Person } from '../people.ts';

const ON_PHONE: Readonly<Record<string, string>> = {
  ringing: 'AgentRinging',
  dialing: 'AgentDialing',
  talking: 'AgentOnCall',
  held: 'AgentOnCall',
};
const ON_PRESENCE: Readonly<Record<string, string>> = {
  wrapUp: 'AgentOnWrapup',
  away: 'AgentOnPause',
  ready: 'AgentReady',
};
const DIRECTIONS: Readonly<Record<string, string>> = { inbound: 'Incoming', outbound: 'Outgoing' };

function stateName({ presence, phone }: Pick<AgentEntry, 'presence' | 'phone'>): string {
  if (presence === 'signedOut') return 'AgentLoggedOut';
  return ON_PHONE[phone] ?? ON_PRESENCE[presence] ?? 'AgentReady';
}

/** The message of an AgentStateEvent; undefined for who is no agent here. */
export function agentState(view: View, person: Person): JsonObject | undefined {
  const lasting = lastingState(view, person);
  if (lasting === undefined) return undefined;
  return { ...lasting, since: Math.max(0, Math.floor((view.now - lasting.since) / 1000)) };
}

/** The same with `since` in ms since 1970: equal as long as nothing happens that a client could see. */
export function lastingState(view: View, person: Person): (JsonObject & { readonly since: number }) | undefined {
  const { tenant } = person.actor;
  const id = person.attributes.agent;
  const found = id === undefined ? undefined : agent(view, tenant, id);
  if (found === undefined) return undefined;
  const name = stateName(found);
  const isIn = found.presence !== 'signedOut';
  return {
    name,
    agentId: agentIdOf(person),
    phoneNb: isIn ? (found.line ?? '') : '',
    since: sinceOf(found, name),
    queues: isIn ? queueIdsOf(view, tenant, found.id) : [],
    cause: found.reason ?? '',
    ...callOf(view, found, name),
  };
}

/** Of everybody in the tenant who has an agent number. */
export function agentStates(view: View, tenant: string): readonly JsonObject[] {
  return agentsOf(view, tenant)
    .map((person) => agentState(view, person))
    .filter((state) => state !== undefined);
}

/** The number of the person: agents have none of their own. */
export function agentIdOf(person: Person): number {
  return numberOf(person) ?? 0;
}

function sinceOf({ presenceSince, phoneSince }: AgentEntry, name: string): number {
  return Object.values(ON_PHONE).includes(name) ? phoneSince : presenceSince;
}

/** `acd` and `direction`, from which clients make their finer names. */
function callOf(view: View, found: AgentEntry, name: string): JsonObject {
  if (name !== 'AgentOnCall' && name !== 'AgentRinging' && name !== 'AgentDialing') return {};
  const leg = found.context.phone.legs.find(({ state }) => state === found.phone);
  // Who consults somebody about a queue's call is still at it.
  const acd = leg?.acd === true || found.queue === 'talking';
  const direction = DIRECTIONS[leg?.direction ?? ''] ?? (isCaller(view, found.tenant, leg) ? 'Outgoing' : 'Incoming');
  return { acd, direction };
}

/** Of a call between two of our own, the one says Outgoing and the other Incoming. */
function isCaller(view: View, tenant: string, leg: Leg | undefined): boolean {
  const legs = leg === undefined ? undefined : callById(view, tenant, leg.call)?.context.legs;
  return legs?.find(({ id }) => id === leg?.leg)?.kind === 'caller';
}

function queueIdsOf(view: View, tenant: string, id: string): readonly number[] {
  const queues = entriesBy(view, { kind: 'queue', key: 'members.agent', value: id, tenant });
  return queues.flatMap((queue) => numberOf(queue) ?? []);
}
