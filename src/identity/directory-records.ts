/**
 * The identity records as the directory projection has them. Reads only what machines/record wrote, whose schemas have
 * checked it; a field of another shape counts as absent.
 */
import { type DirectoryEntry, entry, secretEntriesBy, secretEntriesByLogin } from '../../projections/directory.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import type { Json } from '../model/json.ts';
import type { View } from '../model/projection.ts';
import type { IdentityRecords, StoredToken } from './records.ts';

export const directoryRecords: IdentityRecords = {
  credential(view, dialect, name) {
    const found = secretEntriesByLogin(view, { kind: 'credential', dialect, name });
    const credential = found.find((one) => isLoginOf(view, one, dialect, name));
    if (credential === undefined) return undefined;
    const { actor, version, attributes } = credential;
    const hash = text(attributes.hash);
    return {
      tenant: actor.tenant,
      user: text(attributes.user) ?? '',
      version,
      ...(hash === undefined ? {} : { hash }),
      allowEmpty: attributes.allowEmpty === true,
    };
  },

  user(view, tenant, id) {
    const user = entry(view, { tenant, kind: 'user', id });
    if (user === undefined) return undefined;
    const { enabled, roles, permissionRoles, telco } = user.attributes;
    return {
      enabled: enabled !== false && !isShut(view, tenant),
      roles: texts(roles),
      permissionRoles: texts(permissionRoles),
      ...(typeof telco === 'string' ? { telco } : {}),
    };
  },

  token(view, sha256) {
    const token = secretEntriesBy(view, { kind: 'token', key: 'sha256', value: sha256 }).at(0);
    if (token === undefined || isShut(view, token.actor.tenant)) return undefined;
    const known = tokens.get(token) ?? storedToken(token);
    tokens.set(token, known);
    return known;
  },

  permissions(view, tenant, role) {
    const ofRole = (owner: string): DirectoryEntry | undefined =>
      entry(view, { tenant: owner, kind: 'role', id: role });
    return texts((ofRole(tenant) ?? ofRole(INSTALLATION))?.attributes.permissions);
  },
};

/** A tenant that is not enabled lets nobody of its own in; who looks after all of them may still enter it. */
export function isShut(view: View, tenant: string): boolean {
  return entry(view, { tenant, kind: 'tenant', id: tenant })?.attributes.enabled === false;
}

/** Entries are the same objects until the directory changes. */
const tokens = new WeakMap<DirectoryEntry, StoredToken>();

function storedToken({ actor, attributes }: DirectoryEntry): StoredToken {
  const { user, telco, extension, permissions, scopes, expiresAt } = attributes;
  return {
    tenant: actor.tenant,
    id: actor.id,
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof telco === 'string' ? { telco } : {}),
    ...(typeof extension === 'string' ? { extension } : {}),
    permissions: texts(permissions),
    scopes: texts(scopes),
    ...(typeof expiresAt === 'number' ? { expiresAt } : {}),
  };
}

/** The claim on the name is the user's: a credential left behind by a user who gave the name up opens nothing. */
function isLoginOf(view: View, { actor, attributes }: DirectoryEntry, dialect: string, name: string): boolean {
  const user = entry(view, { tenant: actor.tenant, kind: 'user', id: text(attributes.user) ?? '' });
  const logins = user?.attributes.logins;
  return Array.isArray(logins) && logins.some((login) => login.dialect === dialect && login.name === name);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
