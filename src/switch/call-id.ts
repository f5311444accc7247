/** Call ids for calls that nobody gave one: made of the leg that begins the call, the same in every process. */
import { digestOf } from '../model/digest.ts';

const CALL_ID_CHARS = 13;

/** Of the usual form, 13 of `[0-9A-Z]`. */
export function callIdOf(leg: string): string {
  return BigInt(`0x${digestOf(leg)}`)
    .toString(36)
    .toUpperCase()
    .slice(-CALL_ID_CHARS)
    .padStart(CALL_ID_CHARS, '0');
}
