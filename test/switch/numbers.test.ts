import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callIdOf } from '../../src/switch/call-id.ts';
import { sanitised } from '../../src/switch/numbers.ts';

describe('a number', () => {
  test.each([
    ['+33 (0)1 23 45 67 89', '0033123456789'],
    ['+39 0332 123456', '00390332123456'],
    ['0033 (0) 123456789', '0033123456789'],
    ['01.23-45 67/89', '0123456789'],
    ['(0)123 456', '0123456'],
    ['*10', '*10'],
    ['#31#0612345678', '#31#0612345678'],
    ['  +1 555 ', '001555'],
    ['nobody', ''],
  ])('%s is dialled as %s', (typed, dialled) => {
    expect(sanitised(typed)).toBe(dialled);
  });

  test('that is clean stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const once = sanitised(typed);
        expect(sanitised(once)).toBe(once);
        expect(once).toMatch(/^[0-9*#]*$/);
      }),
    );
  });
});

describe('a call id made of a leg', () => {
  test('has the usual form, and is the same every time', () => {
    fc.assert(
      fc.property(fc.string(), (leg) => {
        expect(callIdOf(leg)).toMatch(/^[0-9A-Z]{13}$/);
        expect(callIdOf(leg)).toBe(callIdOf(leg));
      }),
    );
    expect(callIdOf('a')).not.toBe(callIdOf('b'));
  });
});
