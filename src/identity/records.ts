/**
 * What signing in has to look up, as a port: queries on a view, answered by the projection of the directory.
 * Cheap enough (a few rows by key) to be asked on every request, which is what makes a revocation work at once.
 */
import type { View } from '../model/projection.ts';

export interface StoredCredential {
  readonly tenant: string;
  /** Id of the user it signs in. */
  readonly user: string;
  /** Version of its record: what was verified before a change is verified no longer. */
  readonly version: number;
  /** PHC string; absent when no password opens it. */
  readonly hash?: string;
  /** The empty password opens it. Never true unless somebody said so of this very credential. */
  readonly allowEmpty: boolean;
}

export interface StoredUser {
  readonly enabled: boolean;
  /** What he is: `agent`, `supervisor`, `admin`, `apiuser`. */
  readonly roles: readonly string[];
  /** Ids of role records, whose permissions add up. */
  readonly permissionRoles: readonly string[];
  readonly telco?: string;
}

export interface StoredToken {
  readonly tenant: string;
  readonly id: string;
  /** Its owner; absent when it belongs to nobody. */
  readonly user?: string;
  readonly telco?: string;
  readonly extension?: string;
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  /** ms since 1970. */
  readonly expiresAt?: number;
}

export interface IdentityRecords {
  /** Names are unique per dialect in the whole installation. Removed credentials are not found. */
  credential(view: View, dialect: string, name: string): StoredCredential | undefined;
  user(view: View, tenant: string, id: string): StoredUser | undefined;
  /** By the SHA-256 (hex) of its secret. Revoked tokens are not found. */
  token(view: View, sha256: string): StoredToken | undefined;
  /** Permissions of a role, of the tenant's own or of the installation's; empty when there is no such role. */
  permissions(view: View, tenant: string, role: string): readonly string[];
}
