import { describe, expect, test } from 'vitest';
import { actorOfSource, changeText } from '../../src/cli/record-line.ts';
import { sourceOf } from '../../src/log/codec.ts';

describe('a change', () => {
  test('names only the regions that moved', () => {
    const before = { present: { presence: 'ready', phone: 'idle', queue: 'none' } };
    expect(changeText(before, { present: { presence: 'ready', phone: 'ringing', queue: 'offered' } })).toBe(
      'phone idle -> ringing, queue none -> offered',
    );
    expect(changeText(before, before)).toBe('');
    expect(changeText(before, 'removed')).toBe('removed');
  });

  test('of a plain state is the two states', () => {
    expect(changeText('active', 'expired')).toBe('active -> expired');
    expect(changeText(null, 'active')).toBe('active');
  });
});

test.each([
  { tenant: 'acme', kind: 'agent', id: 'ann' },
  { tenant: 'acme', kind: 'presence-option', id: 'Lunch / Break é' },
])('the actor is read back from the source of its records: %j', (actor) => {
  expect(actorOfSource(sourceOf(actor))).toEqual(actor);
});
