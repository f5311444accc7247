/**
 * Patience with a server that is there and cannot serve: a cluster that elects a leader, for some 10 s; a folder that it is
 * still clearing. For whoever opens the log or its parts at a start, and cannot go on without; not for commands, whose
 * callers are told at once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isFailure } from '../errors.ts';

/** Between two tries, each longer than the one before: 13 s in all, and what the tries themselves take. */
const PAUSES_MS = [100, 200, 400, 800, 1600, 3200, 6400];

/** Asks again whenever it throws `unavailable`, and throws that in the end; so it may be carried out more than once. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isFailure(error, 'unavailable')) throw error;
    }
    await delay(pauseMs);
  }
  return ask();
}
