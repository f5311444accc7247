import { describe, expect, test } from 'vitest';
import { draw, type Law, randomOf } from '../../src/simulate/random.ts';

const DRAWS = 100_000;

function drawn(law: Law, seed = 7) {
  const random = randomOf(seed);
  const values = Array.from({ length: DRAWS }, () => draw(law, random));
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWS;
  return { mean, deviation: Math.sqrt(variance), values };
}

test('the same seed gives the same numbers, another one others', () => {
  const first = (seed: number) => Array.from({ length: 5 }, randomOf(seed));
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
});

test('numbers lie in (0, 1), as many in each tenth as chance allows', () => {
  const random = randomOf(3);
  const tenths = new Array<number>(10).fill(0);
  for (let count = 0; count < DRAWS; count += 1) {
    const value = random();
    if (value <= 0 || value >= 1) expect.fail(`${value} is out of bounds`);
    tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
  }
  // Chi-square with 9 degrees of freedom: above 27.9 once in a thousand seeds.
  expect(tenths.reduce((sum, found) => sum + (found - DRAWS / 10) ** 2 / (DRAWS / 10), 0)).toBeLessThan(27.9);
});

// Standard error of a mean of 100,000 draws: deviation ÷ 316; four of them are allowed.
describe('times drawn by a law have its mean and its spread', () => {
  test('exponential', () => {
    const { mean, deviation } = drawn({ kind: 'exponential', meanMs: 10_000 });
    expect(Math.abs(mean - 10_000)).toBeLessThan((4 * 10_000) / 316);
    expect(deviation / mean).toBeCloseTo(1, 1);
  });

  test('lognormal', () => {
    const { mean, deviation } = drawn({ kind: 'lognormal', meanMs: 10_000, variation: 0.5 });
    expect(Math.abs(mean - 10_000)).toBeLessThan((4 * 5_000) / 316);
    expect(deviation / mean).toBeCloseTo(0.5, 1);
  });

  test('deterministic', () => {
    expect(new Set(drawn({ kind: 'deterministic', meanMs: 10_000 }).values)).toEqual(new Set([10_000]));
  });
});
