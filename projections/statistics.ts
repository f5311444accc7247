/**
 * What queues and agents did, counted per quarter of an hour: everything longer is a sum of rows. A call counts in the
 * quarter in which it happened: entered when it entered, answered when it was answered. Times of agents are split at the
 * quarters. Calls imported from the past count nowhere.
 */
import type { Projection, View } from '../src/model/projection.ts';
import { countAgent, forgetStandings, writeStandings } from './statistics/agents.ts';
import { countCall } from './statistics/calls.ts';
import {
  ACTIVITIES,
  type Activity,
  type ActivityRow,
  type AgentRow,
  COUNTERS,
  type Counter,
  forgetQuarters,
  quarterOf,
  TIMES,
  type WITHIN_SECONDS,
  writeQuarters,
} from './statistics/quarters.ts';

export const statistics: Projection = {
  name: 'statistics',
  version: 5,
  kinds: ['call', 'agent'],
  tables: `
CREATE TABLE statistics_queues (
  tenant TEXT NOT NULL,
  queue TEXT NOT NULL,
  start INTEGER NOT NULL, -- of the quarter, ms since 1970
  wait_ms_max INTEGER NOT NULL DEFAULT 0,
  ${COUNTERS.map((counter) => `${counter} INTEGER NOT NULL DEFAULT 0`).join(',\n  ')},
  PRIMARY KEY (tenant, queue, start)
) WITHOUT ROWID;
CREATE INDEX statistics_queues_start ON statistics_queues (tenant, start);
CREATE TABLE statistics_waiting ( -- calls that entered a queue and have not left it
  tenant TEXT NOT NULL,
  call TEXT NOT NULL,
  queue TEXT NOT NULL,
  entered_at INTEGER NOT NULL,
  PRIMARY KEY (call, tenant)
) WITHOUT ROWID;
CREATE TABLE statistics_agents (
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  start INTEGER NOT NULL,
  ${ACTIVITIES.map((activity) => `${activity}_ms INTEGER NOT NULL DEFAULT 0`).join(',\n  ')},
  PRIMARY KEY (tenant, agent, start)
) WITHOUT ROWID;
CREATE INDEX statistics_agents_start ON statistics_agents (tenant, start);
CREATE TABLE statistics_activity ( -- what an agent does now, and what he did earlier in the same quarter
  created INTEGER PRIMARY KEY, -- position of the agent's first record
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  activity TEXT, -- NULL while he is signed out
  queue TEXT, -- of the work it belongs to
  since INTEGER NOT NULL,
  start INTEGER NOT NULL, -- of the quarter that is still counted here
  ${ACTIVITIES.map((activity) => `${activity}_ms INTEGER NOT NULL`).join(',\n  ')}
);
CREATE INDEX statistics_activity_agent ON statistics_activity (tenant, agent);`,

  project(record, tables, created) {
    if (record.actor.kind === 'call') countCall(record, tables);
    else countAgent(record, tables, created);
  },

  flush(tables) {
    writeStandings(tables);
    writeQuarters(tables);
  },

  forget(tables) {
    forgetStandings(tables);
    forgetQuarters(tables);
  },
};

/** Within 15, 20 and 30 s. */
export interface Within<Value> {
  readonly s15: Value;
  readonly s20: Value;
  readonly s30: Value;
}

export interface QueueStatistics {
  /** Calls that came in (offered to the queue); every one leaves by one of the six outcomes below, or still waits. */
  readonly entered: number;
  readonly answered: number;
  /** The caller hung up, short ones included. */
  readonly abandoned: number;
  readonly shortAbandoned: number;
  /** Left by rule: waited too long, the queue was full, no agents. */
  readonly overflowed: number;
  /** Sent away because the queue is closed. */
  readonly closed: number;
  /** Moved by somebody: elsewhere, to another queue, pulled by an agent. */
  readonly transferred: number;
  /** Ended by somebody else than the caller. */
  readonly dropped: number;
  readonly answeredWithin: Within<number>;
  readonly abandonedWithin: Within<number>;
  /** Answered within ÷ (answered + abandoned − short-abandoned); null when there was none. */
  readonly serviceLevel: Within<number | null>;
  /** Of answered calls, from entering this queue to the answer. */
  readonly waitMsMean: number | null;
  /** Of all that left. */
  readonly waitMsMax: number;
  readonly abandonedWaitMsMean: number | null;
  /** Calls whose talking ended; talking includes holding. */
  readonly handled: number;
  readonly talkMsMean: number | null;
  /** Talking and wrap-up, per handled call. */
  readonly handleMsMean: number | null;
}

