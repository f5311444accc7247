/**
 * What signing in has to look up, as a port: queries on a view, answered by the projection of the directory.
 * Cheap enough (a few rows by key) to be asked on every request, which is what makes a revocation work at once.
 */
import type { View } from '../model/projection.ts';
import type { Scope } from './principal.ts';

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
  readonly roles: readonly string[];
}

export interface StoredToken {
  readonly tenant: string;
  /** Its owner; absent when it belongs to nobody. */
  readonly user?: string;
  readonly scopes: readonly Scope[];
  /** ms since 1970. */
  readonly expires?: number;
}

export interface IdentityRecords {
  /** Names are unique per dialect in the whole installation. Removed credentials are not found. */
  credential(view: View, dialect: string, name: string): StoredCredential | undefined;
  user(view: View, tenant: string, id: string): StoredUser | undefined;
  /** By the SHA-256 of its secret. Revoked tokens are not found. */
  token(view: View, digest: string): StoredToken | undefined;
}
