/** Waits for something that happens in another process: asks again and again, up to a bound, instead of sleeping. */
import { setTimeout as delay } from 'node:timers/promises';

/** The first value of `probe` that is not undefined; fails with `what` and the last error after `withinMs`. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const stepMs = 10;
  let cause: unknown;
  for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += stepMs) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      cause = error;
    }
    await delay(stepMs);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`, { cause });
}
