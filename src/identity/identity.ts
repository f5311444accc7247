/**
 * Signing in: a name and password, or a bearer token, becomes a principal. One door for all dialects, so none is weaker.
 * A verified password is remembered under an HMAC with a key of this process, and only as long as the credential's record
 * has the version that was verified. Users, roles, tokens are looked up on every request: a change works at once.
 */
import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../model/clock.ts';
import type { View } from '../model/projection.ts';
import type { RandomBytes } from '../model/random.ts';
import type { PasswordHasher } from './password.ts';
import type { Principal, Scope } from './principal.ts';
import type { IdentityRecords, StoredCredential } from './records.ts';
import type { Throttle } from './throttle.ts';
import { digestOf } from './token.ts';

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
const KEY_BYTES = 32;
/** Enough of the digest to find the token in the directory, not enough to test guesses of a weak one at leisure. */
const TOKEN_SHOWN = 12;
const BAD: SignIn = { ok: false, refusal: 'badCredentials' };
const USER_SCOPES: ReadonlySet<Scope> = new Set();

export function createIdentity({ live, records, hasher, throttle, clock, random }: IdentityParts): Identity {
  const bootKey = random(KEY_BYTES);
  /** HMAC of dialect, name and password -> the credential version that it opened. */
  const verified = new LRUCache<string, number>({ max: VERIFIED_MAX });

  const ofUser = (tenant: string, user: string): Principal | undefined => {
    const stored = records.user(live, tenant, user);
    if (stored === undefined || !stored.enabled) return undefined;
    return { by: `user:${user}`, tenant, user, roles: stored.roles, scopes: USER_SCOPES };
  };

  const enter = (credential: StoredCredential): SignIn => {
    const principal = ofUser(credential.tenant, credential.user);
    return principal === undefined ? BAD : { ok: true, principal };
  };

  const check = async (tried: PasswordTry, credential: StoredCredential | undefined): Promise<boolean> => {
    if (tried.password === '' && credential?.allowEmpty === true) return true;
    const right = await hasher.verify(tried.password, credential?.hash);
    return right && tried.password !== '';
  };

  return {
    ofUser,
    async byPassword(tried) {
      const credential = records.credential(live, tried.dialect, tried.name);
      const key = createHmac('sha256', bootKey)
        .update(JSON.stringify([tried.dialect, tried.name, tried.password]))
        .digest('base64');
      if (credential !== undefined && verified.get(key) === credential.version) return enter(credential);

      const person =
        credential === undefined ? `${tried.dialect}:${tried.name}` : `${credential.tenant}/${credential.user}`;
      const retryMs = await throttle.enter(person, tried.address);
      if (retryMs !== undefined) return { ok: false, refusal: 'tooManyTries', retryMs };
      if (!(await check(tried, credential)) || credential === undefined) return BAD;
      await throttle.forgive(person, tried.address);
      verified.set(key, credential.version);
      return enter(credential);
    },
    byToken(secret) {
      const digest = digestOf(secret);
      const token = records.token(live, digest);
      if (token === undefined || (token.expires !== undefined && token.expires <= clock.now())) return BAD;
      const { tenant, user } = token;
      const scopes = new Set(token.scopes);
      if (user === undefined) {
        return { ok: true, principal: { by: `token:${digest.slice(0, TOKEN_SHOWN)}`, tenant, roles: [], scopes } };
      }
      const owner = ofUser(tenant, user);
      return owner === undefined ? BAD : { ok: true, principal: { ...owner, scopes } };
    },
  };
}
