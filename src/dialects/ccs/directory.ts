/**
 * What this dialect asks the directory: objects by the ids this dialect knows them by, with their attributes typed.
 * The attributes were checked against these very schemas when they were recorded, so they are not checked again; answers are
 * kept by the projection until a record of the kind changes.
 */
import type { Alias } from '../../../machines/fields.ts';
import { type DirectoryEntry, entriesBy, entriesByAlias, entriesOf, entry } from '../../../projections/directory.ts';
import { type ActorId, isUsableId } from '../../model/actor-id.ts';
import type { View } from '../../model/projection.ts';

/** What this dialect reads. */
export type Kind =
  | 'telco'
  | 'product'
  | 'role'
  | 'tenant'
  | 'user'
  | 'extension'
  | 'queue'
  | 'outbound-queue'
  | 'conditional-route'
  | 'vrq'
  | 'presence-option';

/** A directory record of a kind. Times are ms since 1970. */
export type Entry<Of extends Kind> = Pick<DirectoryEntry<Of>, 'actor' | 'attributes' | 'createdAt' | 'modifiedAt'>;

/** Lists are not paged here: the document knows no pages. Nothing it lists grows with traffic. */
const LIST_MAX = 10_000;

export function get<Of extends Kind>(view: View, kind: Of, tenant: string, id: string): Entry<Of> | undefined {
  return entry(view, { tenant, kind, id });
}

/** In the order in which they were created, which is the order of the document's lists. */
export function list<Of extends Kind>(view: View, kind: Of, tenant: string): readonly Entry<Of>[] {
  return entriesOf(view, { tenant, kind, limit: LIST_MAX });
}

/** By any of its CCS ids; a record without one is known by its own. */
export function byCcsId<Of extends Kind>(view: View, kind: Of, asked: string, tenant: string): Entry<Of> | undefined {
  const id = asked.trim();
  return isUsableId(id) ? (byAlias(view, kind, id, tenant) ?? unnamed(get(view, kind, tenant, id))) : undefined;
}

/** A tenant by any of its CCS ids, or its own where it has none. */
export function tenantByCcsId(view: View, asked: string): Entry<'tenant'> | undefined {
  const id = asked.trim();
  return isUsableId(id) ? (byAlias(view, 'tenant', id) ?? unnamed(tenantRecord(view, id))) : undefined;
}

/** A tenant's record lives in the tenant itself, under the tenant's name. */
export function tenantRecord(view: View, tenant: string): Entry<'tenant'> | undefined {
  return get(view, 'tenant', tenant, tenant);
}

/** All tenants of a telco, the oldest first. */
export function tenantsOf(view: View, telco: string): readonly Entry<'tenant'>[] {
  return entriesBy(view, { kind: 'tenant', key: 'telco', value: telco });
}

/** The id under which this dialect shows a record: the first of its CCS ids. */
export function ccsIdOf(found: { readonly actor: ActorId; readonly attributes: object }): string {
  return aliasesOf(found.attributes)[0]?.id ?? found.actor.id;
}

/** The last of them, which is what section 4.6 prints of a tenant where all others print the first. */
export function lastCcsIdOf(found: { readonly actor: ActorId; readonly attributes: object }): string {
  return aliasesOf(found.attributes).at(-1)?.id ?? found.actor.id;
}

/** Records that this dialect has an id for. */
export function isCcs(found: { readonly attributes: object }): boolean {
  return aliasesOf(found.attributes).length > 0;
}

export function extensionByNumber(view: View, tenant: string, number: string): Entry<'extension'> | undefined {
  return entriesBy(view, { kind: 'extension', key: 'number', value: number, tenant })[0];
}

/** Who owns an extension; undefined for a free one. */
export function ownerOf(view: View, extension: Entry<'extension'>): Entry<'user'> | undefined {
  const { user } = extension.attributes;
  return user === undefined ? undefined : get(view, 'user', extension.actor.tenant, user);
}

/** The extension a user works on. */
export function extensionOf(view: View, user: Entry<'user'>): Entry<'extension'> | undefined {
  const [first] = user.attributes.extensions ?? [];
  return first === undefined ? undefined : get(view, 'extension', user.actor.tenant, first);
}

/**
 * The extension by which this dialect knows who is on the telephone: the line's, unless somebody sits there who has another
 * of his own. By that one his state is asked for, and told.
 */
export function extensionOnLeg(
  view: View,
  tenant: string,
  { line, agent }: { readonly line?: string; readonly agent?: string },
): Entry<'extension'> | undefined {
  const there = line === undefined ? undefined : extensionByNumber(view, tenant, line);
  const user = agent === undefined ? undefined : userOfAgent(view, tenant, agent);
  if (user === undefined || there?.attributes.user === user.actor.id) return there;
  return extensionOf(view, user) ?? there;
}

/** The user whose agent this is. */
export function userOfAgent(view: View, tenant: string, agent: string): Entry<'user'> | undefined {
  return entriesBy(view, { kind: 'user', key: 'agent', value: agent, tenant })[0];
}

function byAlias<Of extends Kind>(view: View, kind: Of, id: string, tenant?: string): Entry<Of> | undefined {
  return entriesByAlias(view, { kind, dialect: 'ccs', id, ...(tenant === undefined ? {} : { tenant }) })[0];
}

/** A record that has an id of its own in this dialect is not known by another. */
function unnamed<Of extends Kind>(found: Entry<Of> | undefined): Entry<Of> | undefined {
  return found === undefined || isCcs(found) ? undefined : found;
}

function aliasesOf(attributes: object): readonly Alias[] {
  const aliases: readonly Alias[] =
    'aliases' in attributes && Array.isArray(attributes.aliases) ? attributes.aliases : [];
  return aliases.filter(({ dialect }) => dialect === 'ccs');
}
