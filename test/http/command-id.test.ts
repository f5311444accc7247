import { describe, expect, test } from 'vitest';
import { commandIdOf, derivedId } from '../../src/http/command-id.ts';

const idOf = (key?: string) => commandIdOf(key === undefined ? {} : { 'idempotency-key': key }, () => 'minted');

describe('command ids', () => {
  test('the key of the caller is the id, with or without quotes', () => {
    expect(idOf('a-1/:x')).toEqual({ ok: true, value: 'a-1/:x' });
    expect(idOf('"a-1"')).toEqual({ ok: true, value: 'a-1' });
  });

  test.each([
    'offer:ABC.3',
    'timer:call.ABC:answer.7',
    'switch:incoming:x',
    'link:a.1',
    'supervision:x',
    'key:offer:a',
  ])('%s is no id of a command of our own', (key) => {
    expect(idOf(key)).toEqual({ ok: true, value: `key:${key}` });
  });

  test('without a key one is minted', () => {
    expect(idOf()).toEqual({ ok: true, value: 'minted' });
  });

  test.each(['', '""', 'a b', 'ü', 'x'.repeat(129), 'a"b'])('%j is refused', (key) => {
    expect(idOf(key)).toMatchObject({ ok: false, problem: { name: 'Idempotency-Key' } });
  });

  test('what a command creates has the same id every time, and another per tenant, command and place', () => {
    expect(derivedId('t', 'c')).toBe(derivedId('t', 'c'));
    expect(derivedId('t', 'c')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ids = [derivedId('t', 'c'), derivedId('u', 'c'), derivedId('t', 'd'), derivedId('t', 'c', 1)];
    expect(new Set(ids).size).toBe(4);
  });
});
