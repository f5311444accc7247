/**
 * What queues and agents did, counted per quarter of an hour: everything longer is a sum of rows. A call counts in the
 * quarter in which it happened: entered when it entered, answered when it was answered. Times of agents are split at the
 * quarters. Calls imported from the past count nowhere.
 */
import type { AgentContext } from '../machines/agent/context.ts';
import type { CallContext } from '../machines/call/context.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, Tables, View } from '../src/model/projection.ts';
import type { LoggedTransition } from '../src/model/transition.ts';
import { isWaiting } from './calls.ts';

export const QUARTER_MS = 900_000;

/** How a call left a queue. */
const OUTCOMES = ['answered', 'abandoned', 'overflowed', 'closed', 'transferred', 'dropped'] as const;
/** What an agent's time goes into; `other` is a call that no queue gave him. */
const ACTIVITIES = ['ready', 'offered', 'talking', 'wrap_up', 'other', 'away'] as const;
type Outcome = (typeof OUTCOMES)[number];
type Activity = (typeof ACTIVITIES)[number];

const COUNTERS = [
  'entered',
  ...OUTCOMES,
  'short_abandoned',
  ...[15, 20, 30].flatMap((seconds) => [`answered_${seconds}`, `abandoned_${seconds}`]),
  'answered_wait_ms',
  'abandoned_wait_ms',
  'handled',
  'talk_ms',
  'wrap_up_ms',
] as const;

export const statistics: Projection = {
  name: 'statistics',
  version: 3,
  tables: `
CREATE TABLE statistics_queues (
  tenant TEXT NOT NULL,
  queue TEXT NOT NULL,
  start INTEGER NOT NULL, -- of the quarter, ms since 1970
  wait_ms_max INTEGER NOT NULL DEFAULT 0,
  ${COUNTERS.map((counter) => `${counter} INTEGER NOT NULL DEFAULT 0`).join(',\n  ')},
  PRIMARY KEY (tenant, queue, start)
) WITHOUT ROWID;
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
CREATE TABLE statistics_activity ( -- what an agent does now, and what he did earlier in the same quarter
  created INTEGER PRIMARY KEY, -- position of the agent's first record
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  activity TEXT, -- NULL while he is signed out
  queue TEXT, -- of the work it belongs to
  since INTEGER NOT NULL,
  start INTEGER NOT NULL, -- of the quarter that is still counted here
  ${ACTIVITIES.map((activity) => `${activity}_ms INTEGER NOT NULL`).join(',\n  ')}
);`,

  project(record, tables, created) {
    if (record.actor.kind === 'call') countCall(record, tables);
    else if (record.actor.kind === 'agent') countAgent(record, tables, created);
  },

  flush: writeStandings,
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
  const row = view.get<QueueRow>(SUM_QUEUE, span.tenant, quarterOf(span.from), span.to, span.queue ?? null);
  return derived(row);
}

/**
 * The same per interval of `intervalMs`, a multiple of a quarter, counted from `from` (for days: a local midnight);
 * intervals in which nothing happened are absent.
 */
export function queueStatisticsBy(
  view: View,
  span: Span & { readonly queue?: string; readonly intervalMs: number },
): (QueueStatistics & { readonly start: number })[] {
  const from = quarterOf(span.from);
  return view
    .all<QueueRow & { readonly interval: number }>(
      SUM_QUEUE_BY,
      span.tenant,
      from,
      span.to,
      span.queue ?? null,
      span.intervalMs,
    )
    .map((row) => ({ start: from + row.interval * span.intervalMs, ...derived(row) }));
}

/** ms per activity. */
export type AgentTimes = Readonly<Record<Activity, number>>;

/** What agents did, up to this moment; with `agents`, those only. */
export function agentTimes(view: View, span: Span & { readonly agents?: readonly string[] }): AgentTimes {
  const from = quarterOf(span.from);
  const agents = span.agents === undefined ? null : JSON.stringify(span.agents);
  const past = view.get<AgentRow>(SUM_AGENTS, span.tenant, from, span.to, agents);
  const times: Record<Activity, number> = { ready: 0, offered: 0, talking: 0, wrap_up: 0, other: 0, away: 0 };
  for (const activity of ACTIVITIES) times[activity] = past?.[`${activity}_ms`] ?? 0;
  for (const { activity, since } of view.all<ActivityRow>(NOW, span.tenant, agents))
    times[activity] += Math.max(0, Math.min(view.now, span.to) - Math.max(since, from));
  return times;
}

