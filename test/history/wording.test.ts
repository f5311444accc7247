import { describe, expect, test } from 'vitest';
import { countText, durationText, listText, spaced, stateText } from '../../src/history/wording.ts';

describe('how history speaks', () => {
  test.each([
    [0, '0 s'],
    [1_540, '1.5 s'],
    [119_940, '119.9 s'],
    [120_000, '2 min'],
    [3_540_000, '59 min'],
    [3_599_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [90_000_000, '25 h'],
  ])('of %i ms as %s', (ms, said) => {
    expect(durationText(ms)).toBe(said);
  });

  test('of one thing in the singular', () => {
    expect([0, 1, 2].map((count) => countText(count, 'offer'))).toEqual(['0 offers', '1 offer', '2 offers']);
  });

  test('of many things by the first of them', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd']].map((items) => listText(items, 3))).toEqual([
      '',
      'a',
      'a and b',
      'a, b, c and 1 more',
    ]);
  });

  test('of states as people call them, with their regions', () => {
    expect(spaced('signedOut')).toBe('signed out');
    expect(stateText({ present: { presence: 'wrapUp', phone: 'idle' } })).toBe('presence wrap-up, phone idle');
    expect(stateText('removed')).toBe('removed');
  });
});
