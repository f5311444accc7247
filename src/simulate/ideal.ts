/**
 * The ideal queue: n servers, first come first served, callers who give up; nothing but arithmetic on the same callers that
 * a simulation is given. J. Kiefer and J. Wolfowitz, "On the theory of queues with many servers", 1955: who comes next is
 * served when the first server is free; whoever's patience is shorter than that is never served.
 * It is the yardstick for the machines (same callers, same waits), and fast enough for the precision that theory asks for.
 */
import { errorOf } from './error-of.ts';
import type { Measured } from './tally.ts';
import type { Caller } from './traffic.ts';

export interface Ideal {
  readonly calls: number;
  readonly abandoned: number;
  /** Of all calls. */
  readonly waitMs: Measured;
  /** Share of answered calls that were answered within the time asked for. */
  readonly serviceLevel: number;
}

export interface IdealOptions {
  readonly agents: number;
  readonly serviceLevelMs: number;
  /** Callers per batch, for the standard error. */
  readonly batchCalls: number;
}

export function idealQueue(callers: Iterable<Caller>, { agents, serviceLevelMs, batchCalls }: IdealOptions): Ideal {
  const freeAt = new Float64Array(agents);
  const batches: number[] = [];
  let [now, calls, abandoned, within, sum, batch] = [0, 0, 0, 0, 0, 0];
  for (const { afterMs, talkMs, patienceMs = Number.POSITIVE_INFINITY } of callers) {
    now += afterMs;
    calls += 1;
    const first = firstOf(freeAt);
    const offeredMs = Math.max(0, (freeAt[first] ?? 0) - now);
    const waitMs = Math.min(offeredMs, patienceMs);
    if (offeredMs > patienceMs) abandoned += 1;
    else {
      freeAt[first] = now + offeredMs + talkMs;
      if (offeredMs <= serviceLevelMs) within += 1;
    }
    sum += waitMs;
    batch += waitMs;
    if (calls % batchCalls > 0) continue;
    batches.push(batch / batchCalls);
    batch = 0;
  }
  const waitMs = { mean: sum / calls, error: errorOf(batches) };
  return { calls, abandoned, waitMs, serviceLevel: within / (calls - abandoned) };
}

/** The server that is free first. */
function firstOf(freeAt: Float64Array): number {
  let first = 0;
  for (let server = 1; server < freeAt.length; server += 1)
    if ((freeAt[server] ?? 0) < (freeAt[first] ?? 0)) first = server;
  return first;
}
