/**
 * What this dialect asks the directory: objects by the ids this dialect knows them by, with their attributes typed.
 * The attributes were checked against these very schemas when they were recorded, so they are not checked again.
 */

import type { Alias } from '../../../machines/fields.ts';
import type { Product, Role, Telco, Tenant } from '../../../machines/record/attributes/organisation.ts';
import type { User } from '../../../machines/record/attributes/people.ts';
import type {
  OutboundQueue,
  PresenceOption,
  Queue,
  RoutingNumber,
} from '../../../machines/record/attributes/queues.ts';
import type { Extension } from '../../../machines/record/attributes/telephony.ts';
import { type DirectoryEntry, entriesBy, entriesByAlias, entriesOf, entry } from '../../../projections/directory.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { View } from '../../model/projection.ts';
import { remembered } from './directory-memory.ts';

interface Kinds {
  readonly telco: Telco;
  readonly product: Product;
  readonly role: Role;
  readonly tenant: Tenant;
  readonly user: User;
  readonly extension: Extension;
  readonly queue: Queue;
  readonly 'outbound-queue': OutboundQueue;
  readonly 'conditional-route': RoutingNumber;
  readonly vrq: RoutingNumber;
  readonly 'presence-option': PresenceOption;
}

export type Kind = keyof Kinds;

/** A directory record of a kind. Times are ms since 1970. */
export interface Entry<Of extends Kind> {
  readonly actor: ActorId;
  readonly attributes: Kinds[Of];
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** Lists are not paged here: the document knows no pages. Nothing it lists grows with traffic. */
const LIST_MAX = 10_000;
const CCS_ID = /^[0-9A-Za-z-]{1,64}$/;

export function get<Of extends Kind>(view: View, kind: Of, tenant: string, id: string): Entry<Of> | undefined {
  return remembered(view, `get ${kind} ${tenant} ${id}`, () => {
    const found = entry(view, { tenant, kind, id });
    return found === undefined ? undefined : typed<Of>(found);
  });
}

/** In the order in which they were created, which is the order of the document's lists. */
export function list<Of extends Kind>(view: View, kind: Of, tenant: string): readonly Entry<Of>[] {
  return remembered(view, `list ${kind} ${tenant}`, () =>
    entriesOf(view, { tenant, kind, limit: LIST_MAX }).map((found) => typed<Of>(found)),
  );
}

/** By any of its CCS ids; a record without one is known by its own. */
export function byCcsId<Of extends Kind>(view: View, kind: Of, asked: string, tenant: string): Entry<Of> | undefined {
  const id = asked.trim();
  return CCS_ID.test(id) ? (byAlias(view, kind, id, tenant) ?? unnamed(get(view, kind, tenant, id))) : undefined;
}

/** A tenant by any of its CCS ids, or its own where it has none. */
export function tenantByCcsId(view: View, asked: string): Entry<'tenant'> | undefined {
  const id = asked.trim();
  return CCS_ID.test(id) ? (byAlias(view, 'tenant', id) ?? unnamed(tenantRecord(view, id))) : undefined;
}

/** A tenant's record lives in the tenant itself, under the tenant's name. */
export function tenantRecord(view: View, tenant: string): Entry<'tenant'> | undefined {
  return get(view, 'tenant', tenant, tenant);
}

/** All tenants of a telco, the oldest first. */
export function tenantsOf(view: View, telco: string): readonly Entry<'tenant'>[] {
  return entriesBy(view, { kind: 'tenant', key: 'telco', value: telco }).map((found) => typed<'tenant'>(found));
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
  return byKey(view, 'extension', 'number', number, tenant);
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

/** The user whose agent this is. */
export function userOfAgent(view: View, tenant: string, agent: string): Entry<'user'> | undefined {
  return byKey(view, 'user', 'agent', agent, tenant);
}

function byKey<Of extends Kind>(
  view: View,
  kind: Of,
  key: string,
  value: string,
  tenant: string,
): Entry<Of> | undefined {
  return remembered(view, `${key} ${kind} ${tenant} ${value}`, () => {
    const [found] = entriesBy(view, { kind, key, value, tenant });
    return found === undefined ? undefined : typed<Of>(found);
  });
}

function byAlias<Of extends Kind>(view: View, kind: Of, id: string, tenant?: string): Entry<Of> | undefined {
  return remembered(view, `alias ${kind} ${tenant ?? ''} ${id}`, () => {
    const [found] = entriesByAlias(view, { kind, dialect: 'ccs', id, ...(tenant === undefined ? {} : { tenant }) });
    return found === undefined ? undefined : typed<Of>(found);
  });
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

function typed<Of extends Kind>(found: DirectoryEntry): Entry<Of> {
  const { actor, attributes, createdAt, modifiedAt } = found;
  return { actor, attributes: attributes as unknown as Kinds[Of], createdAt, modifiedAt };
}
