import { describe, expect, test } from 'vitest';
import { actorOf, filterOf, keyOf, leavesOf, matches, type Row } from '../../src/console/row.ts';

const ROW: Row = {
  position: 1234,
  time: 0,
  kind: 'agent',
  id: 'a/b',
  version: 7,
  event: 'offer.missed',
  from: 'ready/ringing/offered',
  to: 'away/idle/none',
  command: 'switch:timeout',
  part: 1,
  of: 2,
  by: 'timer',
  via: 'timers',
  name: 'Ann Archer',
  trouble: 'missed',
};

describe('a row', () => {
  test.each([
    ['', true],
    ['ARCHER', true],
    ['ann  missed', true],
    ['ann talking', false],
    ['1234', true],
    ['agent/a/b', true],
    ['switch:time', true],
  ])('of Ann who missed an offer fits the words %j: %j', (words, fits) => {
    expect(matches(ROW, filterOf([], words, false))).toBe(fits);
  });

  test('fits its kind and trouble only', () => {
    const { trouble: _, ...fine } = ROW;
    expect(matches(ROW, filterOf(['call', 'agent'], '', true))).toBe(true);
    expect(matches(ROW, filterOf(['call'], '', false))).toBe(false);
    expect(matches(fine, filterOf([], '', true))).toBe(false);
  });

  test('names its actor by a key that leads back to it, whatever its id holds', () => {
    expect(actorOf(keyOf(ROW))).toEqual({ kind: 'agent', id: 'a/b' });
    expect(actorOf('nobody')).toBeUndefined();
    expect(actorOf('/x')).toBeUndefined();
  });

  test('shows of a state its innermost names, in the order of the regions', () => {
    expect(leavesOf({ present: { presence: 'ready', phone: 'idle', queue: {} } })).toEqual(['ready', 'idle', 'queue']);
    expect(leavesOf('removed')).toEqual(['removed']);
  });
});
