/** An identity service over a directory that a test holds in its hands. */
import { createIdentity, type Identity } from '../../src/identity/identity.ts';
import { createPasswordHasher, type PasswordHasher } from '../../src/identity/password.ts';
import type { StoredCredential, StoredToken, StoredUser } from '../../src/identity/records.ts';
import { createThrottle, type ThrottleLimits } from '../../src/identity/throttle.ts';
import { digestOf } from '../../src/model/digest.ts';
import type { View } from '../../src/model/projection.ts';

/** Argon2 at its cheapest: tests are about the rules, not about the cost. */
export const CHEAP = { memoryKib: 8, passes: 1, lanes: 1 };

export const EMPTY_VIEW: View = { position: 0, now: 0, changedAt: () => 0, get: () => undefined, all: () => [] };

let seed = 0;

/** Never twice the same, and nothing a test should trust. */
export function countingBytes(count: number): Uint8Array {
  seed += 1;
  return Buffer.alloc(count, `bytes ${seed}`);
}

export interface Desk {
  readonly identity: Identity;
  /** By `<dialect>:<name>`. */
  readonly credentials: Map<string, StoredCredential>;
  /** By `<tenant>/<id>`. */
  readonly users: Map<string, StoredUser>;
  /** By secret. */
  readonly tokens: Map<string, StoredToken>;
  readonly hasher: PasswordHasher;
  /** By `<tenant>/<role id>`. */
  readonly permissions: Map<string, readonly string[]>;
  /** How often a password was really checked. */
  checks(): number;
  now: number;
}

export function givenDesk(limits?: ThrottleLimits): Desk {
  const hasher = createPasswordHasher(countingBytes, CHEAP);
  const credentials: Desk['credentials'] = new Map();
  const users: Desk['users'] = new Map();
  const tokens: Desk['tokens'] = new Map();
  let checks = 0;
  const identity = createIdentity({
    live: EMPTY_VIEW,
    records: {
      credential: (_, dialect, name) => credentials.get(`${dialect}:${name}`),
      user: (_, tenant, id) => users.get(`${tenant}/${id}`),
      token: (_, digest) => [...tokens].find(([secret]) => digestOf(secret) === digest)?.[1],
      permissions: (_, tenant, role) => desk.permissions.get(`${tenant}/${role}`) ?? [],
    },
    hasher: {
      hash: hasher.hash,
      verify: (password, phc) => {
        checks += 1;
        return hasher.verify(password, phc);
      },
    },
    throttle: createThrottle(limits),
    clock: { now: () => desk.now, at: () => () => undefined },
    random: countingBytes,
  });
  const desk: Desk = {
    identity,
    credentials,
    users,
    tokens,
    hasher,
    permissions: new Map(),
    checks: () => checks,
    now: 0,
  };
  return desk;
}
