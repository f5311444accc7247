import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseFields } from '../../src/http/fields.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(3).optional(),
  code: z.string().min(2).optional(),
  list: z.array(z.int()).min(1).max(2).optional(),
  level: z.int().min(0).max(100).optional(),
  either: z.union([z.string(), z.array(z.string())]).optional(),
  kind: z.enum(['a', 'b']).optional(),
  named: z.record(z.string(), z.int()).optional(),
});

it.each<[object, string, string]>([
  [{ name: 5 }, 'name', 'must be a string'],
  [{ name: '' }, 'name', 'must not be empty'],
  [{ name: 'abcd' }, 'name', 'must have at most 3 characters'],
  [{ code: 'a' }, 'code', 'must have at least 2 characters'],
  [{ list: 'x' }, 'list', 'must be a list'],
  [{ list: [] }, 'list', 'must have at least 1 member'],
  [{ list: [1, 2, 3] }, 'list', 'must have at most 2 members'],
  [{ list: [1.5] }, 'list.0', 'must be a whole number'],
  [{ level: -1 }, 'level', 'must be at least 0'],
  [{ level: 101 }, 'level', 'must be at most 100'],
  [{ either: 5 }, 'either', 'has none of the forms that it may have'],
  [{ kind: 'c' }, 'kind', 'must be one of a, b'],
  [{ named: [] }, 'named', 'must be an object'],
  [{ other: 1 }, '', 'there is no other here'],
])('%j is refused in plain words', (value, field, message) => {
  expect(parseFields(schema, value)).toEqual({
    ok: false,
    problem: { code: 'badFields', problems: [{ field, message }] },
  });
});
