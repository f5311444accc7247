import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock, systemClock } from '../src/clock.ts';

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

  test('goes on after an advance that could not be ended', async () => {
    const clock = new ManualClock(0);
    await expect(clock.advance(100, () => Promise.reject(new Error('the log is away')))).rejects.toThrow('away');
    await clock.advance(100, atRest);
    expect(clock.now()).toBe(100);
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

describe('the system clock', () => {
  const HOUR_MS = 3_600_000;
  let woken = 0;
  const wakeIn = (ms: number) =>
    systemClock().at(Date.now() + ms, () => {
      woken += 1;
    });

  beforeEach(() => {
    vi.useFakeTimers();
    woken = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('wakes once, when it is time, however far that is', () => {
    wakeIn(1_000 * HOUR_MS);
    vi.advanceTimersByTime(1_000 * HOUR_MS - 1);
    expect(woken).toBe(0);
    vi.advanceTimersByTime(1);
    expect(woken).toBe(1);
    vi.advanceTimersByTime(HOUR_MS);
    expect(woken).toBe(1);
  });

  test('wakes soon after a time that the machine has slept through', () => {
    wakeIn(HOUR_MS);
    vi.setSystemTime(Date.now() + 2 * HOUR_MS);
    vi.advanceTimersByTime(60_000);
    expect(woken).toBe(1);
  });

  test('does not wake before it is time by a clock that was set back', () => {
    wakeIn(10_000);
    vi.setSystemTime(Date.now() - 5_000);
    vi.advanceTimersByTime(14_999);
    expect(woken).toBe(0);
    vi.advanceTimersByTime(1);
    expect(woken).toBe(1);
  });

  test('wakes nobody who took it back, also while he sleeps again', () => {
    const takeBack = wakeIn(HOUR_MS);
    vi.advanceTimersByTime(HOUR_MS / 2);
    takeBack();
    vi.advanceTimersByTime(HOUR_MS);
    expect(woken).toBe(0);
  });
});
