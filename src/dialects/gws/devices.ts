/**
 * Devices: create, change, remove, assign and unassign (genesys.md §1.3). A device is a telephone under a number; the number
 * is an extension's, which is made with the device where there is none, so that it can be called. Every request is one
 * command over all records it moves.
 */
import { z } from 'zod';
import type { User } from '../../../machines/record/attributes/people.ts';
import type { Device } from '../../../machines/record/attributes/telephony.ts';
import { claimsOf } from '../../../machines/record/claims.ts';
import { entriesBy } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import { taking } from '../../licences/licences.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery, Rejection } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { lineGone } from '../../switch/line-gone.ts';
import { sanitised } from '../../switch/numbers.ts';
import type { Refusal } from './errors.ts';
import { type Answer, type Decision, type Exchange, notFound, refused, settled } from './exchange.ts';
import { fieldsOf, missingAmong, newIn, present, readOnlyAmong } from './fields.ts';
import { deviceByNumber, devicesOf, type Found, get, telephone } from './found.ts';
import { handed, handOver, ownerOf } from './hand-over.ts';
import { path } from './links.ts';
import { tenantOf } from './resources.ts';

const text = z.string().max(128).optional();
const attributes = z.object({
  /** As it is dialled. */
  phoneNumber: z
    .string()
    .max(64)
    .transform(sanitised)
    .refine((number) => number !== '', 'is no number')
    .optional(),
  type: z.string().max(64).optional(),
  vendor: text,
  model: text,
  country: z.string().max(64).optional(),
  location: text,
  description: z.string().max(1024).optional(),
  e164Number: z.string().max(32).optional(),
  telephonyNetwork: z.enum(['Private', 'Public']).optional(),
});

export async function createDevice(exchange: Exchange): Promise<Answer> {
  const refusal = missingAmong(exchange.body, ['phoneNumber']) ?? readOnlyAmong(exchange.body);
  if (refusal !== undefined) return refused(refusal);
  const fields = fieldsOf(attributes, exchange.body);
  if (!fields.ok) return refused(fields.refusal);
  const { phoneNumber = '' } = fields.value;
  const { live } = exchange.runtime;
  return settled(exchange, () => {
    const there = deviceByNumber(live, tenantOf(exchange), phoneNumber);
    // One that this very command made already: the host answers its receipt again.
    const isRepeat = there?.actor.id === derivedId(tenantOf(exchange), exchange.commandId);
    if (there !== undefined && !isRepeat) return refused(taken(phoneNumber));
    return birth(exchange, fields.value, ownerOfNumber(live, tenantOf(exchange), phoneNumber));
  });
}

/** Whose extension it is already. */
function ownerOfNumber(view: View, tenant: string, phoneNumber: string): Found<User> | undefined {
  const [extension] = entriesBy(view, { kind: 'extension', key: 'number', value: phoneNumber, tenant });
  return get(view, tenant, 'user', extension?.attributes.user ?? '');
}

/** Creates and assigns; a device that already has the number is taken from whoever has it (S002:101). */
export async function createAndAssignDevice(exchange: Exchange, user: Found<User>): Promise<Answer> {
  const refusal = missingAmong(exchange.body, ['phoneNumber']) ?? notAnAgent(user);
  if (refusal !== undefined) return refused(refusal);
  const fields = fieldsOf(attributes, exchange.body);
  if (!fields.ok) return refused(fields.refusal);
  const { phoneNumber = '' } = fields.value;
  return settled(exchange, () => {
    const there = deviceByNumber(exchange.runtime.live, tenantOf(exchange), phoneNumber);
    if (there === undefined) return birth(exchange, fields.value, user);
    const deliveries = handOver(exchange, handed(there), there.attributes.user, user);
    return { deliveries, body: named(exchange, there.id), refusalOf: refusalOf(phoneNumber) };
  });
}

export async function assignDevice(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  const refusal = notAnAgent(user);
  if (refusal !== undefined) return refused(refusal);
  return settled(exchange, () => {
    const device = changeableDevice(exchange, id);
    if ('kind' in device) return refused(device);
    return { deliveries: handOver(exchange, handed(device), device.attributes.user, user) };
  });
}

export async function unassignDevice(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  return settled(exchange, () => {
    const { live } = exchange.runtime;
    const now = get(live, user.actor.tenant, 'user', user.actor.id) ?? user;
    const device = devicesOf(live, now).find((one) => one.id === id);
    if (device === undefined) return notFound('Device', id);
    if (device.actor.kind !== 'device') return refused(BARE);
    return { deliveries: handOver(exchange, handed(device), user.actor.id, undefined) };
  });
}

/** The device as it is now, or why it cannot be changed. */
export function changeableDevice(exchange: Exchange, id: string): Found<Device> | Refusal {
  const found = telephone(exchange.runtime.live, tenantOf(exchange), id);
  if (found === undefined) return { kind: 'notFound', resource: 'Device', id };
  return found.actor.kind === 'device' ? found : BARE;
}

