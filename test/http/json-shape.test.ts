import { describe, expect, test } from 'vitest';
import { isWithin } from '../../src/http/json-shape.ts';

const within = (text: string, depthMax = 3, valuesMax = 10) => isWithin(Buffer.from(text), { depthMax, valuesMax });

describe('the shape of JSON bytes', () => {
  test('the deepest allowed nesting passes and one level more does not', () => {
    expect(within('[[[1]]]')).toBe(true);
    expect(within('[[[[1]]]]')).toBe(false);
    expect(within('{"a":{"b":{"c":{}}}}')).toBe(false);
  });

  test('siblings are not depth', () => {
    expect(within('[[],[],[]]', 2)).toBe(true);
  });

  test('values are counted, containers among them', () => {
    expect(within(`[${Array(7).fill('1').join(',')}]`)).toBe(true);
    expect(within(`[${Array(12).fill('1').join(',')}]`)).toBe(false);
  });

  test('brackets, commas and escaped quotes inside strings do not count', () => {
    expect(within(JSON.stringify({ a: '[[[[[[,,,,,,,,,,,,"[[[[\\' }))).toBe(true);
  });

  test('a string that never ends is left to the parser', () => {
    expect(within('"abc\\')).toBe(true);
  });
});
