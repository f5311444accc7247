/**
 * Directory records as this API shows and changes them: a JSON merge patch (RFC 7396) over top-level attributes becomes
 * a record's `change`, together with the unique names the record must hold afterwards.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { attributesAfter } from '../../../machines/record/attributes-after.ts';
import { claimsOf } from '../../../machines/record/claims.ts';
import type { ChangeRecord } from '../../../machines/record/events.ts';
import type { DirectoryEntry } from '../../../projections/directory.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';

/**
 * Null removes an attribute, anything else replaces it. A patch that changes the record's unique names is bound to the
 * attributes it was decided on: it is refused with `changed` if another change came between.
 */
export function changeOf(kind: string, before: JsonObject, patch: JsonObject): MachineEvent {
  const set = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
  const unset = Object.keys(patch).filter((name) => patch[name] === null);
  const change: ChangeRecord = { type: 'change', set, unset };
  const claims = claimsOf(kind, attributesAfter(before, change));
  if (isDeepStrictEqual(claims, claimsOf(kind, before))) return change;
  const naming = [...Object.keys(patch), ...Object.keys(before).filter((name) => isNaming(kind, before, name))];
  const expect = Object.fromEntries(naming.map((name) => [name, before[name] ?? null]));
  return { ...change, expect, claims };
}

/** The schema of such a patch: every attribute may be there, and be null if the record can be without it. */
export function patchOf(attributes: z.ZodObject<z.ZodRawShape, z.core.$strict>): z.ZodType<unknown> {
  const { required = [] } = z.toJSONSchema(attributes);
  const shape = Object.entries(attributes.shape).map(([name, schema]) => {
    const value = schema as z.ZodType;
    return [name, (required.includes(name) ? value : value.nullable()).exactOptional()];
  });
  return z.strictObject(Object.fromEntries(shape) as z.ZodRawShape);
}

/** True when the record would lose a name with this attribute. */
function isNaming(kind: string, attributes: JsonObject, name: string): boolean {
  const { [name]: _, ...others } = attributes;
  return !isDeepStrictEqual(claimsOf(kind, others), claimsOf(kind, attributes));
}

export function creationOf(kind: string, attributes: JsonObject): MachineEvent {
  const claims = claimsOf(kind, attributes);
  return { type: 'create', attributes, ...(claims.length === 0 ? {} : { claims }) };
}

export function entryJson({ actor, attributes, version, createdAt, modifiedAt }: DirectoryEntry): JsonObject {
  return {
    id: actor.id,
    ...attributes,
    meta: { version, createdAt: new Date(createdAt).toISOString(), modifiedAt: new Date(modifiedAt).toISOString() },
  };
}