/** Share of the time agents were there for calls in which they had one of a queue: offered, talking, wrap-up. */
export function occupancyOf({ ready, offered, talking, wrap_up, other }: AgentTimes): number | null {
  const busy = offered + talking + wrap_up;
  return ratio(busy, busy + ready + other);
}

type QueueRow = Readonly<Record<(typeof COUNTERS)[number] | 'wait_ms_max', number | null>>;
type AgentRow = Readonly<Record<`${Activity}_ms`, number | null>>;
interface ActivityRow {
  readonly activity: Activity;
  readonly queue: string | null;
  readonly since: number;
}

const SUMS = `max(wait_ms_max) AS wait_ms_max, ${COUNTERS.map((counter) => `sum(${counter}) AS ${counter}`).join(', ')}`;
const OF_QUEUE =
  'FROM statistics_queues WHERE tenant = ?1 AND start >= ?2 AND start < ?3 AND (?4 IS NULL OR queue = ?4)';
const SUM_QUEUE = `SELECT ${SUMS} ${OF_QUEUE}`;
const SUM_QUEUE_BY = `SELECT CAST((start - ?2) / ?5 AS INTEGER) AS interval, ${SUMS} ${OF_QUEUE} GROUP BY 1 ORDER BY 1`;
const TIMES = ACTIVITIES.map((activity) => `${activity}_ms`).join(', ');
const OF_AGENTS = `WHERE tenant = ?1 AND start >= ?2 AND start < ?3
  AND (?4 IS NULL OR agent IN (SELECT value FROM json_each(?4)))`;
const SUM_AGENTS = `SELECT ${ACTIVITIES.map((activity) => `sum(${activity}_ms) AS ${activity}_ms`).join(', ')} FROM (
  SELECT ${TIMES} FROM statistics_agents ${OF_AGENTS} UNION ALL SELECT ${TIMES} FROM statistics_activity ${OF_AGENTS})`;
const NOW = `SELECT activity, queue, since FROM statistics_activity WHERE activity IS NOT NULL
  AND tenant = ?1 AND (?2 IS NULL OR agent IN (SELECT value FROM json_each(?2)))`;

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

