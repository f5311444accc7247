/**
 * What a record takes, whatever its kind; the attributes are the kind's own. Sent by administration: the dialects'
 * provisioning requests, the native API, imports, the demo. Nothing else moves a record.
 */
import { z } from 'zod';
import type { JsonObject } from '../../src/model/json.ts';
import { text } from '../fields.ts';

/**
 * A unique name that a record holds while it has it, such as `gws.userName:ksippo`: alone in its tenant, or in the
 * whole installation for names that carry no tenant. Never the id of the record, which is never used twice.
 */
export const claim = z.strictObject({ scope: z.enum(['tenant', 'installation']), name: text(200).min(1) });
export type Claim = z.infer<typeof claim>;

/** Enough for every number a queue may have. */
const claims = z.array(claim).max(160);

export type CreateRecord = {
  readonly type: 'create';
  readonly attributes: JsonObject;
  readonly claims?: readonly Claim[];
};

export type ChangeRecord = {
  readonly type: 'change';
  /** What these attributes must be now (null: absent), else the change is refused with `changed`. */
  readonly expect?: JsonObject;
  /** Replaces whole top-level attributes. */
  readonly set?: JsonObject;
  /** Moves counters, from 0 where absent; refused with `belowZero`. Safe beside other changes, unlike read and set. */
  readonly add?: { readonly [attribute: string]: number };
  /** Removes attributes; one that is not there is no mistake. */
  readonly unset?: readonly string[];
  /** All names it holds from now on. */
  readonly claims?: readonly Claim[];
};

export type RemoveRecord = {
  readonly type: 'remove';
};

/**
 * For a command that was decided on this record and moves others: not recorded itself. What is expected is seen in the
 * order in which one process decides, so it holds against every command of the writer.
 */
export type CheckRecord = {
  readonly type: 'check';
  readonly expect: JsonObject;
};

export type RecordEvent = CreateRecord | ChangeRecord | RemoveRecord | CheckRecord;

/** The events that are not recorded. */
export const CHECKS: readonly RecordEvent['type'][] = ['check'];

/** The event schemas of a kind, from the schema of its attributes. */
export function recordEvents<Shape extends z.ZodRawShape>(attributes: z.ZodObject<Shape, z.core.$strict>) {
  const { properties = {}, required = [] } = z.toJSONSchema(attributes);
  const keys = Object.keys(properties);
  const expect = z.partialRecord(oneOf(keys), z.json());
  const counters = keys.filter((key) => isInteger(properties[key]));
  return {
    create: z.strictObject({ type: z.literal('create'), attributes, claims: claims.exactOptional() }),
    change: z.strictObject({
      type: z.literal('change'),
      expect: expect.exactOptional(),
      set: attributes.partial().exactOptional(),
      add: z.partialRecord(oneOf(counters), z.int()).exactOptional(),
      unset: z.array(oneOf(keys.filter((key) => !required.includes(key)))).exactOptional(),
      claims: claims.exactOptional(),
    }),
    remove: z.strictObject({ type: z.literal('remove') }),
    check: z.strictObject({ type: z.literal('check'), expect }),
  };
}

function isInteger(property: unknown): boolean {
  return typeof property === 'object' && property !== null && 'type' in property && property.type === 'integer';
}

/** A kind may have no attribute of the sort: then no word fits. */
function oneOf(words: readonly string[]) {
  return words.length === 0
    ? z.enum(['']).refine(() => false, 'no attribute of this kind can be named here')
    : z.enum(words);
}
