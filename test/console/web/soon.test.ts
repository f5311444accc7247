import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { soon } from '../../../src/console/web/model/soon.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what takes long to answer is asked again when it was answered, for all that happened meanwhile', () => {
  let asked = 0;
  let isAsking = false;
  const happened = soon(
    () => {
      asked += 1;
      isAsking = true;
    },
    { ms: 300, isAsking: () => isAsking },
  );
  const tenThings = () => {
    for (let thing = 0; thing < 10; thing += 1) {
      happened();
      vi.advanceTimersByTime(100);
    }
    return asked;
  };
  expect(tenThings()).toBe(1);
  expect(tenThings()).toBe(1);
  isAsking = false;
  vi.advanceTimersByTime(300);
  expect(asked).toBe(2);
  isAsking = false;
  vi.advanceTimersByTime(10_000);
  expect(asked).toBe(2);
});
