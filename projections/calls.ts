/**
 * Calls, live and ended, one row each with its whole context, and the live legs by agent, line and number.
 * Rows stay: the log keeps twenty records for each of them. For searching the past use call-history.ts.
 */
import type { CallContext, Leg } from '../machines/call/context.ts';
import type { ActorId } from '../src/model/actor-id.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, Tables, View } from '../src/model/projection.ts';
import type { StateValue } from '../src/model/transition.ts';

export const calls: Projection = {
  name: 'calls',
  version: 2,
  kinds: ['call'],
  newestOnly: true,
  tables: `
CREATE TABLE calls (
  created INTEGER PRIMARY KEY, -- position of the first record: lists are in this order
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (tenant, id)
);
CREATE INDEX calls_tenant ON calls (tenant);
CREATE INDEX calls_live ON calls (tenant) WHERE stage <> 'ended';
CREATE TABLE calls_legs ( -- that are not released
  tenant TEXT NOT NULL,
  call TEXT NOT NULL,
  leg TEXT NOT NULL,
  number TEXT NOT NULL,
  line TEXT,
  agent TEXT,
  PRIMARY KEY (call, leg, tenant)
) WITHOUT ROWID;
CREATE INDEX calls_legs_leg ON calls_legs (leg, tenant);
CREATE INDEX calls_legs_number ON calls_legs (number, tenant);
CREATE INDEX calls_legs_line ON calls_legs (line, tenant) WHERE line IS NOT NULL;
CREATE INDEX calls_legs_agent ON calls_legs (agent, tenant) WHERE agent IS NOT NULL;`,

  project({ actor, position, transition }, tables, created) {
    const { to, state, version } = transition.data;
    const stage = stageIn(to);
    const { legs = [], monitors = [] } = state.context as Partial<CallContext>;
    writeLegs(tables, actor, stage === undefined ? [] : [...legs, ...monitors].filter(isUnreleased));
    if (stage === undefined) {
      tables.run('DELETE FROM calls WHERE created = ?', created);
      return;
    }
    const context = JSON.stringify(state.context);
    if (tables.run(CHANGE, stage, version, position, context, created) === 0)
      tables.run(ADD, stage, version, position, context, created, actor.tenant, actor.id);
  },
};

const CHANGE = 'UPDATE calls SET stage = ?, version = ?, position = ?, context = ? WHERE created = ?';
const ADD = 'INSERT INTO calls (stage, version, position, context, created, tenant, id) VALUES (?, ?, ?, ?, ?, ?, ?)';

export interface CallEntry {
  readonly tenant: string;
  readonly id: string;
  /** `created`, `dialing`, `ringing`, `queued`, `offered`, `established`, `held` or `ended`. */
  readonly stage: string;
  readonly version: number;
  readonly position: Position;
  readonly created: Position;
  readonly context: CallContext;
}

/** Live or ended. */
export function call(view: View, tenant: string, id: string): CallEntry | undefined {
  const row = view.get<CallRow>('SELECT * FROM calls WHERE tenant = ? AND id = ?', tenant, id);
  return row === undefined ? undefined : entry(row);
}

/** By its index: left alone SQLite goes through all calls there ever were, which lie in the order that is asked for. */
const LIVE = "SELECT * FROM calls INDEXED BY calls_live WHERE stage <> 'ended'";

/** A tenant's calls that are not over, oldest first. */
export function liveCalls(view: View, tenant: string): CallEntry[] {
  return view.all<CallRow>(`${LIVE} AND tenant = ? ORDER BY created`, tenant).map(entry);
}

/** The same of every tenant: for who follows the log and begins in the middle. */
export function allLiveCalls(view: View): CallEntry[] {
  return view.all<CallRow>(`${LIVE} ORDER BY created`).map(entry);
}

/**
 * Calls of a tenant that had begun before a position and are live or have moved since, oldest first: for who follows the log
 * from there. Of those that are over by now only among the `among` that had begun last.
 */
export function callsAcross(
  view: View,
  { tenant, position, among }: { readonly tenant: string; readonly position: Position; readonly among: number },
): CallEntry[] {
  return view.all<CallRow>(ACROSS, tenant, position, among).map(entry);
}

const ACROSS = `${LIVE} AND tenant = ?1 AND created < ?2
  UNION ALL
  SELECT * FROM calls WHERE stage = 'ended' AND position >= ?2 AND created IN
    (SELECT created FROM calls INDEXED BY calls_tenant WHERE tenant = ?1 AND created < ?2 ORDER BY created DESC LIMIT ?3)
  ORDER BY created`;

