import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../src/log/log.ts';
import { type Read, readStored } from '../../src/projector/read.ts';
import { WholeCommands } from '../../src/projector/whole-commands.ts';
import { Chains } from '../support/given.ts';
import { histories } from '../support/histories.ts';

const a = { tenant: 'genesys', kind: 'agent', id: 'a' };
const b = { tenant: 'genesys', kind: 'agent', id: 'b' };

/** Positions let through by each delivery of one record. */
function oneByOne(stored: readonly StoredRecord[]): number[][] {
  const whole = new WholeCommands<Read>();
  return stored.map((each) => whole.take([readStored(each)]).map(({ position }) => position));
}

/** Positions of what is void, and why. */
function voided(stored: readonly StoredRecord[]): [number, string][] {
  const found: [number, string][] = [];
  const whole = new WholeCommands<Read>((read, reason) => {
    found.push([read.position, reason]);
    return read;
  });
  for (const each of stored) whole.take([readStored(each)]);
  return found;
}

describe('cutting where a command ends', () => {
  test('a command comes through with its last part', () => {
    const { stored } = new Chains().add(a).command('two', [a], [b]).add(b);
    expect(oneByOne(stored)).toEqual([[1], [], [2, 3], [4]]);
  });

  test('what cannot be read in the middle of a command counts as a part of it', () => {
    const { stored } = new Chains()
      .add(a, { part: { number: 1, of: 3 }, cause: { command: 'three' } })
      .junk('damaged')
      .add(b, { part: { number: 3, of: 3 }, cause: { command: 'three' } });
    expect(oneByOne(stored)).toEqual([[], [], [1, 2, 3]]);
  });

  test('a command that is never completed comes through when another one follows, as void', () => {
    const { stored } = new Chains()
      .command('cut', [a, { part: { number: 1, of: 3 } }], [b, { part: { number: 2, of: 3 } }])
      .add(b)
      .add(a, { part: { number: 2, of: 4 } });
    expect(oneByOne(stored)).toEqual([[], [], [1, 2, 3], []]);
    expect(voided(stored)).toEqual([
      [1, 'part 1 of 3 of a command that was never stored whole'],
      [2, 'part 2 of 3 of a command that was never stored whole'],
    ]);
  });

  test('nothing of a command that comes through whole is void, nor what waits at the end', () => {
    const { stored } = new Chains()
      .command('two', [a], [b])
      .junk('damaged')
      .command('three', [a], [b], [a])
      .add(b, { part: { number: 1, of: 2 } });
    expect(voided(stored)).toEqual([]);
  });

  test('the same command id twice in a row is two commands', () => {
    const { stored } = new Chains()
      .add(a, { part: { number: 1, of: 2 }, cause: { command: 'again' } })
      .add(b, { part: { number: 1, of: 2 }, cause: { command: 'again' } })
      .add(a, { part: { number: 2, of: 2 }, cause: { command: 'again' } });
    expect(oneByOne(stored)).toEqual([[], [1], [2, 3]]);
  });

  test('a part that makes no sense is a command of its own', () => {
    const parts = [
      { number: 5, of: 2 },
      { number: 1, of: 1_000_000 },
      { number: 0, of: 3 },
      { number: 1.5, of: 3 },
    ];
    for (const part of parts) expect(oneByOne(new Chains().add(a, { part }).stored)).toEqual([[1]]);
  });

  test('any history comes through whole and in order, however it is delivered', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 9 }), (stored, size) => {
        const whole = new WholeCommands<Read>();
        const out: Read[] = [];
        for (let start = 0; start < stored.length; start += size) {
          out.push(...whole.take(stored.slice(start, start + size).map((each) => readStored(each))));
          const part = out.at(-1)?.record?.transition.data.part;
          if (part !== undefined) expect(part.number).toBe(part.of);
        }
        expect([...out, ...whole.rest()].map(({ position }) => position)).toEqual(
          stored.map(({ position }) => position),
        );
      }),
    );
  });
});
