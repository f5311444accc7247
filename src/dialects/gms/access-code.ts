/**
 * Access codes: digits of a given length, beginning with the prefix of the group, that nobody else has at that number.
 * A prefix that cannot be used fails in the documented server's own words.
 */
import type { RandomBytes } from '../../model/random.ts';
import { type Refusal, refuse } from './answers.ts';

export interface CodeWish {
  readonly length: number;
  /** A number, or a range such as `7-9`. */
  readonly prefix: string | undefined;
  readonly random: RandomBytes;
  readonly taken: ReadonlySet<string>;
}

/** A free code; undefined when there is none. */
export function freeCode({ length, prefix, random, taken }: CodeWish): string | Refusal | undefined {
  const prefixes = prefixesOf(prefix);
  if (!Array.isArray(prefixes)) return prefixes;
  const longest = Math.max(...prefixes.map((each) => each.length));
  if (longest >= length)
    return refuse('serverError', 'n must be positive', { exception: 'java.lang.IllegalArgumentException' });
  // Numbered through over all prefixes; one more than are taken must hold a free one.
  const perPrefix = prefixes.map((each) => 10n ** BigInt(length - each.length));
  const space = perPrefix.reduce((sum, size) => sum + size, 0n);
  const start = Buffer.from(random(8)).readBigUInt64BE() % space;
  for (let step = 0n; step < space && step <= BigInt(taken.size); step += 1n) {
    const code = codeAt((start + step) % space, prefixes, perPrefix, length);
    if (!taken.has(code)) return code;
  }
  return undefined;
}

const INT_MAX = 2_147_483_647;
const PREFIXES_MAX = 1000;

function prefixesOf(prefix: string | undefined): string[] | Refusal {
  if (prefix === undefined || prefix === '') return [''];
  const [first = '', last = first] = prefix.split('-');
  for (const end of [first, last]) {
    if (!/^\d+$/.test(end) || Number(end) > INT_MAX)
      return refuse('serverError', `For input string: "${end}"`, { exception: 'java.lang.NumberFormatException' });
  }
  if (first === last) return [first];
  const count = Math.min(Math.max(0, Number(last) - Number(first)) + 1, PREFIXES_MAX);
  return Array.from({ length: count }, (_, index) => String(Number(first) + index));
}

function codeAt(index: bigint, prefixes: readonly string[], sizes: readonly bigint[], length: number): string {
  let rest = index;
  for (const [nth, prefix] of prefixes.entries()) {
    const size = sizes[nth] ?? 0n;
    if (rest < size) return prefix + String(rest).padStart(length - prefix.length, '0');
    rest -= size;
  }
  throw new Error('an index outside all prefixes');
}
