/**
 * Calls, live and ended, one row each with its whole context, and the live legs by agent, line and number.
 * Rows stay: the log keeps twenty records for each of them. For searching the past use call-history.ts.
 */
import type { CallContext, Leg } from '../machines/call/context.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, Tables, View } from '../src/model/projection.ts';
import type { LoggedTransition, StateValue } from '../src/model/transition.ts';

export const calls: Projection = {
  name: 'calls',
  version: 1,
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

  project(record, tables) {
    if (record.actor.kind !== 'call') return;
    const { to, state, version, event } = record.transition.data;
    const stage = stageIn(to);
    if (stage === undefined) return;
    tables.run(
      `INSERT INTO calls (created, tenant, id, stage, version, position, context) VALUES (?1, ?2, ?3, ?4, ?5, ?1, ?6)
       ON CONFLICT (tenant, id) DO UPDATE SET stage = ?4, version = ?5, position = ?1, context = ?6`,
      record.position,
      record.actor.tenant,
      record.actor.id,
      stage,
      version,
      JSON.stringify(state.context),
    );
    const { legs = [], monitors = [] } = state.context as Partial<CallContext>;
    // A leg that changes says when; those that come over from another call keep their times.
    const areOthers = version === 1 || event.type === 'legs.joined';
    for (const leg of [...legs, ...monitors]) if (areOthers || leg.since === record.time) writeLeg(tables, record, leg);
  },
};

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

/** A tenant's calls that are not over, oldest first. */
export function liveCalls(view: View, tenant: string): CallEntry[] {
  return view
    .all<CallRow>(
      "SELECT * FROM calls INDEXED BY calls_live WHERE tenant = ? AND stage <> 'ended' ORDER BY created",
      tenant,
    )
    .map(entry);
}

/** The same of every tenant: for who follows the log and begins in the middle. */
export function allLiveCalls(view: View): CallEntry[] {
  return view.all<CallRow>("SELECT * FROM calls WHERE stage <> 'ended' ORDER BY created").map(entry);
}

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
  return view
    .all<CallRow>(
      `SELECT DISTINCT calls.* FROM calls_legs AS legs JOIN calls ON calls.tenant = legs.tenant AND calls.id = legs.call
       WHERE legs.agent = ? AND legs.tenant = ? ORDER BY calls.created`,
      agent,
      tenant,
    )
    .map(entry);
}

/** The same of an extension of our own. */
export function callsOfLine(view: View, tenant: string, line: string): CallEntry[] {
  return view
    .all<CallRow>(
      `SELECT DISTINCT calls.* FROM calls_legs AS legs JOIN calls ON calls.tenant = legs.tenant AND calls.id = legs.call
       WHERE legs.line = ? AND legs.tenant = ? ORDER BY calls.created`,
      line,
      tenant,
    )
    .map(entry);
}

/** The same of any number, as it was dialled or shown. */
export function callsOfNumber(view: View, tenant: string, number: string): CallEntry[] {
  return view
    .all<CallRow>(
      `SELECT DISTINCT calls.* FROM calls_legs AS legs JOIN calls ON calls.tenant = legs.tenant AND calls.id = legs.call
       WHERE legs.number = ? AND legs.tenant = ? ORDER BY calls.created`,
      number,
      tenant,
    )
    .map(entry);
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

interface CallRow extends Omit<CallEntry, 'context'> {
  readonly context: string;
}

function entry({ context, ...row }: CallRow): CallEntry {
  return { ...row, context: JSON.parse(context) as CallContext };
}

function writeLeg(tables: Tables, { actor }: LoggedTransition, leg: Leg): void {
  if (leg.state === 'released') {
    tables.run('DELETE FROM calls_legs WHERE call = ? AND leg = ? AND tenant = ?', actor.id, leg.id, actor.tenant);
    return;
  }
  tables.run(
    'INSERT OR IGNORE INTO calls_legs (tenant, call, leg, number, line, agent) VALUES (?, ?, ?, ?, ?, ?)',
    actor.tenant,
    actor.id,
    leg.id,
    leg.number,
    leg.line ?? null,
    leg.agent ?? null,
  );
}
