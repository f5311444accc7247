/**
 * What a connected socket may hear: its tenant's events or those of all tenants of its telco, as far as its permissions
 * for events go. Sockets that may hear the same are one audience, for which every event is filtered and put together once.
 */

import type { Identity } from '../../../identity/identity.ts';
import { type Caller, callerByToken } from '../caller.ts';
import type { Emission } from './catalogue.ts';
import { EVENT_PERMISSIONS } from './event.ts';

export interface Audience {
  /** Equal for equal audiences. */
  readonly key: string;
  readonly tenant: string | undefined;
  readonly telco: string | undefined;
  readonly permissions: ReadonlySet<string>;
}

function audienceOf({ level, principal, permissions }: Caller): Audience {
  const heard = EVENT_PERMISSIONS.filter((permission) => permissions.has(permission));
  const tenant = level === 'tenant' ? principal.tenant : undefined;
  const { telco } = principal;
  return { key: JSON.stringify([tenant, telco, heard]), tenant, telco, permissions: new Set(heard) };
}

/** Who connects with a token, and what he may hear now; undefined when the token opens nothing (any more). */
export function audienceOfToken(
  secret: string,
  identity: Identity,
): { caller: Caller; audience: Audience } | undefined {
  const caller = callerByToken(secret, identity);
  return caller === undefined ? undefined : { caller, audience: audienceOf(caller) };
}

export function hears(audience: Audience, { tenant, telco, permission }: Emission): boolean {
  if (!audience.permissions.has(permission)) return false;
  return audience.tenant === undefined ? telco !== undefined && telco === audience.telco : tenant === audience.tenant;
}
