import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLenientObject } from '../../../src/dialects/ccs/lenient-json.ts';

const parse = (text: string) => parseLenientObject(Buffer.from(text));

describe('a body', () => {
  test.each([
    [
      'typographic quotes and a comma too many',
      '{ “request”: “updateAgentState”, “name”: “Lunch Break”, }',
      { request: 'updateAgentState', name: 'Lunch Break' },
    ],
    ['straight and typographic quotes mixed', '{"a": "true", “b”:”true” }', { a: 'true', b: 'true' }],
    ['blanks around a key', '{"a": "1", “ is_multimedia_enabled”: "true"}', { a: '1', is_multimedia_enabled: 'true' }],
    ['a comma too many in a list', '{"a": [1, 2, ], }', { a: [1, 2] }],
  ])('may have %s', (_, text, expected) => expect(parse(text)).toEqual(expected));

  test('keeps its texts as they are when it is JSON', () => {
    const body = { name: 'he said “,}” and “,]”' };
    expect(parse(JSON.stringify(body))).toEqual(body);
  });

  test('keeps commas within texts when it is mended', () => {
    expect(parse('{"a": "b,} c,]", }')).toEqual({ a: 'b,} c,]' });
  });

  test.each([
    ['nothing', ''],
    ['no object', '[]'],
    ['a missing comma', '{“a”: “1” “b”: “2”}'],
    ['a displaced quote', '{“multimedia_licenses:”6”}'],
    ['a key that trips copies', '{"__proto__": 1, }'],
    ['too deep', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
  ])('is refused: %s', (_, text) => expect(parse(text)).toBeUndefined());

  test('that is an object of JSON comes out as JSON.parse has it', () => {
    const key = fc.string().filter((text) => text === text.trim() && text !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(fc.string(), fc.integer(), fc.boolean()), { noNullPrototype: true }),
        (body) => {
          expect(parse(JSON.stringify(body))).toEqual(body);
        },
      ),
    );
  });
});
