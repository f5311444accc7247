/**
 * Fields of request bodies: which must be there (code 1), which must be of some shape (code 2, `ext` 10), which cannot be
 * written (code 3, `ext` 11). Unknown ones are ignored, as clients send back what they were given.
 */
import type { ZodType } from 'zod';
import { parseFields } from '../../http/fields.ts';
import { type Json, type JsonObject, sameJson } from '../../model/json.ts';
import type { Refusal } from './errors.ts';

/** Absent, null or an empty text: clients send their forms as they are. */
export function isMissing(value: Json | undefined): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/** The first parameter that is missing. */
export function missingAmong(body: JsonObject, mandatory: readonly string[]): Refusal | undefined {
  const parameter = mandatory.find((name) => isMissing(body[name]));
  return parameter === undefined ? undefined : { kind: 'missing', parameter };
}

/** What nobody sets: refused unless it says what is so anyhow. */
const READ_ONLY = ['id', 'uri', 'path'] as const;

/** A property that cannot be written, and is not what `now` has. */
export function readOnlyAmong(body: JsonObject, now: JsonObject = {}): Refusal | undefined {
  const property = READ_ONLY.find((name) => !isMissing(body[name]) && body[name] !== now[name]);
  return property === undefined ? undefined : { kind: 'readOnly', property };
}

/** What of a body is not what `now` has: clients send back what they read. */
export function newIn(body: JsonObject, now: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !sameJson(value, now[name])));
}

interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

export type Fields<Value> = { readonly ok: true; readonly value: Value } | Refused;

/** Code 1. */
export function missing(parameter: string): Refused {
  return { ok: false, refusal: { kind: 'missing', parameter } };
}

/** Code 2. */
export function invalid(parameter: string, why: string): Refused {
  return { ok: false, refusal: { kind: 'invalid', message: `Parameter '${parameter}' ${why}` } };
}

export function fieldsOf<Value>(schema: ZodType<Value>, body: JsonObject): Fields<Value> {
  const outcome = parseFields(schema, body);
  return outcome.ok ? outcome : { ok: false, refusal: { kind: 'input', problem: outcome.problem } };
}

/** Without the fields that are undefined, which JSON has no word for. */
export function present(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, JsonObject[string]] => field[1] !== undefined),
  );
}
