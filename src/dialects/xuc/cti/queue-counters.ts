/**
 * Queue statistics as counters by the names that clients know. Since midnight in the tenant's time zone, or over the window that was asked for.
 */
import { zoneOf } from '../../../../projections/directory/zone.ts';
import { estimatedWaitMs, membersTalking, queueStatus } from '../../../../projections/queues.ts';
import { queueStatistics } from '../../../../projections/statistics.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import { dayBegin } from '../../../model/zone.ts';
import { type Found, numberOf, queuesOf } from '../people.ts';
import { type Frame, frame } from './frames.ts';

const DEFAULT_XQOS_S = 15;

export interface CounterRequest {
  /** ms, and what is missing to a whole quarter of an hour before; absent: since midnight. */
  readonly windowMs?: number;
  /** Calls answered or abandoned within so many seconds: 15, 20 or 30. */
  readonly xqosS?: number;
}

/** The message of a QueueStatistics frame; undefined for a threshold that is not counted. */
export function queueCounters(
  view: View,
  queue: Found<'queue'>,
  { windowMs, xqosS = DEFAULT_XQOS_S }: CounterRequest = {},
): JsonObject | undefined {
  const { tenant, id } = queue.actor;
  const within = THRESHOLDS[xqosS];
  if (within === undefined) return undefined;
  const from = windowMs === undefined ? dayBegin(view.now, zoneOf(view, tenant)) : view.now - windowMs;
  const counted = queueStatistics(view, { tenant, queue: id, from, to: view.now + 1 });
  const { waiting, longestWaitMs, members } = queueStatus(view, tenant, id);
  const longestWaitS = Math.floor(longestWaitMs / 1000);
  const ewtMs = estimatedWaitMs(view, tenant, id, waiting + 1) ?? 0;
  const { entered, answered, abandoned, closed, overflowed } = counted;
  const before = counted.answeredWithin[within];
  const after = abandoned - counted.abandonedWithin[within];
  const counters: Readonly<Record<string, number>> = {
    TotalNumberCallsEntered: entered,
    TotalNumberCallsAnswered: answered,
    // The public name is spelt so.
    TotalNumberCallsAbandonned: abandoned,
    TotalNumberCallsClosed: closed,
    TotalNumberCallsTimeout: overflowed,
    [`TotalNumberCallsAnsweredBefore${xqosS}`]: before,
    [`TotalNumberCallsAbandonnedAfter${xqosS}`]: after,
    [`PercentageAnsweredBefore${xqosS}`]: percentage(before, entered),
    [`PercentageAbandonnedAfter${xqosS}`]: percentage(after, entered),
    WaitingCalls: waiting,
    LongestWaitTime: longestWaitS,
    // As the public page has it.
    LongestWaitingTime: longestWaitS,
    EWT: Math.round(ewtMs / 1000),
    LoggedAgents: members.ready + members.busy + members.away,
    AvailableAgents: members.ready,
    TalkingAgents: membersTalking(view, tenant, id),
  };
  const list = Object.entries(counters).map(([statName, value]) => ({ statName, value }));
  return { queueId: numberOf(queue) ?? 0, counters: list };
}

/** A frame for each queue that this dialect has a number for. */
export function allQueueCounters(view: View, tenant: string): readonly Frame[] {
  return queuesOf(view, tenant)
    .filter((queue) => numberOf(queue) !== undefined)
    .flatMap((queue) => {
      const counters = queueCounters(view, queue);
      return counters === undefined ? [] : [frame('QueueStatistics', counters)];
    });
}

const THRESHOLDS: Readonly<Record<number, 's15' | 's20' | 's30'>> = { 15: 's15', 20: 's20', 30: 's30' };

function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((10_000 * part) / whole) / 100;
}