function within<Value>(of: (seconds: 15 | 20 | 30) => Value): Within<Value> {
  return { s15: of(15), s20: of(20), s30: of(30) };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function quarterOf(time: number): number {
  return Math.floor(time / QUARTER_MS) * QUARTER_MS;
}

/** Enters a queue, or leaves the one it is known to be in, or both (redirected). */
function countCall({ actor, time, transition }: LoggedTransition, tables: Tables): void {
  const { from, to, event, state, cause } = transition.data;
  if (!isWaiting(to) && (from === null || !isWaiting(from))) return;
  const { queue, shortAbandoned } = state.context as Partial<CallContext>;
  if (queue === null || queue === undefined) return;
  const known = tables.get<{ readonly queue: string; readonly entered_at: number }>(
    'SELECT queue, entered_at FROM statistics_waiting WHERE call = ? AND tenant = ?',
    actor.id,
    actor.tenant,
  );
  const moved = event.type === 'redirect';
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

interface Place {
  readonly tenant: string;
  readonly queue: string;
  readonly time: number;
}

function countLeft(
  tables: Tables,
  place: Place,
  outcome: Outcome,
  { waitMs, short }: { readonly waitMs: number; readonly short: boolean },
): void {
  const counts: Partial<Record<(typeof COUNTERS)[number], number>> = { [outcome]: 1 };
  if (outcome === 'answered' || outcome === 'abandoned') {
    counts[`${outcome}_wait_ms`] = waitMs;
    for (const seconds of [15, 20, 30]) if (waitMs <= seconds * 1000) counts[`${outcome}_${seconds}`] = 1;
  }
  if (outcome === 'abandoned' && short) counts.short_abandoned = 1;
  add(tables, place, counts, waitMs);
}

const ADD = `INSERT INTO statistics_queues (tenant, queue, start, wait_ms_max, ${COUNTERS.join(', ')})
  VALUES (?1, ?2, ?3, ?4, ${COUNTERS.map((_, index) => `?${index + 5}`).join(', ')})
  ON CONFLICT (tenant, queue, start) DO UPDATE SET wait_ms_max = max(wait_ms_max, ?4),
  ${COUNTERS.map((counter, index) => `${counter} = ${counter} + ?${index + 5}`).join(', ')}`;

function add(
  tables: Tables,
  { tenant, queue, time }: Place,
  counts: Partial<Record<(typeof COUNTERS)[number], number>>,
  waitMs = 0,
): void {
  tables.run(ADD, tenant, queue, quarterOf(time), waitMs, ...COUNTERS.map((counter) => counts[counter] ?? 0));
}

/** When what an agent does becomes another thing, the time until then goes to what he did. */
function countAgent({ actor, time, transition }: LoggedTransition, tables: Tables, created: Position): void {
  const { to, state } = transition.data;
  const now = state.done === true ? undefined : activityIn(to, state.context as Partial<AgentContext>);
  const known = standingOf(tables, created);
  const activity = now?.activity ?? null;
  const queue = now?.queue ?? null;
  const isSame = known === undefined ? activity === null : known.activity === activity && known.queue === queue;
  if (isSame && state.done !== true) return;
  if (known !== undefined) countWork(tables, actor.tenant, known, time);
  const counted = countTime(tables, actor, known, time);
  if (state.done === true) end(tables, actor, created, counted);
  else if (known === undefined) arrive(tables, actor, created, { activity, queue, since: time, ...counted });
  else stand(tables, created, { activity, queue, since: time, ...counted });
}

/** Undefined for one who is signed out, or does not exist. */
function activityIn(
  to: LoggedTransition['transition']['data']['to'],
  { queue }: Partial<AgentContext>,
): Pick<ActivityRow, 'activity' | 'queue'> | undefined {
  const regions = typeof to === 'string' ? undefined : to.present;
  if (regions === undefined || typeof regions === 'string') return undefined;
  const of = queue?.work?.queue ?? null;
  if (regions.queue === 'offered' || regions.queue === 'talking') return { activity: regions.queue, queue: of };
  if (regions.queue === 'wrapUp') return { activity: 'wrap_up', queue: of };
  if (regions.presence === 'signedOut') return undefined;
  if (regions.presence === 'away') return { activity: 'away', queue: null };
  if (regions.presence === 'wrapUp') return { activity: 'wrap_up', queue: null };
  return { activity: regions.phone === 'idle' ? 'ready' : 'other', queue: null };
}

/** What is kept of an agent: what he does, since when, and his times in the quarter that is not over. */
interface AgentStanding {
  readonly activity: Activity | null;
  readonly queue: string | null;
  readonly since: number;
  readonly start: number;
  readonly times: readonly number[];
}

type Counted = Pick<AgentStanding, 'start' | 'times'>;

const NO_TIMES: readonly number[] = ACTIVITIES.map(() => 0);
/** Standings kept in memory per database, so that most need not be read; when there are more, all are dropped. */
const KEPT_MAX = 50_000;

interface Standings {
  readonly byCreated: Map<Position, AgentStanding>;
  /** Those that are ahead of their rows: an agent who moves often is written once per transaction. */
  readonly ahead: Set<Position>;
}

const kept = new WeakMap<Tables, Standings>();

function standingsIn(tables: Tables): Standings {
  const standings = kept.get(tables) ?? { byCreated: new Map(), ahead: new Set() };
  kept.set(tables, standings);
  return standings;
}

function standingOf(tables: Tables, created: Position): AgentStanding | undefined {
  const known = standingsIn(tables).byCreated.get(created);
  if (known !== undefined) return known;
  const row = tables.get<Omit<AgentStanding, 'times'> & AgentRow>(
    'SELECT * FROM statistics_activity WHERE created = ?',
    created,
  );
  return row && { ...row, times: ACTIVITIES.map((activity) => row[`${activity}_ms`] ?? 0) };
}

function arrive(
  tables: Tables,
  { tenant, id }: LoggedTransition['actor'],
  created: Position,
  standing: AgentStanding,
): void {
  standingsIn(tables).byCreated.set(created, standing);
  const { activity, queue, since, start, times } = standing;
  tables.run(ARRIVE, tenant, id, created, activity, queue, since, start, ...times);
}

function stand(tables: Tables, created: Position, standing: AgentStanding): void {
  const { byCreated, ahead } = standingsIn(tables);
  byCreated.set(created, standing);
  ahead.add(created);
}

/** In the order of their rows, so that each page is written once. */
function writeStandings(tables: Tables): void {
  const { byCreated, ahead } = standingsIn(tables);
  for (const created of [...ahead].sort((one, other) => one - other)) {
    const standing = byCreated.get(created);
    if (standing === undefined) continue;
    const { activity, queue, since, start, times } = standing;
    tables.run(STAND, created, activity, queue, since, start, ...times);
  }
  ahead.clear();
  if (byCreated.size > KEPT_MAX) byCreated.clear();
}

/** He is gone: what was counted of him stays. */
function end(
  tables: Tables,
  { tenant, id }: LoggedTransition['actor'],
  created: Position,
  { start, times }: Counted,
): void {
  addTimes(tables, tenant, id, start, times);
  standingsIn(tables).byCreated.delete(created);
  tables.run('DELETE FROM statistics_activity WHERE created = ?', created);
}

/** His times in the quarter of `until`; those of the quarters before it are written for good. */
function countTime(
  tables: Tables,
  { tenant, id }: LoggedTransition['actor'],
  known: AgentStanding | undefined,
  until: number,
): Counted {
  let start = known?.start ?? quarterOf(until);
  let times = [...(known?.times ?? NO_TIMES)];
  const turnTo = (quarter: number): void => {
    if (quarter === start) return;
    addTimes(tables, tenant, id, start, times);
    start = quarter;
    times = [...NO_TIMES];
  };
  const doing = known === undefined || known.activity === null ? -1 : ACTIVITIES.indexOf(known.activity);
  for (let at = known?.since ?? until; doing >= 0 && at < until; ) {
    const next = Math.min(until, quarterOf(at) + QUARTER_MS);
    turnTo(quarterOf(at));
    times[doing] = (times[doing] ?? 0) + next - at;
    at = next;
  }
  turnTo(quarterOf(until));
  return { start, times };
}

/** Work that a queue gave him counts there when it is over. */
function countWork(tables: Tables, tenant: string, { activity, queue, since }: AgentStanding, until: number): void {
  if (queue === null) return;
  const ms = Math.max(0, until - since);
  const place = { tenant, queue, time: until };
  if (activity === 'talking') add(tables, place, { handled: 1, talk_ms: ms });
  else if (activity === 'wrap_up') add(tables, place, { wrap_up_ms: ms });
}

function addTimes(tables: Tables, tenant: string, agent: string, start: number, times: readonly number[]): void {
  if (times.some((ms) => ms > 0)) tables.run(ADD_TIMES, tenant, agent, start, ...times);
}

const ARRIVE = `INSERT INTO statistics_activity (tenant, agent, created, activity, queue, since, start, ${TIMES})
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ${ACTIVITIES.map((_, index) => `?${index + 8}`).join(', ')})`;
const STAND = `UPDATE statistics_activity SET activity = ?2, queue = ?3, since = ?4, start = ?5,
  ${ACTIVITIES.map((activity, index) => `${activity}_ms = ?${index + 6}`).join(', ')} WHERE created = ?1`;
const ADD_TIMES = `INSERT INTO statistics_agents (tenant, agent, start, ${TIMES})
  VALUES (?1, ?2, ?3, ${ACTIVITIES.map((_, index) => `?${index + 4}`).join(', ')})
  ON CONFLICT (tenant, agent, start) DO UPDATE SET
  ${ACTIVITIES.map((activity, index) => `${activity}_ms = ${activity}_ms + ?${index + 4}`).join(', ')}`;
