/**
 * A tenant's limits, kept at every door through which a record comes that takes a licence. What counts is derived
 * (projections/licences.ts); so that two who ask at once cannot both take the last one, whoever takes a limited licence moves
 * the tenant's record on by the same command, from where he saw it.
 */
import type { Tenant } from '../../machines/record/attributes/organisation.ts';
import { LICENCES, type Licence, licencesOf } from '../../machines/record/licences.ts';
import { entry } from '../../projections/directory.ts';
import { licencesTaken } from '../../projections/licences.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Delivery, Rejection } from '../model/command.ts';
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
  const limited = taken.filter((licence) => known?.[LICENCES[licence].max] !== undefined);
  if (known === undefined || limited.length === 0) return { kind: 'granted', deliveries: [] };
  const exceeded = limited.find(
    (licence) => licenceCount(view, tenant, licence) >= Number(known[LICENCES[licence].max]),
  );
  if (exceeded !== undefined) return { kind: 'exceeded', licence: exceeded };
  const maxima = limited.map((licence) => [LICENCES[licence].max, known[LICENCES[licence].max] as Json] as const);
  const expect: JsonObject = { ...Object.fromEntries(maxima), licensing: known.licensing ?? null };
  const to = { tenant, kind: 'tenant', id: tenant };
  return { kind: 'granted', deliveries: [{ to, event: { type: 'change', expect, add: { licensing: 1 } } }] };
}

/** Somebody else took a licence, or changed a limit, since the view that was decided on: decide again. */
export function isOvertaken(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'changed' && rejection.actor.kind === 'tenant';
}

function tenantOf(view: View, tenant: string): Tenant | undefined {
  return entry(view, { tenant, kind: 'tenant', id: tenant })?.attributes;
}
