/** Numbers that operations are given, in the form that is dialled (genesys.md §1.7.3). */
import { isJsonObject } from '../../http/body.ts';
import type { Json } from '../../model/json.ts';
import { sanitised } from '../../switch/numbers.ts';
import { type Fields, invalid, missing } from './fields.ts';

const NUMBER_CHARS_MAX = 32;

/** `{"phoneNumber":"15002"}`, or the number itself (8.5.0). */
export function destinationOf(given: Json | undefined, parameter: string): Fields<string> {
  const written = given === undefined ? '' : numberOf(given);
  if (written === '') return missing(parameter);
  const number = sanitised(written);
  const isNumber = number !== '' && number.length <= NUMBER_CHARS_MAX;
  return isNumber ? { ok: true, value: number } : invalid(parameter, 'is no number');
}

/** As it is written; '' where there is none. */
export function numberOf(value: Json): string {
  const plain = isJsonObject(value) ? value.phoneNumber : value;
  return typeof plain === 'string' || typeof plain === 'number' ? String(plain).trim() : '';
}
