/** States as anybody might make them up who knows the form of a kind, and nothing of its machine. */
import fc from 'fast-check';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Form } from '../../src/model/form.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { StateValue } from '../../src/model/transition.ts';
import type { RecordDraft } from './given.ts';

const WORDS = [
  '',
  'ready',
  'established',
  'ringing',
  'caller',
  'agent',
  'inbound',
  'answered',
  'transfer',
  '1000',
  '0.5',
];
const NUMBERS = [0, -1, 1, 0.5, 1_767_225_600_000, 8.64e15, -8.64e15];
const LONG_DUE = { name: 'ring', due: 0, armed: 1 };

const text = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 }));
const number = fc.oneof(fc.constantFrom(...NUMBERS), fc.integer());

/** Values of a form; `json` are any. */
export function anyOf(form: Form): fc.Arbitrary<Json> {
  if (form === 'text') return text;
  if (form === 'number') return number;
  if (form === 'flag') return fc.boolean();
  if (form === 'json') return fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
  if ('words' in form) return fc.constantFrom(...form.words);
  if ('orNull' in form) return fc.option(anyOf(form.orNull));
  if ('listOf' in form) return fc.array(anyOf(form.listOf), { maxLength: 3 });
  if ('mapOf' in form) return fc.dictionary(text, anyOf(form.mapOf), { maxKeys: 3, noNullPrototype: true });
  if ('either' in form) return fc.oneof(...form.either.map(anyOf));
  const { fields, optional = {} } = form;
  const values = Object.entries({ ...fields, ...optional }).map(([name, inner]) => [name, anyOf(inner)] as const);
  const requiredKeys = Object.keys(fields);
  return fc.record(Object.fromEntries(values), { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
}

export function stateOf({ state, visibility }: ActorKind): fc.Arbitrary<RecordDraft> {
  return fc.record({
    to: anyOf(state?.to ?? 'json') as fc.Arbitrary<StateValue>,
    state: fc.record(
      {
        context: anyOf(state?.context ?? 'json') as fc.Arbitrary<JsonObject>,
        timers: fc.constant([LONG_DUE]),
        done: fc.constant(true as const),
      },
      { requiredKeys: ['context'], noNullPrototype: true },
    ),
    visibility: fc.constant(visibility),
  });
}
