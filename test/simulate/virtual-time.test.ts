import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualTime } from '../../src/simulate/virtual-time.ts';

test('wakes come in the order of their time, equal ones as they were asked for, taken-back ones never', () => {
  const plan = fc.array(fc.record({ at: fc.nat(20), isTakenBack: fc.boolean() }), { maxLength: 40 });
  fc.assert(
    fc.property(plan, (wakes) => {
      const time = new VirtualTime(0);
      const woken: (readonly [number, number])[] = [];
      const cancels = wakes.map(({ at }, index) =>
        time.at(at, () => {
          woken.push([at, index]);
          expect(time.now()).toBe(at);
        }),
      );
      wakes.forEach(({ isTakenBack }, index) => {
        if (isTakenBack) cancels[index]?.();
      });
      while (time.next());
      const expected = wakes.flatMap(({ at, isTakenBack }, index) => (isTakenBack ? [] : [[at, index] as const]));
      expect(woken).toEqual(expected.sort(([one, first], [other, second]) => one - other || first - second));
    }),
  );
});

test('it goes no further than it is asked to, and never back', () => {
  const time = new VirtualTime(100);
  let woken = 0;
  time.at(50, () => (woken += 1));
  time.at(300, () => (woken += 1));
  expect(time.next(200)).toBe(true);
  expect(time.now()).toBe(100);
  expect(time.next(200)).toBe(false);
  expect(woken).toBe(1);
});
