/**
 * What agents' time goes into: counted in the quarter it was spent in, and the work of a queue also there, when it is over.
 */
import type { AgentContext } from '../../machines/agent/context.ts';
import type { Position } from '../../src/model/position.ts';
import type { Tables } from '../../src/model/projection.ts';
import { contextOf, type LoggedTransition, type Transition } from '../../src/model/transition.ts';
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
  const now = activityIn(transition);
  // What he remembers is looked at where it must be: to read it costs more than the rest.
  const ended = now === undefined && transition.data.state.done === true;
  const standings = standingsIn(tables);
  const known = standingOf(standings, tables, created);
  if (known === undefined) {
    if (now !== undefined) arrive(standings, tables, actor, { created, ...now, ...nothingSince(time) });
    return;
  }
  const activity = now?.activity ?? null;
  const queue = now?.queue ?? null;
  if (known.activity === activity && known.queue === queue && !ended) return;
  countWork(tables, actor.tenant, known, time);
  countTime(tables, actor, known, time);
  if (ended) {
    end(standings, tables, actor, known);
    return;
  }
  known.activity = activity;
  known.queue = queue;
  known.since = time;
  if (!known.ahead) standings.ahead.push(known);
  known.ahead = true;
}

/** Undefined for one who is signed out, or does not exist. */
function activityIn(transition: Transition): Pick<ActivityRow, 'activity' | 'queue'> | undefined {
  const { to } = transition.data;
  const regions = typeof to === 'string' ? undefined : to.present;
  if (regions === undefined || typeof regions === 'string') return undefined;
  if (regions.queue === 'offered' || regions.queue === 'talking')
    return { activity: regions.queue, queue: queueOf(transition) };
  if (regions.queue === 'wrapUp') return { activity: 'wrap_up', queue: queueOf(transition) };
  if (regions.presence === 'signedOut') return undefined;
  if (regions.presence === 'away') return { activity: 'away', queue: null };
  if (regions.presence === 'wrapUp') return { activity: 'wrap_up', queue: null };
  return { activity: regions.phone === 'idle' ? 'ready' : 'other', queue: null };
}

function queueOf(transition: Transition): string | null {
  return contextOf<Partial<AgentContext>>(transition).queue?.work?.queue ?? null;
}

/**
 * What is kept of an agent: what he does, since when, and his times in the quarter that is not over. Changed in place, as it
 * is with every change of what he does.
 */
interface Standing {
  /** Position of his first record. */
  readonly created: Position;
  activity: Activity | null;
  queue: string | null;
  since: number;
  start: number;
  readonly times: number[];
  /** Of its row: an agent who moves often is written once per transaction. */
  ahead: boolean;
}

/** Standings kept in memory per database, so that most need not be read; when there are more, all are dropped. */
const KEPT_MAX = 50_000;

interface Standings {
  readonly byCreated: Map<Position, Standing>;
  readonly ahead: Standing[];
}

const kept = new WeakMap<Tables, Standings>();

function standingsIn(tables: Tables): Standings {
  const known = kept.get(tables);
  if (known !== undefined) return known;
  const standings = { byCreated: new Map(), ahead: [] };
  kept.set(tables, standings);
  return standings;
}

function standingOf({ byCreated }: Standings, tables: Tables, created: Position): Standing | undefined {
  const known = byCreated.get(created);
  if (known !== undefined) return known;
  const row = tables.get<Omit<Standing, 'times' | 'ahead'> & AgentRow>(
    'SELECT * FROM statistics_activity WHERE created = ?',
    created,
  );
  if (row === undefined) return undefined;
  const { activity, queue, since, start } = row;
  const times = ACTIVITIES.map((name) => row[`${name}_ms`] ?? 0);
  const standing = { created, activity, queue, since, start, times, ahead: false };
  byCreated.set(created, standing);
  return standing;
}

function nothingSince(time: number): Pick<Standing, 'since' | 'start' | 'times' | 'ahead'> {
  return { since: time, start: quarterOf(time), times: ACTIVITIES.map(() => 0), ahead: false };
}

function arrive(
  { byCreated }: Standings,
  tables: Tables,
  { tenant, id }: LoggedTransition['actor'],
  standing: Standing,
): void {
  const { created, activity, queue, since, start, times } = standing;
  byCreated.set(created, standing);
  tables.run(ARRIVE, tenant, id, created, activity, queue, since, start, ...times);
}

/** In the order of their rows, so that each page is written once. */
export function writeStandings(tables: Tables): void {
  const { byCreated, ahead } = standingsIn(tables);
  ahead.sort((one, other) => one.created - other.created);
  for (const standing of ahead) {
    standing.ahead = false;
    const { created, activity, queue, since, start, times } = standing;
    tables.run(STAND, created, activity, queue, since, start, ...times);
  }
  ahead.length = 0;
  if (byCreated.size > KEPT_MAX) byCreated.clear();
}

/** They are read again from the tables as they are now. */
export function forgetStandings(tables: Tables): void {
  kept.delete(tables);
}

/** He is gone: what was counted of him stays. */
function end(
  { byCreated, ahead }: Standings,
  tables: Tables,
  { tenant, id }: LoggedTransition['actor'],
  standing: Standing,
): void {
  const { created, start, times } = standing;
  addTimes(tables, tenant, id, start, times);
  byCreated.delete(created);
  if (standing.ahead) ahead.splice(ahead.indexOf(standing), 1);
  tables.run('DELETE FROM statistics_activity WHERE created = ?', created);
}

/** Nobody does one thing for longer: a clock was wrong, or the record forged, and each quarter until then would have its row. */
const COUNTED_MS_MAX = 366 * 86_400_000;

/** Counts his time until then in the quarter of `until`; what lay in the quarters before it is written for good. */
function countTime(tables: Tables, { tenant, id }: LoggedTransition['actor'], known: Standing, until: number): void {
  const { activity, since, times } = known;
  const turnTo = (quarter: number): void => {
    if (quarter === known.start) return;
    addTimes(tables, tenant, id, known.start, times);
    known.start = quarter;
    times.fill(0);
  };
  const doing = activity === null ? -1 : ACTIVITIES.indexOf(activity);
  const end = Math.min(until, since + COUNTED_MS_MAX);
  for (let at = since; doing >= 0 && at < end; ) {
    const next = Math.min(end, quarterOf(at) + QUARTER_MS);
    turnTo(quarterOf(at));
    times[doing] = (times[doing] ?? 0) + next - at;
    at = next;
  }
  turnTo(quarterOf(until));
}

/** Work that a queue gave him counts there when it is over. */
function countWork(tables: Tables, tenant: string, { activity, queue, since }: Standing, until: number): void {
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