/** A span of quarters: those that begin at `from` or later and before `to`, the quarter `from` lies in included. */
export interface Span {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
}

/** One queue, or without `queue` all of the tenant's together. */
export function queueStatistics(view: View, span: Span & { readonly queue?: string }): QueueStatistics {
  const { tenant, to, queue } = span;
  const whole = [tenant, quarterOf(span.from), to] as const;
  return derived(
    queue === undefined ? view.get<QueueRow>(SUM, ...whole) : view.get<QueueRow>(SUM_QUEUE, ...whole, queue),
  );
}

/**
 * The same per interval of `intervalMs`, a multiple of a quarter, counted from `from`; intervals in which nothing happened are
 * absent.
 */
export function queueStatisticsBy(
  view: View,
  span: Span & { readonly queue?: string; readonly intervalMs: number },
): (QueueStatistics & { readonly start: number })[] {
  const { tenant, to, queue, intervalMs } = span;
  const from = quarterOf(span.from);
  const cut = [tenant, from, to, intervalMs] as const;
  const rows =
    queue === undefined ? view.all<IntervalRow>(SUM_BY, ...cut) : view.all<IntervalRow>(SUM_QUEUE_BY, ...cut, queue);
  return rows.map((row) => ({ start: from + row.interval * intervalMs, ...derived(row) }));
}

/** The same per interval, of which `begins` are the beginnings after the first one, which begins at `from`: days of any length. */
export function queueStatisticsFrom(
  view: View,
  span: Span & { readonly queue?: string; readonly begins: readonly number[] },
): (QueueStatistics & { readonly start: number })[] {
  const { tenant, to, queue, begins } = span;
  const from = quarterOf(span.from);
  return [from, ...begins].flatMap((start, index) => {
    const whole = [tenant, start, begins[index] ?? to] as const;
    const row =
      queue === undefined ? view.get<QueueRow>(SUM, ...whole) : view.get<QueueRow>(SUM_QUEUE, ...whole, queue);
    return row === undefined || row.entered === null ? [] : [{ start, ...derived(row) }];
  });
}

/** ms per activity. */
export type AgentTimes = Readonly<Record<Activity, number>>;

/** What agents did, up to this moment; with `agents`, those only. */
export function agentTimes(view: View, span: Span & { readonly agents?: readonly string[] }): AgentTimes {
  const { tenant, to } = span;
  const from = quarterOf(span.from);
  const agents = span.agents === undefined ? [] : [JSON.stringify(span.agents)];
  const { sum, now } = agents.length === 0 ? TIMES_OF.all : TIMES_OF.some;
  const past = view.get<AgentRow>(sum, tenant, from, to, ...agents);
  const times: Record<Activity, number> = { ready: 0, offered: 0, talking: 0, wrap_up: 0, other: 0, away: 0 };
  for (const activity of ACTIVITIES) times[activity] = past?.[`${activity}_ms`] ?? 0;
  for (const { activity, since } of view.all<Pick<ActivityRow, 'activity' | 'since'>>(now, tenant, ...agents))
    times[activity] += Math.max(0, Math.min(view.now, to) - Math.max(since, from));
  return times;
}

/** How many agents of each tenant, of those who are signed in, do what now. What nobody does is absent. Looks at every agent. */
export function agentActivities(view: View): readonly ActivityCount[] {
  return view.all(
    `SELECT tenant, activity, count(*) AS agents FROM statistics_activity WHERE activity IS NOT NULL
     GROUP BY tenant, activity`,
  );
}

