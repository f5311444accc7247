/**
 * A tenant's limits, checked wherever a record is made that takes a licence. How many are taken is counted by
 * projections/licences.ts. Two callers at once must not both take the last one: so the command that takes a limited licence
 * also moves the tenant's record on, from the version its caller has seen, and of two such commands one is refused and
 * decides again. In a tenant without limits nothing is moved: the command only demands that there still is none. Whoever
 * sets the first limit begins the moving, and counts after that.
 */
import type { Tenant } from '../../machines/record/attributes/organisation.ts';
import { LICENCES, type Licence, licencesOf } from '../../machines/record/licences.ts';
import { entry } from '../../projections/directory.ts';
import { licencesTaken } from '../../projections/licences.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Delivery, MachineEvent, Rejection } from '../model/command.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { View } from '../model/projection.ts';

/** `exceeded`: the licence of which there is none left. */
export type Taking =
  | { readonly kind: 'granted'; readonly deliveries: readonly Delivery[] }
  | { readonly kind: 'exceeded'; readonly licence: Licence };

/** What is counted against a limit: the records there are, and what the tenant has elsewhere. */
export function licenceCount(view: View, tenant: string, licence: Licence): number {
  return licencesTaken(view, tenant, licence) + (tenantOf(view, tenant)?.elsewhere?.[licence] ?? 0);
}

/** May a record become this? `before` is undefined for one that is born. The deliveries belong into its command. */
export function taking(
  view: View,
  { tenant, kind }: ActorId,
  before: JsonObject | undefined,
  after: JsonObject,
): Taking {
  const had = before === undefined ? [] : licencesOf(kind, before);
  const taken = licencesOf(kind, after).filter((licence) => !had.includes(licence));
  const known = taken.length === 0 ? undefined : tenantOf(view, tenant);
  if (known === undefined) return { kind: 'granted', deliveries: [] };
  const limited = taken.filter((licence) => known[LICENCES[licence].max] !== undefined);
  const exceeded = limited.find(
    (licence) => licenceCount(view, tenant, licence) >= Number(known[LICENCES[licence].max]),
  );
  if (exceeded !== undefined) return { kind: 'exceeded', licence: exceeded };
  const event = takingEvent(known, taken, limited.length > 0);
  return { kind: 'granted', deliveries: [{ to: { tenant, kind: 'tenant', id: tenant }, event }] };
}

/** What the tenant's record is told: where one of the licences is limited, nobody may have taken another meanwhile. */
function takingEvent(known: Tenant, taken: readonly Licence[], isLimited: boolean): MachineEvent {
  const maxima = seenOf(
    known,
    taken.map((licence) => LICENCES[licence].max),
  );
  const licensing = seenOf(known, ['licensing']);
  if (!isLimited && known.licensing === undefined) return { type: 'check', expect: { ...maxima, ...licensing } };
  const expect = isLimited ? { ...maxima, ...licensing } : maxima;
  return { type: 'change', expect, add: { licensing: 1 } };
}

function seenOf(known: Tenant, attributes: readonly (keyof Tenant)[]): JsonObject {
  return Object.fromEntries(attributes.map((attribute) => [attribute, (known[attribute] ?? null) as Json]));
}

/** For who counts licences, to set a limit: from this record on, whoever takes one moves the tenant's record on. */
export function beginsMoving(view: View, tenant: string): readonly Delivery[] {
  if (tenantOf(view, tenant)?.licensing !== undefined) return [];
  const event = { type: 'change', expect: { licensing: null }, set: { licensing: 0 } };
  return [{ to: { tenant, kind: 'tenant', id: tenant }, event }];
}

/** Somebody else took a licence, or changed a limit, since the view that was decided on: decide again. */
export function isOvertaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'changed' && rejection.actor.kind === 'tenant';
}

function tenantOf(view: View, tenant: string): Tenant | undefined {
  return entry(view, { tenant, kind: 'tenant', id: tenant })?.attributes;
}
