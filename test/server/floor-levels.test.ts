/** What Prometheus sees of the floor, told by the real machines on a clock moved by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QUARTER_MS } from '../../projections/statistics/quarters.ts';
import { floorLevels } from '../../src/server/floor-levels.ts';
import type { Levels } from '../../src/server/metrics.ts';
import { aCall, anAgent, answered, aQueue, CENTRE, type Centre, givenCentre, hungUp } from '../support/centre.ts';

let centre: Centre;
let levels: Levels;
beforeEach(async () => {
  centre = await givenCentre();
  centre.startDistributor();
  levels = floorLevels(() => centre.runtime.live);
});
afterEach(() => centre.close());

/** Values by the labels that tell them apart. */
async function read(name: string): Promise<Readonly<Record<string, number>>> {
  const level = levels[name];
  if (level === undefined || !('labels' in level)) throw new Error(`${name} has no labels`);
  return Object.fromEntries(
    (await level.read()).map(({ labels, value }) => {
      expect(Object.keys(labels)).toEqual(level.labels);
      expect(labels.tenant).toBe(CENTRE);
      return [Object.values(labels).slice(1).join(' '), value];
    }),
  );
}

test('agents are counted by what they do, also where nobody does it', async () => {
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), anAgent('ben', { presence: 'signedOut' }));
  const nobody = { ready: 0, offered: 0, talking: 0, wrap_up: 0, other: 0, away: 0, signed_out: 0 };
  expect(await read('ledgerline_agents')).toEqual({ ...nobody, ready: 1, signed_out: 1 });
  await centre.happens(aCall('a', 'q'));
  await centre.happens(answered(centre.call('a')));
  expect(await read('ledgerline_agents')).toEqual({ ...nobody, talking: 1, signed_out: 1 });
});

test('every queue tells how many wait and how long, an empty one too', async () => {
  await centre.happens(aQueue('q', []), aQueue('empty', []), aCall('a', 'q'));
  await centre.wait(4_000);
  await centre.happens(aCall('b', 'q'));
  await centre.wait(1_500);
  expect(await read('ledgerline_queue_waiting')).toEqual({ q: 2, empty: 0 });
  expect(await read('ledgerline_queue_longest_wait_seconds')).toEqual({ q: 5.5, empty: 0 });
});

test('what became of calls only grows, over quarters that are over too', async () => {
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'));
  const outcome = async () => {
    const all = await read('ledgerline_queue_calls_total');
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === 0 ? [] : [[name.slice(2), value]])),
    );
  };
  expect(await outcome()).toEqual({});
  for (let hour = 1; hour <= 5; hour += 1) {
    await centre.happens(aCall(`a${hour}`, 'q'));
    await centre.wait(2_000);
    await centre.happens(answered(centre.call(`a${hour}`)), aCall(`b${hour}`, 'q'));
    await centre.wait(30_000);
    await centre.happens(hungUp(`b${hour}`), hungUp(`a${hour}`));
    const counts = { entered: 2 * hour, answered: hour, answered_within_20s: hour, abandoned: hour };
    expect(await outcome()).toEqual(counts);
    await centre.wait(hour % 2 === 0 ? QUARTER_MS : 5 * QUARTER_MS);
    expect(await outcome()).toEqual(counts);
  }
});
