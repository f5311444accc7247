/**
 * A device that goes from one hand to another: its record, its extension, both users and both lines, as one command. The first
 * device of an agent is his line; who loses it gets his next, or is logged out.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import { agent } from '../../../projections/agents.ts';
import type { Delivery } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { lineLost } from '../../switch/line-gone.ts';
import type { Exchange } from './exchange.ts';
import { devicesOf, type Found, get } from './found.ts';

/** A device as it takes part in a change of hands. */
export interface Handed {
  readonly id: string;
  readonly phoneNumber: string;
  /** Id of its extension record. */
  readonly extension: string;
  /** Whose it is by its record: it may change hands meanwhile. */
  readonly user: string | undefined;
}

export function handed({ actor, attributes }: Found<Device>): Handed {
  const { phoneNumber, extension = '', user } = attributes;
  return { id: actor.id, phoneNumber, extension, user };
}

/** What moves when a device goes from one hand to another: the device, its extension, both users, both lines. */
export function handOver(
  { runtime: { live }, caller }: Pick<Exchange, 'runtime' | 'caller'>,
  device: Handed,
  from: string | undefined,
  to: Found<User> | undefined,
): readonly Delivery[] {
  const { tenant } = caller.user.actor;
  const owner = to === undefined ? undefined : { user: to.actor.id };
  const given = owner === undefined ? { unset: ['user'] } : { set: owner };
  // Lent by a place until now, it is his from now on, or nobody's.
  const kept = owner === undefined ? { unset: ['user', 'place'] } : { set: owner, unset: ['place'] };
  const before = from === undefined || from === to?.actor.id ? undefined : get(live, tenant, 'user', from);
  const after = to === undefined ? undefined : (get(live, tenant, 'user', to.actor.id) ?? to);
  return [
    { to: { tenant, kind: 'device', id: device.id }, event: { type: 'change', expect: ownerOf(device), ...kept } },
    ...(device.extension === ''
      ? []
      : [{ to: { tenant, kind: 'extension', id: device.extension }, event: { type: 'change', ...given } }]),
    ...(before === undefined ? [] : losing(live, before, device)),
    ...(after === undefined ? [] : gaining(live, after, device)),
  ];
}

/** Whose it is, as an expectation. */
export function ownerOf({ user }: Handed): JsonObject {
  return { user: user ?? null };
}

function losing(view: View, user: Found<User>, device: Handed): readonly Delivery[] {
  const without = (ids: readonly string[] | undefined, id: string) => (ids ?? []).filter((one) => one !== id);
  const { devices, extensions, agent: agentId = '' } = user.attributes;
  // What a place lends him is his for a session.
  const next = devicesOf(view, user).find(
    ({ attributes: { phoneNumber, place } }) => phoneNumber !== device.phoneNumber && place === undefined,
  );
  const known = agent(view, user.actor.tenant, agentId);
  return [
    usersChange(user, without(devices, device.id), without(extensions, device.extension)),
    ...(known === undefined ? [] : lineLost(known, device.phoneNumber, next?.attributes.phoneNumber ?? null)),
  ];
}

function gaining(view: View, user: Found<User>, device: Handed): readonly Delivery[] {
  const withOne = (ids: readonly string[] = [], id: string) => (id === '' || ids.includes(id) ? ids : [...ids, id]);
  const { devices, extensions, agent: id } = user.attributes;
  const { tenant } = user.actor;
  const hasLine = id === undefined || (agent(view, tenant, id)?.context.phone.homeLine ?? null) !== null;
  return [
    usersChange(user, withOne(devices, device.id), withOne(extensions, device.extension)),
    ...(hasLine ? [] : [{ to: { tenant, kind: 'agent', id }, event: { type: 'configure', line: device.phoneNumber } }]),
  ];
}

function usersChange(user: Found<User>, devices: readonly string[], extensions: readonly string[]): Delivery {
  const { devices: before, extensions: extensionsBefore } = user.attributes;
  const expect = { devices: before ?? null, extensions: extensionsBefore ?? null };
  return { to: user.actor, event: { type: 'change', expect, set: { devices, extensions } } };
}
