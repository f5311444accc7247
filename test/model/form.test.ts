import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { type Form, type FormOf, misfitOf } from '../../src/model/form.ts';
import { anyOf } from '../support/any-state.ts';

const leg: Form = {
  fields: { id: 'text' },
  optional: { since: 'number', work: { orNull: { fields: { queue: 'text' } } } },
};
const call: Form = { fields: { legs: { listOf: leg }, skills: { mapOf: 'number' }, muted: 'flag', data: 'json' } };
const state: Form = {
  either: [{ words: ['absent', 'ended'] }, { fields: { live: { words: ['queued'] } }, closed: true }],
};
const VALID = { legs: [{ id: 'a' }, { id: 'b', since: 1, work: null }], skills: { en: 1 }, muted: false, data: [null] };

test.each<[Form, unknown]>([
  [call, VALID],
  [call, { ...VALID, legs: [], more: 'a later field' }],
  [call, { ...VALID, legs: [{ id: 'a', work: { queue: 'q' } }] }],
  [state, 'ended'],
  [state, { live: 'queued' }],
])('%j is the form of %j', (form, value) => {
  expect(misfitOf(form)(value)).toBeUndefined();
});

test.each<[Form, unknown, string]>([
  [call, undefined, ''],
  [call, null, ''],
  [call, [], ''],
  [call, { ...VALID, legs: undefined }, '.legs'],
  [call, { ...VALID, legs: {} }, '.legs'],
  [call, { ...VALID, legs: [{ id: 'a' }, null] }, '.legs[1]'],
  [call, { ...VALID, legs: [{ id: 7 }] }, '.legs[0].id'],
  [call, { ...VALID, legs: [{ id: 'a', since: null }] }, '.legs[0].since'],
  [call, { ...VALID, legs: [{ id: 'a', since: 8.65e15 }] }, '.legs[0].since'],
  [call, { ...VALID, legs: [{ id: 'a', since: Number.NaN }] }, '.legs[0].since'],
  [call, { ...VALID, legs: [{ id: 'a', work: {} }] }, '.legs[0].work.queue'],
  [call, { ...VALID, skills: { en: '1' } }, '.skills.en'],
  [call, { ...VALID, skills: [1] }, '.skills'],
  [call, { ...VALID, muted: 'no' }, '.muted'],
  [state, 'queued', ''],
  [state, { live: 'ended' }, ''],
  [state, { live: 'queued', besides: 'queued' }, ''],
  [state, {}, ''],
])('%j is not the form of %j', (form, value, where) => {
  expect(misfitOf(form)(value)).toBe(where);
});

test('a field may have any name', () => {
  const name = '"]); throw 1; //\n`${1}';
  const misfit = misfitOf({ fields: { [name]: { mapOf: 'text' } } });
  expect(misfit({ [name]: { [name]: 'x' } })).toBeUndefined();
  expect(misfit({ [name]: { [name]: 1 } })).toBe(`.${name}.${name}`);
});

test('the forms of all kinds take what is of their form, as it comes out of a record', () => {
  for (const { state } of kinds.values())
    for (const form of [state?.to ?? 'json', state?.context ?? 'json']) {
      const misfit = misfitOf(form);
      fc.assert(
        fc.property(anyOf(form), (value) => {
          expect(misfit(JSON.parse(JSON.stringify(value)))).toBeUndefined();
        }),
        { numRuns: 20 },
      );
    }
});

test('the form of a type names all of its fields', () => {
  interface Thing {
    readonly name: string;
    readonly at?: number | null;
    readonly kind: 'a' | 'b';
    readonly parts: readonly { readonly on: boolean }[];
    readonly counts: Readonly<Record<string, number>>;
  }
  const parts = { listOf: { fields: { on: 'flag' } } } as const;
  const fields = { name: 'text', kind: 'text', parts, counts: { mapOf: 'number' } } as const;
  const form: FormOf<Thing> = { fields, optional: { at: { orNull: 'number' } } };
  // @ts-expect-error a field is missing
  const short: FormOf<Thing> = { fields: { name: 'text', kind: 'text', parts }, optional: form.optional };
  // @ts-expect-error the optional one is missing
  const without: FormOf<Thing> = { fields };
  expect([short, without]).not.toContain(form);
});
