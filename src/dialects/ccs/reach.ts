/**
 * What a caller can reach: a telco user the tenants of his telco, a tenant-level user his own. Everything else looks
 * unknown to the one, and is forbidden to the other whether it exists or not. Decided by the live view, also for As-Of.
 */
import type { View } from '../../model/projection.ts';
import { type Refusal, refuse, UNAUTHORIZED } from './answers.ts';
import type { Caller } from './caller.ts';
import { byCcsId, type Entry, tenantByCcsId, tenantRecord, tenantsOf } from './directory.ts';
import { type Ask, param } from './operation.ts';
import { REASONS } from './reasons.ts';

export type Reached<Found> =
  | { readonly ok: true; readonly found: Found }
  | { readonly ok: false; readonly refusal: Refusal };

/** The tenant of the path, or where the path names none, of the caller's account. */
export function reachTenant(ask: Ask): Reached<Entry<'tenant'>> {
  const { caller, live, view, params } = ask;
  const own = params.tenant === undefined ? accountTenant(caller, live) : undefined;
  const found = own ?? tenantByCcsId(live, param(ask, 'tenant'));
  if (found === undefined || !mayReach(caller, found)) {
    return unreached(caller.level === 'tenant' ? UNAUTHORIZED : refuse(REASONS.tenantNotFound));
  }
  const then = view === live ? found : tenantRecord(view, found.actor.tenant);
  return then === undefined ? unreached(refuse(REASONS.tenantNotFound)) : { ok: true, found: then };
}

/** An extension of the tenant that `reachTenant` gives. */
export function reachExtension(ask: Ask): Reached<Entry<'extension'>> {
  const tenant = reachTenant(ask);
  if (!tenant.ok) return tenant;
  const found = byCcsId(ask.view, 'extension', param(ask, 'extension'), tenant.found.actor.tenant);
  return found === undefined ? unreached(refuse(REASONS.extensionNotFound)) : { ok: true, found };
}

/** All tenants a caller can reach, as they were in the view. */
export function reachableTenants({ caller, live, view }: Ask): readonly Entry<'tenant'>[] {
  const { principal } = caller;
  if (caller.level === 'tenant') return [tenantRecord(view, principal.tenant)].filter((tenant) => tenant !== undefined);
  const now = principal.telco === undefined ? [] : tenantsOf(live, principal.telco);
  if (view === live) return now;
  return now.map(({ actor }) => tenantRecord(view, actor.tenant)).filter((tenant) => tenant !== undefined);
}

function mayReach({ level, principal }: Caller, tenant: Entry<'tenant'>): boolean {
  return level === 'tenant' ? tenant.actor.tenant === principal.tenant : tenant.attributes.telco === principal.telco;
}

function accountTenant({ level, principal }: Caller, live: View): Entry<'tenant'> | undefined {
  return level === 'tenant' ? tenantRecord(live, principal.tenant) : undefined;
}

export function unreached(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
