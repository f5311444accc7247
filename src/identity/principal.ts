/**
 * Who asks, once that is known. Everything a policy needs to decide, and what history will say of the command.
 */
import { INSTALLATION } from '../model/actor-id.ts';

/** What a bearer token may be used for. `admin` includes the others. */
export const SCOPES = ['read', 'write', 'events', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Principal {
  /** `cause.by` of its commands: `user:<id>`, `token:<id>`, `system:<part>`. */
  readonly by: string;
  /** The tenant it belongs to; INSTALLATION for whoever may act in all of them. */
  readonly tenant: string;
  /** The user behind it; absent for a token that belongs to nobody. */
  readonly user?: string;
  /** Ids of the user's roles, as its record has them now. What they permit is each dialect's business. */
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<Scope>;
}

/** What nobody needs to prove who runs the demo on his own machine. */
export const LOCAL_OPERATOR: Principal = {
  by: 'system:operator',
  tenant: INSTALLATION,
  roles: [],
  scopes: new Set(SCOPES),
};

export function mayEnter(principal: Principal, tenant: string): boolean {
  return principal.tenant === INSTALLATION || principal.tenant === tenant;
}

export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.has(scope) || principal.scopes.has('admin');
}
