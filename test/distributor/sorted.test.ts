import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sorted } from '../../src/distributor/sorted.ts';

const byNumber = (one: number, other: number) => one - other;

test('it is what sorting after every change would give', () => {
  const steps = fc.array(fc.record({ add: fc.boolean(), item: fc.nat(20) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (changes) => {
      const sorted = new Sorted(byNumber);
      const plain = new Set<number>();
      for (const { add, item } of changes) {
        if (add && !plain.has(item)) sorted.add(item);
        if (!add) sorted.remove(item);
        if (add) plain.add(item);
        else plain.delete(item);
        const expected = [...plain].sort(byNumber);
        expect([...sorted]).toEqual(expected);
        expect(sorted.first).toBe(expected[0]);
        expect(sorted.size).toBe(expected.length);
        expect(sorted.rank(item)).toBe(expected.filter((one) => one < item).length);
      }
    }),
  );
});
