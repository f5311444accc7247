/**
 * Records of the directory as this dialect names them: by the ids it gave out (the record's first `gws` alias, else its
 * own id), in the order in which they were created. Reads one view; changes nothing.
 */

import type { Alias } from '../../../machines/fields.ts';
import type { Attributes } from '../../../machines/record/attributes/by-kind.ts';
import type { Preference, User } from '../../../machines/record/attributes/people.ts';
import type { Queue } from '../../../machines/record/attributes/queues.ts';
import type { Device, Extension } from '../../../machines/record/attributes/telephony.ts';
import { type DirectoryEntry, entriesBy, entriesByAlias, entriesOf, entry } from '../../../projections/directory.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { View } from '../../model/projection.ts';
import type { AgentStateSetting } from './agent-states.ts';

/** A record as this dialect knows it. */
export interface Found<Held> {
  readonly actor: ActorId;
  /** How this dialect calls it. */
  readonly id: string;
  readonly attributes: Held;
}

/** The kinds this dialect reads. */
export type KindName = 'user' | 'skill' | 'device' | 'extension' | 'place' | 'agent-state' | 'queue' | 'preference';

const PAGE = 1000;

/** By its own id or by any of its aliases. */
export function find<Kind extends KindName>(
  view: View,
  tenant: string,
  kind: Kind,
  id: string,
): Found<Attributes<Kind>> | undefined {
  const found = entriesByAlias(view, { kind, dialect: 'gws', id, tenant }).at(0) ?? entry(view, { tenant, kind, id });
  return found === undefined ? undefined : named(found);
}

/** By the id of its actor, as other records refer to it. */
export function get<Kind extends KindName>(
  view: View,
  tenant: string,
  kind: Kind,
  id: string,
): Found<Attributes<Kind>> | undefined {
  const found = entry(view, { tenant, kind, id });
  return found === undefined ? undefined : named(found);
}

export function list<Kind extends KindName>(
  view: View,
  tenant: string,
  kind: Kind,
): readonly Found<Attributes<Kind>>[] {
  const all: Found<Attributes<Kind>>[] = [];
  let after = 0;
  for (;;) {
    const page = entriesOf(view, { tenant, kind, after, limit: PAGE });
    for (const one of page) all.push(named(one));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return all;
    after = last.created;
  }
}

/** Those of the ids that exist, in the order given. */
export function several<Kind extends KindName>(
  view: View,
  tenant: string,
  kind: Kind,
  ids: readonly string[] = [],
): readonly Found<Attributes<Kind>>[] {
  return ids.map((id) => get(view, tenant, kind, id)).filter((found) => found !== undefined);
}

/** The devices of a user: those assigned to him, and the extensions that are his and have no device record. */
export function devicesOf(view: View, { actor, attributes }: Found<User>): readonly Found<Device>[] {
  const { tenant } = actor;
  const assigned = several(view, tenant, 'device', attributes.devices);
  const covered = new Set(assigned.map((device) => device.attributes.extension));
  const bare = several(view, tenant, 'extension', attributes.extensions).filter(
    (extension) => !covered.has(extension.actor.id),
  );
  return [...assigned, ...bare.map((extension) => deviceOf(extension, actor.id))];
}

/** The telephones of a tenant: its devices, then the extensions of people that have none. */
export function telephones(view: View, tenant: string): readonly Found<Device>[] {
  const devices = list(view, tenant, 'device');
  const covered = new Set(devices.map((device) => device.attributes.extension));
  return [
    ...devices,
    ...list(view, tenant, 'extension')
      .filter(({ actor }) => !covered.has(actor.id))
      .flatMap(bare),
  ];
}

/** One of them, or an extension whose device is not known to be its owner's. */
export function telephone(view: View, tenant: string, id: string): Found<Device> | undefined {
  const extension = find(view, tenant, 'extension', id);
  return find(view, tenant, 'device', id) ?? (extension && bare(extension)[0]);
}

/** Somebody's extension as a device. */
function bare(extension: Found<Extension>): readonly Found<Device>[] {
  const { user } = extension.attributes;
  return user === undefined ? [] : [deviceOf(extension, user)];
}

/** The queues that a user's agent is a member of. */
export function queuesOf(
  view: View,
  { actor: { tenant }, attributes: { agent } }: Found<User>,
): readonly Found<Queue>[] {
  if (agent === undefined) return [];
  return entriesBy(view, { kind: 'queue', key: 'members.agent', value: agent, tenant }).map(named);
}

/** The sections of settings that are a user's own. */
export function ownSections(view: View, { actor: { tenant, id } }: Found<User>): readonly Found<Preference>[] {
  return entriesBy(view, { kind: 'preference', key: 'user', value: id, tenant }).map(named);
}

export function deviceByNumber(view: View, tenant: string, phoneNumber: string): Found<Device> | undefined {
  const found = entriesBy(view, { kind: 'device', key: 'phoneNumber', value: phoneNumber, tenant }).at(0);
  return found === undefined ? undefined : named(found);
}

/** The name he signs in with here; '' for who cannot. */
export function userNameOf({ logins = [] }: User): string {
  return logins.find(({ dialect }) => dialect === 'gws')?.name ?? '';
}

/** The agent states an installation has beside the built-in ones; what they leave empty they do not have. */
export function ownStates(view: View, tenant: string): readonly AgentStateSetting[] {
  return list(view, tenant, 'agent-state').map(({ id, attributes }) => {
    const { operationName, displayName, state, workMode, reason } = attributes;
    return {
      id,
      operationName,
      displayName,
      state: SETTING_STATES[state],
      ...(workMode ? { workMode } : {}),
      ...(reason ? { reason } : {}),
    };
  });
}

const SETTING_STATES = { ready: 'Ready', notReady: 'NotReady', loggedOut: 'Logout' } as const;

/** An extension is a telephone too, also where nobody made a device record for it. */
function deviceOf({ actor, id, attributes }: Found<Extension>, user: string): Found<Device> {
  return { actor, id, attributes: { phoneNumber: attributes.number, extension: actor.id, user } };
}

function named<Kind extends KindName>({ actor, attributes }: DirectoryEntry<Kind>): Found<Attributes<Kind>> {
  const { aliases } = attributes as { readonly aliases?: readonly Alias[] };
  const id = aliases?.find(({ dialect }) => dialect === 'gws')?.id ?? actor.id;
  return { actor, id, attributes };
}