/** It has no record of a device that could be changed, or change hands. */
const BARE: Refusal = { kind: 'inUse', message: 'An extension without a device stays as it is' };

export async function changeDevice(exchange: Exchange, device: Found<Device>, shown: JsonObject): Promise<Answer> {
  const refusal = readOnlyAmong(exchange.body, shown);
  if (refusal !== undefined) return refused(refusal);
  const fields = fieldsOf(attributes, newIn(exchange.body, shown));
  if (!fields.ok) return refused(fields.refusal);
  const { phoneNumber = device.attributes.phoneNumber } = fields.value;
  if (phoneNumber !== device.attributes.phoneNumber) return refused({ kind: 'readOnly', property: 'phoneNumber' });
  return settled(exchange, () => ({
    deliveries: [{ to: device.actor, event: { type: 'change', set: recordOf(fields.value) } }],
  }));
}

/** The extension that was made with it goes with it, and nobody is left at work there. */
export async function removeDevice(exchange: Exchange, device: Found<Device>): Promise<Answer> {
  return settled(exchange, () => {
    const { live } = exchange.runtime;
    const { actor } = device;
    const now = handed(get(live, actor.tenant, 'device', actor.id) ?? device);
    const own = get(live, actor.tenant, 'extension', actor.id);
    const left = handOver(exchange, now, now.user, undefined);
    const gone = [actor, ...(own === undefined ? [] : [own.actor])];
    const others = own === undefined ? [] : lineGone(live, own.actor.tenant, String(own.attributes.number));
    return {
      deliveries: [
        { to: actor, event: { type: 'check', expect: ownerOf(now) } },
        ...gone.map((to) => ({ to, event: { type: 'remove' } })),
        ...left.filter(({ to }) => !gone.some((one) => isSame(one, to))),
        ...others.filter(({ to }) => !left.some((one) => isSame(one.to, to))),
      ],
    };
  });
}

function birth(exchange: Exchange, fields: z.infer<typeof attributes>, owner: Found<User> | undefined): Decision {
  const { phoneNumber = '' } = fields;
  const tenant = tenantOf(exchange);
  const id = derivedId(tenant, exchange.commandId);
  const { live } = exchange.runtime;
  const there = entriesBy(live, { kind: 'extension', key: 'number', value: phoneNumber, tenant }).at(0);
  const extension = there?.actor.id ?? id;
  const user = owner === undefined ? {} : { user: owner.actor.id };
  const device = { phoneNumber, extension, active: true, network: 'private', channels: ['voice'], ...user };
  const line = { number: phoneNumber, isAgent: true, ...user };
  const licensed = taking(
    live,
    { tenant, kind: 'extension', id },
    undefined,
    there === undefined && exchange.earlier === undefined ? line : {},
  );
  if (licensed.kind === 'exceeded') {
    return refused({
      kind: 'licensed',
      message: 'Failed to create device. The contact centre may have no more agents.',
    });
  }
  return {
    deliveries: [
      create({ tenant, kind: 'device', id }, { ...device, ...recordOf(fields) }),
      ...(there === undefined ? [create({ tenant, kind: 'extension', id }, line), ...licensed.deliveries] : []),
      ...(owner === undefined
        ? []
        : handOver(exchange, { id, phoneNumber, extension, user: undefined }, there?.attributes.user, owner).filter(
            // What is made here is made as his.
            ({ to }) => to.id !== id || (to.kind !== 'device' && to.kind !== 'extension'),
          )),
    ],
    body: named(exchange, id),
    // Made by somebody else at the same time: who assigns takes it from him.
    ...(owner === undefined ? {} : { staleOn: ['taken'] }),
    refusalOf: refusalOf(phoneNumber),
  };
}

function notAnAgent({ attributes: { roles } }: Found<User>): Refusal | undefined {
  return roles.includes('agent') ? undefined : { kind: 'notNow', message: 'A device can be assigned to an agent only' };
}

function named({ uri, options }: Exchange, id: string): JsonObject {
  const at = path('devices', id);
  return { id, uri: uri(at), ...(options.profile === 'ext' ? { path: at } : {}) };
}

function recordOf({ telephonyNetwork, phoneNumber: _, ...rest }: z.infer<typeof attributes>): JsonObject {
  const network = telephonyNetwork === undefined ? undefined : telephonyNetwork.toLowerCase();
  return present({ ...rest, network });
}

function create(to: ActorId, record: JsonObject): Delivery {
  return { to, event: { type: 'create', attributes: record, claims: claimsOf(to.kind, record) } };
}

function isSame(a: ActorId, b: ActorId): boolean {
  return a.kind === b.kind && a.id === b.id;
}

function taken(phoneNumber: string): Refusal {
  return { kind: 'exists', message: `Failed to create device. Device '${phoneNumber}' already exists.` };
}

function refusalOf(phoneNumber: string): (rejection: Rejection) => Refusal | undefined {
  return (rejection) => (rejection.code === 'reason' && rejection.reason === 'taken' ? taken(phoneNumber) : undefined);
}
