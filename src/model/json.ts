/** Plain JSON, the only data that events, states and records are made of. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** True for values with the same JSON, whatever the order of keys; an undefined field is none. Cheap: it is asked of every record of a log. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) return Array.isArray(other) && sameItems(one, other);
  return !Array.isArray(other) && sameFields(one as Fields, other as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function sameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => sameJson(item, other[index]));
}

function sameFields(one: Fields, other: Fields): boolean {
  let present = 0;
  for (const name in one) {
    const value = one[name];
    if (value === undefined) continue;
    present += 1;
    if (value !== other[name] && !sameJson(value, other[name])) return false;
  }
  for (const name in other) if (other[name] !== undefined) present -= 1;
  return present === 0;
}
