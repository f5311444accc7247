/**
 * What a client is told about its own user: configuration, the statuses there are, and the one he has.
 */
import type { AgentContext } from '../../../../machines/agent/context.ts';
import { entriesOf } from '../../../../projections/directory.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { fullNameOf, lineOf, numberOf, type Person } from '../people.ts';
import { agentOf } from '../plans.ts';
import { agentIdOf } from './agent-states.ts';

const AVAILABLE = 'available';
const AWAY = 'away';
const DISCONNECTED = 'disconnected';
const BUILT_IN: readonly JsonObject[] = [
  { name: AVAILABLE, longName: 'Available', color: '#08FD20', actions: [] },
  { name: AWAY, longName: 'Away', color: '#FDE50A', actions: [] },
  { name: DISCONNECTED, longName: 'Disconnected', color: '#202020', actions: [] },
];
const OPTION_COLOR = '#FFA500';
const OPTIONS_MAX = 1000;

export function userConfig(view: View, person: Person): JsonObject {
  const { firstName, lastName } = person.attributes;
  const found = agentOf(view, person);
  const line = lineOf(view, person);
  const { dnd = false, forwards } = (found?.context ?? {}) as Partial<AgentContext>;
  return {
    userId: numberOf(person) ?? 0,
    firstName,
    lastName,
    fullName: fullNameOf(person),
    mobileNumber: '',
    dndEnabled: dnd,
    uncFwdEnabled: forwards?.unconditional.enabled ?? false,
    uncFwdDestination: forwards?.unconditional.destination ?? '',
    naFwdEnabled: forwards?.noAnswer.enabled ?? false,
    naFwdDestination: forwards?.noAnswer.destination ?? '',
    busyFwdEnabled: forwards?.busy.enabled ?? false,
    busyFwdDestination: forwards?.busy.destination ?? '',
    agentId: person.attributes.agentNumber === undefined ? 0 : agentIdOf(person),
    lineIds: line === undefined ? [] : [lineIdOf(line)],
    voiceMailId: 0,
    voiceMailEnabled: false,
  };
}

/** Line ids are the numbers of the lines. */
export function lineIdOf(line: string | undefined): number {
  return /^\d{1,9}$/.test(line ?? '') ? Number(line) : 0;
}

/** The built-in statuses, and the tenant's own ways of being away by name. */
export function userStatuses(view: View, tenant: string): readonly JsonObject[] {
  return [
    ...BUILT_IN,
    ...optionNames(view, tenant).map((name) => ({ name, longName: name, color: OPTION_COLOR, actions: [] })),
  ];
}

/** One of `userStatuses`, always. */
export function userStatus(view: View, person: Person): string {
  const found = agentOf(view, person);
  if (found === undefined || found.presence === 'signedOut') return DISCONNECTED;
  if (found.presence !== 'away') return AVAILABLE;
  const known = optionNames(view, person.actor.tenant).find((name) => name === found.reason);
  return known ?? AWAY;
}

/** What choosing a status asks for; undefined for one there is not, or that cannot be chosen. */
export function statusMeaning(
  view: View,
  tenant: string,
  status: string,
): { readonly presence: 'ready' | 'away'; readonly reason?: string } | undefined {
  if (status === AVAILABLE) return { presence: 'ready' };
  if (status === AWAY) return { presence: 'away' };
  return optionNames(view, tenant).includes(status) ? { presence: 'away', reason: status } : undefined;
}

function optionNames(view: View, tenant: string): readonly string[] {
  return entriesOf(view, { tenant, kind: 'presence-option', limit: OPTIONS_MAX })
    .filter(({ attributes }) => attributes.kind === 'away')
    .map(({ attributes }) => String(attributes.name));
}
