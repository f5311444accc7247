import { describe, expect, test } from 'vitest';
import { ran } from './command-line.ts';

const small = '--agents 3 --calls 400 --seed 7';
const simulated = (words: string) => ran(`simulate ${words}`.split(' '));

describe('simulate', () => {
  test('prints what came of the traffic beside what theory says', async () => {
    const { code, out } = await simulated(small);
    expect(code).toBe(0);
    expect(out[0]).toMatch(/simulated +theory/);
    expect(out.map((line) => line.split('  ')[0])).toEqual(expect.arrayContaining(['mean wait', 'occupancy']));
  });

  test('gives the same result for the same seed, and another for another', async () => {
    const results = await Promise.all(
      [small, small, small.replace('7', '8')].map((words) => simulated(`${words} --json`)),
    );
    const [first, second, other] = results.map(({ out }) => JSON.parse(out[0] ?? '').result);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('has no theory to show for what no formula covers', async () => {
    const { out } = await simulated(`${small} --law lognormal --json`);
    expect(JSON.parse(out[0] ?? '')).not.toHaveProperty('theory');
  });

  test('refuses at once a load that grows without bound', async () => {
    const { code, err } = await simulated(`${small} --occupancy 1.2`);
    expect({ code, err }).toEqual({ code: 2, err: [expect.stringContaining('--patience')] });
  });

  test.each(['--agents 0', '--occupancy no', '--talk -1', '--law gamma'])('refuses %s', async (words) => {
    expect((await simulated(words)).code).toBe(2);
  });
});
