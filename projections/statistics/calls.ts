/** Calls that enter and leave queues, as they are counted. */
import type { CallContext } from '../../machines/call/context.ts';
import type { Tables } from '../../src/model/projection.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { isWaiting } from '../calls.ts';
import { add, type Counts, type Outcome, type Place, WITHIN_SECONDS } from './quarters.ts';

/** Enters a queue, or leaves the one it is known to be in, or both (redirected). */
export function countCall({ actor, time, transition }: LoggedTransition, tables: Tables): void {
  const { from, to, event, state, cause } = transition.data;
  if (!isWaiting(to) && (from === null || !isWaiting(from))) return;
  const { queue, shortAbandoned } = state.context as Partial<CallContext>;
  if (queue === null || queue === undefined) return;
  const known = tables.get<{ readonly queue: string; readonly entered_at: number }>(
    'SELECT queue, entered_at FROM statistics_waiting WHERE call = ? AND tenant = ?',
    actor.id,
    actor.tenant,
  );
  const moved = event.type === 'redirect' || (queue.waiting && known !== undefined && known.queue !== queue.queue);
  if (known !== undefined && (moved || !queue.waiting)) {
    tables.run('DELETE FROM statistics_waiting WHERE call = ? AND tenant = ?', actor.id, actor.tenant);
    const outcome = outcomeOf(moved ? 'transferred' : queue.outcome, event.why, cause.by);
    countLeft(tables, { tenant: actor.tenant, queue: known.queue, time }, outcome, {
      waitMs: Math.max(0, time - known.entered_at),
      short: shortAbandoned === true,
    });
  }
  if (!queue.waiting || (known !== undefined && !moved)) return;
  tables.run(
    'INSERT OR REPLACE INTO statistics_waiting (tenant, call, queue, entered_at) VALUES (?, ?, ?, ?)',
    actor.tenant,
    actor.id,
    queue.queue,
    time,
  );
  add(tables, { tenant: actor.tenant, queue: queue.queue, time }, { entered: 1 });
}

/** `why` is what a rule or a person gave for moving the call; what the distributor drops, it drops by rule. */
function outcomeOf(outcome: string | undefined, why: unknown, by: string): Outcome {
  if (outcome === 'dropped' && by === 'system:distributor') return 'overflowed';
  if (outcome === 'transferred') {
    if (why === 'overflow' || why === 'noAgents') return 'overflowed';
    return why === 'closed' ? 'closed' : 'transferred';
  }
  return outcome === 'answered' || outcome === 'abandoned' || outcome === 'closed' ? outcome : 'dropped';
}

function countLeft(
  tables: Tables,
  place: Place,
  outcome: Outcome,
  { waitMs, short }: { readonly waitMs: number; readonly short: boolean },
): void {
  const counts: Counts = { [outcome]: 1 };
  if (outcome === 'answered' || outcome === 'abandoned') {
    counts[`${outcome}_wait_ms`] = waitMs;
    for (const seconds of WITHIN_SECONDS) if (waitMs <= seconds * 1000) counts[`${outcome}_${seconds}`] = 1;
  }
  if (outcome === 'abandoned' && short) counts.short_abandoned = 1;
  add(tables, place, counts, waitMs);
}
