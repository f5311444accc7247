import { expect, test } from 'vitest';
import { drawnInAdvance } from '../../src/model/random.ts';

test('bytes drawn in advance come in order, each once, and from few draws', () => {
  let draws = 0;
  let next = 0;
  const random = drawnInAdvance((count) => {
    draws += 1;
    return Uint8Array.from({ length: count }, () => next++ % 251);
  });
  const given = Array.from({ length: 256 }, () => [...random(16)]).flat();
  expect(given).toEqual(Array.from({ length: 4096 }, (_, index) => index % 251));
  expect(draws).toBe(1);
  expect(random(16)).toHaveLength(16);
  expect(draws).toBe(2);
});

test('more bytes than are drawn at once are drawn for themselves', () => {
  expect(drawnInAdvance((count) => new Uint8Array(count).fill(7))(5000)).toEqual(new Uint8Array(5000).fill(7));
});
