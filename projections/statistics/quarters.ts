/**
 * What is counted, and where: a row of counters per queue and quarter of an hour. Shared by what counts calls, what counts
 * agents, and the queries.
 */
import type { Tables } from '../../src/model/projection.ts';

export const QUARTER_MS = 900_000;

/** How a call left a queue. */
const OUTCOMES = ['answered', 'abandoned', 'overflowed', 'closed', 'transferred', 'dropped'] as const;
/** What an agent's time goes into; `other` is a call that no queue gave him. */
export const ACTIVITIES = ['ready', 'offered', 'talking', 'wrap_up', 'other', 'away'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Activity = (typeof ACTIVITIES)[number];

/** Waits that are counted by how short they were. */
export const WITHIN_SECONDS = [15, 20, 30] as const;

export const COUNTERS = [
  'entered',
  ...OUTCOMES,
  'short_abandoned',
  ...WITHIN_SECONDS.flatMap((seconds) => [`answered_${seconds}`, `abandoned_${seconds}`] as const),
  'answered_wait_ms',
  'abandoned_wait_ms',
  'handled',
  'talk_ms',
  'wrap_up_ms',
] as const;

export type Counter = (typeof COUNTERS)[number];

export function quarterOf(time: number): number {
  return Math.floor(time / QUARTER_MS) * QUARTER_MS;
}

export interface Place {
  readonly tenant: string;
  readonly queue: string;
  readonly time: number;
}

const ADD = `INSERT INTO statistics_queues (tenant, queue, start, wait_ms_max, ${COUNTERS.join(', ')})
  VALUES (?1, ?2, ?3, ?4, ${COUNTERS.map((_, index) => `?${index + 5}`).join(', ')})
  ON CONFLICT (tenant, queue, start) DO UPDATE SET wait_ms_max = max(wait_ms_max, ?4),
  ${COUNTERS.map((counter, index) => `${counter} = ${counter} + ?${index + 5}`).join(', ')}`;

export type Counts = Partial<Record<Counter, number>>;

/** A row that is to be added to what the table has. */
interface Quarter {
  readonly tenant: string;
  readonly queue: string;
  readonly start: number;
  waitMsMax: number;
  readonly counts: Counts;
}

/** Counted and not written: a queue counts several things of each call, and is written once per transaction. */
const counted = new WeakMap<Tables, Map<string, Quarter>>();

export function add(tables: Tables, { tenant, queue, time }: Place, counts: Counts, waitMs = 0): void {
  const quarters = counted.get(tables) ?? new Map<string, Quarter>();
  counted.set(tables, quarters);
  const start = quarterOf(time);
  const key = `${start} ${tenant} ${queue}`;
  const quarter = quarters.get(key) ?? { tenant, queue, start, waitMsMax: 0, counts: {} };
  quarters.set(key, quarter);
  quarter.waitMsMax = Math.max(quarter.waitMsMax, waitMs);
  for (const counter of Object.keys(counts) as Counter[])
    quarter.counts[counter] = (quarter.counts[counter] ?? 0) + (counts[counter] ?? 0);
}

export function writeQuarters(tables: Tables): void {
  for (const { tenant, queue, start, waitMsMax, counts } of counted.get(tables)?.values() ?? [])
    tables.run(ADD, tenant, queue, start, waitMsMax, ...COUNTERS.map((counter) => counts[counter] ?? 0));
  counted.delete(tables);
}

export function forgetQuarters(tables: Tables): void {
  counted.delete(tables);
}

/** The columns of an agent's times. */
export const TIMES = ACTIVITIES.map((activity) => `${activity}_ms`).join(', ');

export type AgentRow = Readonly<Record<`${Activity}_ms`, number | null>>;

/** What an agent does now. */
export interface ActivityRow {
  readonly activity: Activity;
  readonly queue: string | null;
  readonly since: number;
}
