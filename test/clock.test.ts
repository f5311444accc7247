import { describe, expect, test } from 'vitest';
import { ManualClock } from '../src/clock.ts';

const atRest = () => Promise.resolve();

describe('the manual clock', () => {
  test('stands still until it is advanced', async () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(500, atRest);
    expect(clock.now()).toBe(1_500);
  });

  test('wakes what falls due on the way, in order, each at its own time', async () => {
    const clock = new ManualClock(0);
    const woken: string[] = [];
    const note = (name: string) => () => woken.push(`${name}@${clock.now()}`);
    clock.at(300, note('late'));
    clock.at(100, note('early'));
    clock.at(100, note('second'));
    clock.at(900, note('not yet'));
    await clock.advance(500, atRest);
    expect(woken).toEqual(['early@100', 'second@100', 'late@300']);
  });

  test('steps through what a wake sets off before it goes on', async () => {
    const clock = new ManualClock(0);
    const woken: number[] = [];
    const again = () => {
      woken.push(clock.now());
      clock.at(clock.now() + 100, again);
    };
    clock.at(100, again);
    await clock.advance(350, atRest);
    expect(woken).toEqual([100, 200, 300]);
  });

  test('lets everything come to rest after each wake', async () => {
    const clock = new ManualClock(0);
    const order: string[] = [];
    clock.at(100, () => order.push('wake'));
    await clock.advance(200, async () => {
      order.push('rest');
    });
    expect(order).toEqual(['rest', 'wake', 'rest']);
  });

  test('wakes at once, with the next advance, what was due before', async () => {
    const clock = new ManualClock(1_000);
    let woken = 0;
    clock.at(10, () => {
      woken = clock.now();
    });
    await clock.advance(0, atRest);
    expect(woken).toBe(1_000);
  });

  test('forgets what was taken back', async () => {
    const clock = new ManualClock(0);
    let woken = false;
    clock.at(10, () => {
      woken = true;
    })();
    await clock.advance(100, atRest);
    expect(woken).toBe(false);
  });

  test('queues advances', async () => {
    const clock = new ManualClock(0);
    await Promise.all([clock.advance(100, atRest), clock.advance(100, atRest)]);
    expect(clock.now()).toBe(200);
  });
});
