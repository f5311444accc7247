/**
 * What agents' time goes into: counted in the quarter it was spent in, and the work of a queue also there, when it is over.
 */
import type { AgentContext } from '../../machines/agent/context.ts';
import type { Position } from '../../src/model/position.ts';
import type { Tables } from '../../src/model/projection.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import {
  ACTIVITIES,
  type Activity,
  type ActivityRow,
  type AgentRow,
  add,
  QUARTER_MS,
  quarterOf,
  TIMES,
} from './quarters.ts';

/** When what an agent does becomes another thing, the time until then goes to what he did. */
export function countAgent({ actor, time, transition }: LoggedTransition, tables: Tables, created: Position): void {
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
export function writeStandings(tables: Tables): void {
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