export interface ActivityCount {
  readonly tenant: string;
  readonly activity: Activity;
  readonly agents: number;
}

/** Share of the time agents were there for calls in which they had one of a queue: offered, talking, wrap-up. */
export function occupancyOf({ ready, offered, talking, wrap_up, other }: AgentTimes): number | null {
  const busy = offered + talking + wrap_up;
  return ratio(busy, busy + ready + other);
}

type QueueRow = Readonly<Record<Counter | 'wait_ms_max', number | null>>;
type IntervalRow = QueueRow & { readonly interval: number };

const SUMS = `max(wait_ms_max) AS wait_ms_max, ${COUNTERS.map((counter) => `sum(${counter}) AS ${counter}`).join(', ')}`;
const IN_SPAN = 'WHERE tenant = ?1 AND start >= ?2 AND start < ?3';
const OF_QUEUES = `FROM statistics_queues ${IN_SPAN}`;
// A text for each: of one with "all, or this one" SQLite would read all that was ever counted.
const SUM = `SELECT ${SUMS} ${OF_QUEUES}`;
const SUM_QUEUE = `${SUM} AND queue = ?4`;
const BY_INTERVAL = `SELECT CAST((start - ?2) / ?4 AS INTEGER) AS interval, ${SUMS} ${OF_QUEUES}`;
const SUM_BY = `${BY_INTERVAL} GROUP BY 1 ORDER BY 1`;
const SUM_QUEUE_BY = `${BY_INTERVAL} AND queue = ?5 GROUP BY 1 ORDER BY 1`;
const TIMES_OF = { all: timesOf(() => ''), some: timesOf((n) => `AND agent IN (SELECT value FROM json_each(?${n}))`) };

/** `whose` narrows it to some agents, by the value of that number. */
function timesOf(whose: (value: number) => string): { readonly sum: string; readonly now: string } {
  const rows = (table: string) => `SELECT ${TIMES} FROM ${table} ${IN_SPAN} ${whose(4)}`;
  return {
    sum: `SELECT ${ACTIVITIES.map((activity) => `sum(${activity}_ms) AS ${activity}_ms`).join(', ')}
      FROM (${rows('statistics_agents')} UNION ALL ${rows('statistics_activity')})`,
    now: `SELECT activity, since FROM statistics_activity WHERE activity IS NOT NULL AND tenant = ?1 ${whose(2)}`,
  };
}

function derived(row: QueueRow | undefined): QueueStatistics {
  const count = (counter: keyof QueueRow) => row?.[counter] ?? 0;
  const { answered, abandoned, handled } = {
    answered: count('answered'),
    abandoned: count('abandoned'),
    handled: count('handled'),
  };
  const serious = answered + abandoned - count('short_abandoned');
  return {
    entered: count('entered'),
    answered,
    abandoned,
    shortAbandoned: count('short_abandoned'),
    overflowed: count('overflowed'),
    closed: count('closed'),
    transferred: count('transferred'),
    dropped: count('dropped'),
    answeredWithin: within((seconds) => count(`answered_${seconds}`)),
    abandonedWithin: within((seconds) => count(`abandoned_${seconds}`)),
    serviceLevel: within((seconds) => ratio(count(`answered_${seconds}`), serious)),
    waitMsMean: ratio(count('answered_wait_ms'), answered),
    waitMsMax: count('wait_ms_max'),
    abandonedWaitMsMean: ratio(count('abandoned_wait_ms'), abandoned),
    handled,
    talkMsMean: ratio(count('talk_ms'), handled),
    handleMsMean: ratio(count('talk_ms') + count('wrap_up_ms'), handled),
  };
}

function within<Value>(of: (seconds: (typeof WITHIN_SECONDS)[number]) => Value): Within<Value> {
  return { s15: of(15), s20: of(20), s30: of(30) };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
