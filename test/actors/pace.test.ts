import { expect, test } from 'vitest';
import { Pace } from '../../src/actors/pace.ts';

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('few are decided at once', () => {
  const pace = new Pace(3);
  const decided: number[] = [];
  for (const each of [1, 2, 3]) pace.run(() => decided.push(each));
  expect(decided).toEqual([1, 2, 3]);
});

test('what is too many for one turn of the loop is decided in the next ones, in order', async () => {
  const pace = new Pace(3);
  const decided: number[] = [];
  for (const each of [1, 2, 3, 4, 5, 6, 7]) pace.run(() => decided.push(each));
  expect(decided).toEqual([1, 2, 3]);
  await turnOfTheLoop();
  expect(decided).toEqual([1, 2, 3, 4, 5, 6]);
  await turnOfTheLoop();
  expect(decided).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('who comes while others wait is decided after them', async () => {
  const pace = new Pace(2);
  const decided: number[] = [];
  for (const each of [1, 2, 3, 4, 5]) pace.run(() => decided.push(each));
  await turnOfTheLoop();
  pace.run(() => decided.push(6));
  expect(decided).toEqual([1, 2, 3, 4]);
  await turnOfTheLoop();
  expect(decided).toEqual([1, 2, 3, 4, 5, 6]);
});

test('each turn of the loop has its own share', async () => {
  const pace = new Pace(1);
  let decided = 0;
  for (let turn = 1; turn <= 3; turn += 1) {
    pace.run(() => (decided += 1));
    expect(decided).toBe(turn);
    await turnOfTheLoop();
  }
});
