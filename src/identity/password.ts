/**
 * Passwords as argon2id hashes in PHC string form (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`), by node:crypto.
 * At most two are computed at once: each takes tens of milliseconds of one core and 19 MiB. Whoever asks about a user
 * that does not exist waits just as long. Knows nothing of users; an empty password is a password like any other here.
 */
import { argon2, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../model/random.ts';
import { Slots } from './slots.ts';

export interface HashCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's first choice for argon2id. */
const HASH_COST: HashCost = { memoryKib: 19_456, passes: 2, lanes: 1 };

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** False for a wrong password and, in the same time, for no hash at all. Throws `overloaded`. */
  verify(password: string, phc: string | undefined): Promise<boolean>;
}

interface Phc {
  readonly cost: HashCost;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const AT_ONCE_MAX = 2;
const WAITING_MAX = 50;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** What a stored hash may ask of us; more is treated as no hash. */
const MEMORY_KIB_MAX = 262_144;
const PASSES_MAX = 10;

export function createPasswordHasher(random: RandomBytes, cost: HashCost = HASH_COST): PasswordHasher {
  const slots = new Slots(AT_ONCE_MAX, WAITING_MAX);
  const dummy: Phc = { cost, salt: Buffer.from(random(SALT_BYTES)), tag: Buffer.alloc(TAG_BYTES) };
  return {
    async hash(password) {
      const salt = Buffer.from(random(SALT_BYTES));
      return format(cost, salt, await slots.run(() => derive(password, cost, salt, TAG_BYTES)));
    },
    async verify(password, phc) {
      const known = phc === undefined ? undefined : parse(phc);
      const { cost: asked, salt, tag } = known ?? dummy;
      const derived = await slots.run(() => derive(password, asked, salt, tag.length));
      return timingSafeEqual(derived, tag) && known !== undefined;
    },
  };
}

function derive(password: string, cost: HashCost, nonce: Buffer, tagLength: number): Promise<Buffer> {
  const parameters = {
    message: password,
    nonce,
    tagLength,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.lanes,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  });
}

function format(cost: HashCost, salt: Buffer, tag: Buffer): string {
  const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}$${text(salt)}$${text(tag)}`;
}

/** Undefined for anything but an argon2id hash within bounds. */
function parse(phc: string): Phc | undefined {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(phc);
  if (match === null) return undefined;
  const [, memory = '', passes = '', lanes = '', salt = '', tag = ''] = match;
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  const sane = cost.passes >= 1 && cost.passes <= PASSES_MAX && cost.lanes >= 1 && cost.memoryKib >= 8 * cost.lanes;
  if (!sane || cost.memoryKib > MEMORY_KIB_MAX) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}