/** A tenant's calls, live and ended, newest first. `before` is the `created` of the last one seen. */
export function callsOf(
  view: View,
  page: { readonly tenant: string; readonly before?: Position; readonly limit: number },
): CallEntry[] {
  return view
    .all<CallRow>(
      'SELECT * FROM calls INDEXED BY calls_tenant WHERE tenant = ? AND created < ? ORDER BY created DESC LIMIT ?',
      page.tenant,
      page.before ?? Number.MAX_SAFE_INTEGER,
      page.limit,
    )
    .map(entry);
}

/** Live calls in which an agent has a leg that is not released, oldest first. */
export function callsOfAgent(view: View, tenant: string, agent: string): CallEntry[] {
  return view.all<CallRow>(LIVE_BY.agent, agent, tenant).map(entry);
}

/** The same of an extension of our own. */
export function callsOfLine(view: View, tenant: string, line: string): CallEntry[] {
  return view.all<CallRow>(LIVE_BY.line, line, tenant).map(entry);
}

/** The same of any number, as it was dialled or shown. */
export function callsOfNumber(view: View, tenant: string, number: string): CallEntry[] {
  return view.all<CallRow>(LIVE_BY.number, number, tenant).map(entry);
}

/** The live call that a leg is in. */
export function callOfLeg(view: View, tenant: string, leg: string): CallEntry | undefined {
  const row = view.get<CallRow>(
    `SELECT calls.* FROM calls_legs AS legs JOIN calls ON calls.tenant = legs.tenant AND calls.id = legs.call
     WHERE legs.leg = ? AND legs.tenant = ?`,
    leg,
    tenant,
  );
  return row === undefined ? undefined : entry(row);
}

/** Where a stored state value stands in the call's chart; undefined for none of its values. */
export function stageIn(value: StateValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value.live === 'string' ? value.live : undefined;
}

/** True for the state of a call that waits in a queue, also while it is offered. */
export function isWaiting(value: StateValue): boolean {
  const stage = stageIn(value);
  return stage === 'queued' || stage === 'offered';
}

const LIVE_BY = { agent: liveBy('agent'), line: liveBy('line'), number: liveBy('number') };

/**
 * Live calls by what one of their legs has; a call may have it twice. CROSS: from the legs to their calls. To spare the
 * sorting SQLite would rather go through all the calls there ever were.
 */
function liveBy(column: 'agent' | 'line' | 'number'): string {
  return `SELECT DISTINCT calls.* FROM calls_legs AS legs
    CROSS JOIN calls ON calls.tenant = legs.tenant AND calls.id = legs.call
    WHERE legs.${column} = ? AND legs.tenant = ? ORDER BY calls.created`;
}

interface CallRow extends Omit<CallEntry, 'context'> {
  readonly context: string;
}

function entry({ context, ...row }: CallRow): CallEntry {
  return { ...row, context: JSON.parse(context) as CallContext };
}

function isUnreleased({ state }: Leg): boolean {
  return state !== 'released';
}

type LegRow = readonly [leg: string, number: string, line: string | null, agent: string | null];

/** `legs` are all there are; most of them stand there already. */
function writeLegs(tables: Tables, { tenant, id }: ActorId, legs: readonly Leg[]): void {
  const rows = new Map(
    legs.map(({ id: leg, number, line = null, agent = null }): [string, LegRow] => [leg, [leg, number, line, agent]]),
  );
  for (const { leg, number, line, agent } of tables.all<KnownLeg>(KNOWN, id, tenant)) {
    const row = rows.get(leg);
    if (row !== undefined && row[1] === number && row[2] === line && row[3] === agent) rows.delete(leg);
    else tables.run('DELETE FROM calls_legs WHERE call = ? AND leg = ? AND tenant = ?', id, leg, tenant);
  }
  for (const row of rows.values())
    tables.run(
      'INSERT INTO calls_legs (tenant, call, leg, number, line, agent) VALUES (?, ?, ?, ?, ?, ?)',
      tenant,
      id,
      ...row,
    );
}

interface KnownLeg {
  readonly leg: string;
  readonly number: string;
  readonly line: string | null;
  readonly agent: string | null;
}

const KNOWN = 'SELECT leg, number, line, agent FROM calls_legs WHERE call = ? AND tenant = ?';
