/**
 * What this dialect asks the directory about people, queues and lines: by the names and numbers it knows them by. XUC logins
 * and agent numbers are unique in the installation, so no tenant is named; ids of its own are aliases, never derived.
 */
import type { Alias } from '../../../machines/fields.ts';
import {
  type DirectoryEntry,
  entriesBy,
  entriesByAlias,
  entriesByLogin,
  entriesOf,
  entry,
  secretEntriesByLogin,
} from '../../../projections/directory.ts';
import { isShut } from '../../identity/directory-records.ts';
import type { View } from '../../model/projection.ts';

/** A directory record. */
export type Found<Kind extends 'user' | 'queue' | 'extension'> = Pick<DirectoryEntry<Kind>, 'actor' | 'attributes'>;

export type Person = Found<'user'>;

const LIST_MAX = 10_000;

/** By login name; undefined also for somebody who may not sign in any more. */
export function personByLogin(view: View, login: string): Person | undefined {
  const [found] = entriesByLogin(view, { kind: 'user', dialect: 'xuc', name: login });
  return found === undefined || isOut(view, found) ? undefined : found;
}

/** When the password of a login was changed last, in epoch seconds; undefined when it never was. */
export function passwordChangedS(view: View, login: string): number | undefined {
  const [found] = secretEntriesByLogin(view, { kind: 'credential', dialect: 'xuc', name: login });
  return found === undefined || found.version === 1 ? undefined : Math.floor(found.modifiedAt / 1000);
}

/** True for somebody who may not sign in any more, he or all of his tenant. */
export function isOut(view: View, { actor, attributes }: Person): boolean {
  return attributes.enabled === false || isShut(view, actor.tenant);
}

export function personOfAgent(view: View, tenant: string, agent: string): Person | undefined {
  const [found] = entriesBy(view, { kind: 'user', key: 'agent', value: agent, tenant });
  return found;
}

/** By the number he logs in with as an agent. */
export function personByAgentNumber(view: View, agentNumber: string): Person | undefined {
  const [found] = entriesBy(view, { kind: 'user', key: 'agentNumber', value: agentNumber });
  return found;
}

export function peopleOf(view: View, tenant: string): readonly Person[] {
  return entriesOf(view, { tenant, kind: 'user', limit: LIST_MAX });
}

/** Everybody who works as an agent, whatever he signs in to. */
export function agentsOf(view: View, tenant: string): readonly Person[] {
  return peopleOf(view, tenant).filter(isAgent);
}

/** One of them, by this dialect's number of him. */
export function agentById(view: View, tenant: string, id: string): Person | undefined {
  return entriesByAlias(view, { kind: 'user', dialect: 'xuc', id, tenant }).find(isAgent);
}

function isAgent({ attributes }: Person): boolean {
  return attributes.agent !== undefined && attributes.agentNumber !== undefined;
}

export function queuesOf(view: View, tenant: string): readonly Found<'queue'>[] {
  return entriesOf(view, { tenant, kind: 'queue', limit: LIST_MAX });
}

/** By this dialect's number of it. */
export function queueByNumber(view: View, tenant: string, number: number): Found<'queue'> | undefined {
  const [found] = entriesByAlias(view, { kind: 'queue', dialect: 'xuc', id: String(number), tenant });
  return found;
}

export function extensionByNumber(view: View, tenant: string, number: string): Found<'extension'> | undefined {
  const [found] = entriesBy(view, { kind: 'extension', key: 'number', value: number, tenant });
  return found;
}

/** Number of the line a person has of his own, the first that there is; undefined when he has none. */
export function lineOf(view: View, { actor: { tenant }, attributes: { extensions = [] } }: Person): string | undefined {
  for (const id of extensions) {
    const found = entry(view, { tenant, kind: 'extension', id });
    if (found !== undefined) return found.attributes.number;
  }
  return undefined;
}

/** The name he signs in with here; '' for who cannot. */
export function loginOf({ attributes: { logins = [] } }: Person): string {
  return logins.find(({ dialect }) => dialect === 'xuc')?.name ?? '';
}

export function fullNameOf({ attributes: { firstName, lastName } }: Person): string {
  return `${firstName} ${lastName}`.trim();
}

/** The number this dialect knows a record by; undefined when it has given none. */
export function numberOf(found: { readonly attributes: { readonly aliases?: readonly Alias[] } }): number | undefined {
  const id = found.attributes.aliases?.find(({ dialect }) => dialect === 'xuc')?.id;
  return id !== undefined && /^\d{1,9}$/.test(id) ? Number(id) : undefined;
}
