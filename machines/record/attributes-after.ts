/**
 * What a change does to a record's attributes. Pure, and the same for every kind.
 */
import { type Json, type JsonObject, sameJson } from '../../src/model/json.ts';
import type { ChangeRecord } from './events.ts';

/** `unset`, then `set`, then `add`. */
export function attributesAfter(before: JsonObject, { set = {}, unset = [], add = {} }: ChangeRecord): JsonObject {
  const after: Record<string, Json> = { ...before };
  for (const attribute of unset) delete after[attribute];
  for (const [attribute, value] of Object.entries(set)) {
    if (value !== undefined) after[attribute] = value;
  }
  for (const [attribute, amount] of Object.entries(add)) after[attribute] = numberAt(after, attribute) + amount;
  return after;
}

/** The attributes that are not what the caller expected. */
export function attributesChanged(
  attributes: JsonObject,
  { expect = {} }: Pick<ChangeRecord, 'expect'>,
): readonly string[] {
  return Object.keys(expect).filter((attribute) => !sameJson(attributes[attribute] ?? null, expect[attribute] ?? null));
}

/** The counters that would go below zero. */
export function attributesBelowZero(attributes: JsonObject, change: ChangeRecord): readonly string[] {
  const after = attributesAfter(attributes, change);
  return Object.keys(change.add ?? {}).filter((attribute) => numberAt(after, attribute) < 0);
}

function numberAt(attributes: JsonObject, attribute: string): number {
  const value = attributes[attribute];
  return typeof value === 'number' ? value : 0;
}
