/**
 * Bearer tokens: 256 random bits, shown once. Only their SHA-256 is stored: finding one is a lookup
 * by key, and the log never holds what it would take to use one.
 */
import { digestOf } from '../model/digest.ts';
import type { RandomBytes } from '../model/random.ts';

const SECRET_BYTES = 32;

export interface MintedToken {
  /** What the owner sends. */
  readonly secret: string;
  /** SHA-256 of it, hex: what is stored. */
  readonly digest: string;
}

export function mintToken(random: RandomBytes): MintedToken {
  const secret = `ll_${Buffer.from(random(SECRET_BYTES)).toString('base64url')}`;
  return { secret, digest: digestOf(secret) };
}
