import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/log/codec.ts';
import { RECORD_SCHEMA, recordSchema } from '../../src/log/record-schema.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { givenWorld } from '../support/world.ts';

const DOC = readFileSync(new URL('../../docs/records.md', import.meta.url), 'utf8');
const EXAMPLE: JsonObject = JSON.parse(/```json\n(.*?)\n```/s.exec(DOC)?.[1] ?? '');
const SUBJECT = 'evt.genesys.agent.ksippo';

/** What must agree with another field, or with the subject. */
const SAID_TWICE = ['source', 'data.machine'];

const decoded = (record: Json, subject = SUBJECT) =>
  decode({ position: 1, subject, payload: Buffer.from(JSON.stringify(record)) });

/** `path -> required` of every field that the JSON Schema names. */
function fieldsOf(schema: JsonObject, path = ''): (readonly [string, boolean])[] {
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries((schema.properties ?? {}) as Record<string, JsonObject>).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const items = field.items as JsonObject | undefined;
    const below = items === undefined ? fieldsOf(field, at) : fieldsOf(items, `${at}[]`);
    return [[at, required.includes(name)] as const, ...below];
  });
}

describe('the documented record', () => {
  test('has the fields of the schema, in its order, required where it says so', () => {
    const rows = [...DOC.matchAll(/^\| `([^`]+)` \| (required)? ?\|/gm)].map(([, path, need]) => [
      path,
      need === 'required',
    ]);
    expect(rows).toEqual(fieldsOf(RECORD_SCHEMA));
  });

  test('is one that the schema accepts and that every reader decodes', () => {
    expect(recordSchema.safeParse(EXAMPLE)).toMatchObject({ success: true });
    expect(decoded(EXAMPLE)).toMatchObject({ kind: 'record', record: { actor: { id: 'ksippo' } } });
  });
});

describe('a time', () => {
  test.each(['Mar 1 2026', '2026-03-01', '2026-03-01T00:00', '2026-03-01T00:00:00Z', '+010000-01-01T00:00:00.000Z'])(
    'as %j makes no record: it may be another elsewhere',
    (time) => {
      expect(recordSchema.safeParse({ ...EXAMPLE, time }).success).toBe(false);
      expect(decoded({ ...EXAMPLE, time })).toMatchObject({ kind: 'junk' });
    },
  );
});

describe('the record schema', () => {
  test('accepts what the runtime writes, of every visibility', async () => {
    const world = await givenWorld();
    const to = (kind: string) => ({ tenant: 'acme', kind, id: 'x' });
    const attributes = { user: 'u', dialect: 'gws', name: 'x' };
    await world.record('acme', { to: to('agent'), event: { type: 'create', line: '1' } });
    await world.record('acme', { to: to('agent'), event: { type: 'signIn', initial: 'ready' } });
    await world.record('acme', { to: to('credential'), event: { type: 'create', attributes } });
    await world.record('acme', { to: { ...to('agent'), tenant: 'other' }, event: { type: 'create', line: '1' } });
    for (const stored of world.log.records) {
      const problems = recordSchema.safeParse(JSON.parse(Buffer.from(stored.payload).toString())).error;
      expect(problems).toBeUndefined();
    }
    expect(world.log.records).toHaveLength(4);
    await world.close();
  });

  test('accepts nothing that a reader would call junk, whatever is taken away or exchanged', () => {
    const paths = fieldsOf(RECORD_SCHEMA).map(([path]) => path.split('.'));
    const exchange = fc.oneof(fc.constant(undefined), fc.jsonValue());
    fc.assert(
      fc.property(fc.constantFrom(...paths), exchange, (path, value) => {
        const record = changed(EXAMPLE, path, value as Json | undefined);
        const accepted = recordSchema.safeParse(record).success;
        const contradicts = SAID_TWICE.includes(path.join('.')) && !isDeepStrictEqual(record, EXAMPLE);
        if (accepted && !contradicts) expect(decoded(record)).toMatchObject({ kind: 'record' });
      }),
      { numRuns: 2000 },
    );
  });

  test('accepts fields that are added later', () => {
    for (const path of [['later'], ['data', 'later'], ['data', 'cause', 'later'], ['data', 'state', 'later']]) {
      const record = changed(EXAMPLE, path, 1);
      expect(recordSchema.safeParse(record).success).toBe(true);
      expect(decoded(record).kind).toBe('record');
    }
  });

  test.each([
    'specversion',
    'data.version',
    'data.to',
    'data.state.context',
    'data.cause.command',
    'data.part',
    'data.prev',
  ])('and every reader refuse a record without %s', (path) => {
    const record = changed(EXAMPLE, path.split('.'), undefined);
    expect(recordSchema.safeParse(record).success).toBe(false);
    expect(decoded(record).kind).toBe('junk');
  });
});

/** A copy with the value at a path exchanged; undefined removes it. Paths through lists change nothing. */
function changed(record: JsonObject, [name = '', ...rest]: readonly string[], value: Json | undefined): JsonObject {
  const { [name]: before, ...others } = record;
  if (rest.length > 0) {
    return typeof before === 'object' && before !== null && !Array.isArray(before)
      ? { ...record, [name]: changed(before as JsonObject, rest, value) }
      : record;
  }
  return value === undefined ? others : { ...others, [name]: value };
}
