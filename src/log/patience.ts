/**
 * Patience with a server that is there and cannot serve: a cluster that elects a leader, for some 10 s; a folder that it is
 * still clearing. For whoever opens the log or its parts at a start, and cannot go on without; not for commands, whose
 * callers are told at once. One start has one patience, however much of it must be waited for.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { isFailure, LedgerlineError } from '../errors.ts';

interface Patience {
  leftMs: number;
  /** Says what is waited for, once it takes longer than a moment. */
  readonly waiting: (what: string) => void;
  /** True once the start has ended: whatever still runs in its context then waits on its own account. */
  isOver: boolean;
}

/** For everything that one start waits for, the tries themselves included. */
const WAIT_MS_MAX = 30_000;
const SAID_AFTER_MS = 1_000;
const PAUSE_MS_FIRST = 100;
const PAUSE_MS_MAX = 3_200;

/** In a context and not in arguments, as it runs through everything that is opened. */
const starts = new AsyncLocalStorage<Patience>();

/** All that `work` waits for, and what that begins, takes 30 s together; `waiting` is told of each that takes more than a moment. */
export async function inOneStart<T>(
  waiting: Patience['waiting'],
  work: () => Promise<T>,
  waitMsMax = WAIT_MS_MAX,
): Promise<T> {
  const start = { leftMs: waitMsMax, waiting, isOver: false };
  try {
    return await starts.run(start, work);
  } finally {
    start.isOver = true;
  }
}

/** Asks again whenever it throws `unavailable`, and throws that in the end; so it may be carried out more than once. */
export async function patiently<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const start = starts.getStore();
  const patience = start?.isOver === false ? start : { leftMs: WAIT_MS_MAX, waiting: () => undefined };
  let waitedMs = 0;
  let isSaid = false;
  for (let pauseMs = PAUSE_MS_FIRST; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
    const began = performance.now();
    try {
      return await ask();
    } catch (error) {
      if (!isFailure(error, 'unavailable')) throw error;
      if (patience.leftMs <= 0) throw inVain(what, error);
    }
    await delay(pauseMs);
    const tookMs = performance.now() - began;
    patience.leftMs -= tookMs;
    waitedMs += tookMs;
    if (!isSaid && waitedMs >= SAID_AFTER_MS) patience.waiting(what);
    isSaid ||= waitedMs >= SAID_AFTER_MS;
  }
}

function inVain(what: string, error: LedgerlineError): LedgerlineError {
  const message = `${error.message}; ${what} was waited for in vain`;
  return new LedgerlineError('unavailable', message, { ...error.details, what }, error);
}
