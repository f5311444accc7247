/**
 * Who asks, once that is known. Everything a policy needs to decide, and what history will say of the command.
 */
import { INSTALLATION } from '../model/actor-id.ts';

/** What a bearer token may be used for in the native API. `admin` includes the others. */
export const SCOPES = ['read', 'write', 'events', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Principal {
  /** `cause.by` of its commands: `user:<id>`, `token:<id>`, `system:<part>`. */
  readonly by: string;
  /** The tenant it belongs to; INSTALLATION for whoever may act in all of them. */
  readonly tenant: string;
  /** Id of the user behind it; absent for a token that belongs to nobody. */
  readonly user?: string;
  /** What the user is: `agent`, `supervisor`, `admin`, `apiuser`. */
  readonly roles: readonly string[];
  /** Ids of the role records whose permissions it has; `Identity.permissionsOf` adds them up. */
  readonly permissionRoles: readonly string[];
  /** Permissions that the token lists itself. */
  readonly permissions: readonly string[];
  /** Native scopes, of a token. */
  readonly scopes: ReadonlySet<string>;
  /** Its telco, for who looks after a telco's tenants; of the installation's own alone. */
  readonly telco?: string;
  /** Id of the extension record a token stands for. */
  readonly extension?: string;
}

/** What nobody needs to prove who runs the demo on his own machine. */
export const LOCAL_OPERATOR: Principal = {
  by: 'system:operator',
  tenant: INSTALLATION,
  roles: [],
  permissionRoles: [],
  permissions: [],
  scopes: new Set(SCOPES),
};

export function mayEnter(principal: Principal, tenant: string): boolean {
  return principal.tenant === INSTALLATION || principal.tenant === tenant;
}

export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.has(scope) || principal.scopes.has('admin');
}
