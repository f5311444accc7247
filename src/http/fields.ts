/**
 * A zod schema asked in this folder's terms: the fields it refuses become one typed problem that names each of them.
 */
import type { ZodType, z } from 'zod';
import { type Parsed, parsed, refused } from './parsed.ts';

const PROBLEMS_MAX = 20;

/** zod's own words but where they speak of its types; undefined leaves them. */
const wordOf: z.core.$ZodErrorMap = (issue) => {
  const { code, input } = issue;
  if (input === undefined && (code === 'invalid_type' || code === 'invalid_value')) return 'is missing';
  if (code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (code === 'invalid_type') return `must be ${TYPES[issue.expected] ?? `a ${issue.expected}`}`;
  if (code === 'invalid_format' && issue.format === 'datetime') return 'must be a time such as 2026-11-21T10:15:00Z';
  if (code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
  if (code === 'too_small') return boundOf('at least', issue.minimum, issue.origin);
  if (code === 'too_big') return boundOf('at most', issue.maximum, issue.origin);
  if (code === 'invalid_union') return 'has none of the forms that it may have';
  if (code === 'unrecognized_keys') return `there is no ${issue.keys.join(', ')} here`;
  return undefined;
};

function boundOf(which: 'at least' | 'at most', bound: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  if (unit === undefined) return `must be ${which} ${bound}`;
  return `must have ${which} ${bound} ${unit}${bound === 1 ? '' : 's'}`;
}

const UNITS: Readonly<Record<string, string>> = { string: 'character', array: 'member', set: 'member' };
const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The value as the schema gives it out (defaults filled, unknown keys as the schema says). */
export function parseFields<Value>(schema: ZodType<Value>, value: unknown): Parsed<Value> {
  const outcome = schema.safeParse(value, { error: wordOf });
  if (outcome.success) return parsed(outcome.data);
  const problems = outcome.error.issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) => ({ field: path.map(String).join('.'), message }));
  return refused({ code: 'badFields', problems });
}
