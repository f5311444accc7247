/**
 * Signing in: a name and password, or a bearer token, becomes a principal. One door for all dialects, so none is weaker.
 * A verified password is remembered under a digest with a key of this process, and only as long as the credential's record
 * has the version that was verified. Users, roles, tokens are looked up on every request: a change works at once.
 */
import { hash as digest } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { INSTALLATION } from '../model/actor-id.ts';
import type { Clock } from '../model/clock.ts';
import { digestOf } from '../model/digest.ts';
import type { View } from '../model/projection.ts';
import type { RandomBytes } from '../model/random.ts';
import type { PasswordHasher } from './password.ts';
import type { Principal } from './principal.ts';
import type { IdentityRecords, StoredCredential, StoredToken } from './records.ts';
import type { Throttle } from './throttle.ts';

export interface PasswordTry {
  readonly dialect: string;
  readonly name: string;
  readonly password: string;
  /** Where the try comes from, for the limit per address. */
  readonly address: string;
}

export type SignIn =
  | { readonly ok: true; readonly principal: Principal }
  /** Unknown, wrong, disabled or expired: never told apart. */
  | { readonly ok: false; readonly refusal: 'badCredentials' }
  | { readonly ok: false; readonly refusal: 'tooManyTries'; readonly retryMs: number };

export interface Identity {
  /** Throws `overloaded` when too many passwords are being checked. */
  byPassword(tried: PasswordTry): Promise<SignIn>;
  byToken(secret: string): SignIn;
  /** For a session or a signed token that names its user: undefined when he is gone or disabled. */
  ofUser(tenant: string, user: string): Principal | undefined;
  /** What its roles and its token permit together, as the directory says now. */
  permissionsOf(principal: Principal): ReadonlySet<string>;
}

export interface IdentityParts {
  readonly live: View;
  readonly records: IdentityRecords;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const VERIFIED_MAX = 50_000;
const WRONG_MAX = 10_000;
/** No credential has it. */
const VERSION_OF_NONE = 0;
const KEY_BYTES = 32;
const BAD: SignIn = { ok: false, refusal: 'badCredentials' };
const NONE: ReadonlySet<string> = new Set();

export function createIdentity({ live, records, hasher, throttle, clock, random }: IdentityParts): Identity {
  const bootKey = Buffer.from(random(KEY_BYTES)).toString('base64');
  /** Digest of dialect, name and password -> the credential version that it opened. */
  const verified = new LRUCache<string, number>({ max: VERIFIED_MAX });
  /**
   * The same digests, of passwords that opened nothing. Whoever sends one again (a program with an old password) learns
   * nothing new: it is not counted as another guess, and locks nobody out.
   */
  const wrong = new LRUCache<string, number>({ max: WRONG_MAX });
  /** Tries under way, by the same digest and the version they are checked against. */
  const underWay = new Map<string, Promise<SignIn>>();

  const ofUser = (tenant: string, user: string): Principal | undefined => {
    const stored = records.user(live, tenant, user);
    if (stored === undefined || !stored.enabled) return undefined;
    const { enabled: _, telco, ...rights } = stored;
    return { by: `user:${user}`, tenant, user, permissions: [], scopes: NONE, ...rights, ...telcoOf(tenant, telco) };
  };

  const enter = (credential: StoredCredential): SignIn => {
    const principal = ofUser(credential.tenant, credential.user);
    return principal === undefined ? BAD : { ok: true, principal };
  };

  const attempt = async (
    tried: PasswordTry,
    credential: StoredCredential | undefined,
    key: string,
  ): Promise<SignIn> => {
    const person = personOf(tried, credential);
    const retryMs = await throttle.enter(person, tried.address);
    if (retryMs !== undefined) return { ok: false, refusal: 'tooManyTries', retryMs };
    if (!(await isRight(hasher, tried, credential)) || credential === undefined) {
      wrong.set(key, credential?.version ?? VERSION_OF_NONE);
      return BAD;
    }
    await throttle.forgive(person, tried.address);
    verified.set(key, credential.version);
    return enter(credential);
  };

  const repeated = async (key: string): Promise<SignIn> => {
    const retryMs = await throttle.again(key);
    return retryMs === undefined ? BAD : { ok: false, refusal: 'tooManyTries', retryMs };
  };

  return {
    ofUser,
    async byPassword(tried) {
      const credential = records.credential(live, tried.dialect, tried.name);
      // Keyed by a secret of this process, and never shown: a plain digest over both does.
      const key = digest('sha256', JSON.stringify([bootKey, tried.dialect, tried.name, tried.password]), 'base64');
      if (credential !== undefined && verified.get(key) === credential.version) return enter(credential);
      if (wrong.get(key) === (credential?.version ?? VERSION_OF_NONE)) return repeated(key);
      // A client that begins with many requests at once tries one password, not many.
      const asked = `${key} ${credential?.version}`;
      const same = underWay.get(asked);
      if (same !== undefined) return same;
      const trying = attempt(tried, credential, key).finally(() => underWay.delete(asked));
      underWay.set(asked, trying);
      return trying;
    },
    byToken(secret) {
      const token = records.token(live, digestOf(secret));
      if (token === undefined || (token.expiresAt !== undefined && token.expiresAt <= clock.now())) return BAD;
      const { tenant, user, telco, extension, permissions } = token;
      const owner = user === undefined ? nobody(token) : ofUser(tenant, user);
      if (owner === undefined) return BAD;
      const own = { permissions, ...telcoOf(tenant, telco), ...(extension === undefined ? {} : { extension }) };
      return { ok: true, principal: { ...owner, ...own, scopes: setOf(token.scopes) } };
    },
    permissionsOf({ tenant, permissionRoles, permissions }) {
      if (permissionRoles.length === 0) return setOf(permissions);
      return new Set([...permissions, ...permissionRoles.flatMap((role) => records.permissions(live, tenant, role))]);
    },
  };
}

async function isRight(
  hasher: PasswordHasher,
  { password }: PasswordTry,
  credential: StoredCredential | undefined,
): Promise<boolean> {
  if (password === '' && credential?.allowEmpty === true) return true;
  const right = await hasher.verify(password, credential?.hash);
  return right && password !== '';
}

/** Whose tries are counted. They are kept for a while: a name that nobody has may be as long as a request. */
function personOf({ dialect, name }: PasswordTry, credential: StoredCredential | undefined): string {
  return credential === undefined ? digestOf(`${dialect}:${name}`) : `${credential.tenant}/${credential.user}`;
}

/** Who sees a telco's tenants belongs to the installation: an administrator of one tenant cannot make himself one of them. */
function telcoOf(tenant: string, telco: string | undefined): { readonly telco?: string } {
  return telco === undefined || tenant !== INSTALLATION ? {} : { telco };
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Lists of stored records are the same objects until the directory changes. */
function setOf(list: readonly string[]): ReadonlySet<string> {
  const set = sets.get(list) ?? new Set(list);
  sets.set(list, set);
  return set;
}

function nobody({ tenant, id }: StoredToken): Principal {
  return { by: `token:${id}`, tenant, roles: [], permissionRoles: [], permissions: [], scopes: NONE };
}
