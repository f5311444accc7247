/**
 * A zod schema asked in this folder's terms: the fields it refuses become one typed problem that names each of them.
 */
import type { ZodType } from 'zod';
import { type Parsed, parsed, refused } from './parsed.ts';

const PROBLEMS_MAX = 20;

/** The value as the schema gives it out (defaults filled, unknown keys as the schema says). */
export function parseFields<Value>(schema: ZodType<Value>, value: unknown): Parsed<Value> {
  const outcome = schema.safeParse(value);
  if (outcome.success) return parsed(outcome.data);
  const problems = outcome.error.issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) => ({ field: path.map(String).join('.'), message }));
  return refused({ code: 'badFields', problems });
}
