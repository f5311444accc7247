/** Numbers that operations are given, in the form that is dialled (genesys.md §1.7.3). */
import { isJsonObject } from '../../http/body.ts';
import type { Json } from '../../model/json.ts';
import { sanitised } from '../../switch/numbers.ts';
import { type Fields, invalid, isMissing, missing } from './fields.ts';

const NUMBER_CHARS_MAX = 32;

/** `{"phoneNumber":"15002"}`, or the number itself (8.5.0). */
export function destinationOf(given: Json | undefined, parameter: string): Fields<string> {
  if (isMissing(isJsonObject(given) ? given.phoneNumber : given)) return missing(parameter);
  const number = sanitised(numberOf(given));
  const isNumber = number !== '' && number.length <= NUMBER_CHARS_MAX;
  return isNumber ? { ok: true, value: number } : invalid(parameter, 'is no number');
}

/** As it is written; '' for what is no text. */
export function numberOf(value: Json | undefined): string {
  const plain = isJsonObject(value) ? value.phoneNumber : value;
  return typeof plain === 'string' || typeof plain === 'number' ? String(plain).trim() : '';
}
