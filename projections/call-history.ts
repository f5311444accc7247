/**
 * Calls to be searched, live and ended, a short row each: those from one number to another, and an agent's last ones, whether
 * he answered or it only rang. Written when a call begins, is answered and ends; in between ask calls.ts.
 */
import type { CallContext, Leg } from '../machines/call/context.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, SqlValue, Tables, View } from '../src/model/projection.ts';
import { contextOf, type LoggedTransition } from '../src/model/transition.ts';

export const callHistory: Projection = {
  name: 'call_history',
  version: 4,
  kinds: ['call'],
  tables: `
CREATE TABLE call_history (
  created INTEGER PRIMARY KEY, -- position of the first record
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  caller TEXT NOT NULL,
  called TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  parties TEXT NOT NULL
);
CREATE INDEX call_history_numbers ON call_history (tenant, caller, called, started_at);
CREATE TABLE call_history_agents (
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  started_at INTEGER NOT NULL, -- of the call
  created INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent, started_at, created)
) WITHOUT ROWID;`,

  project(record, tables, created) {
    const { from, to, state, version } = record.transition.data;
    // Answered before; most records of a long call are of this kind, and what they remember need not be read.
    if (to !== 'ended' && (from === 'established' || from === 'held')) return;
    const call = state.context as Partial<CallContext>;
    const isTurning = version === 1 || to === 'ended' || call.answeredAt === record.time;
    if (isTurning && call.startedAt !== undefined)
      note(tables, record, created, contextOf<CallContext>(record.transition));
  },

  flush: writeTurned,

  forget: (tables) => void turned.delete(tables),
};

/** Somebody who was in a call, or was called for it. */
export interface Party {
  readonly kind: Leg['kind'];
  readonly number: string;
  readonly agent: string | null;
  /** ms since 1970; null for who only rang, and for the caller. */
  readonly answeredAt: number | null;
}

/** Times are ms since 1970. */
export interface HistoryEntry {
  readonly tenant: string;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  /** Null while it lasts. */
  readonly endedAt: number | null;
  /** Oldest first, the caller among them. */
  readonly parties: readonly Party[];
}

/** Numbers are exact; times are ms since 1970, both inclusive. */
export interface HistorySearch {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
  readonly startedFrom: number;
  readonly startedTo: number;
  readonly limit: number;
}

/** Calls from one number to another, by the time they started. */
export function callsBetween(view: View, search: HistorySearch): HistoryEntry[] {
  const { tenant, from, to, startedFrom, startedTo, limit } = search;
  return view.all<HistoryRow>(BETWEEN, tenant, from, to, startedFrom, startedTo, limit).map(entry);
}

/** An agent's calls, newest first, whoever called whom. */
export function lastCallsOf(
  view: View,
  who: { readonly tenant: string; readonly agent: string; readonly since?: number; readonly limit: number },
): HistoryEntry[] {
  const { tenant, agent, since = 0, limit } = who;
  return view.all<HistoryRow>(LAST_CALLS, tenant, agent, since, limit).map(entry);
}

const BETWEEN = `SELECT * FROM call_history WHERE tenant = ? AND caller = ? AND called = ? AND started_at BETWEEN ? AND ?
  ORDER BY started_at, created LIMIT ?`;
const LAST_CALLS = `SELECT call_history.* FROM call_history_agents AS own JOIN call_history USING (created)
  WHERE own.tenant = ? AND own.agent = ? AND own.started_at >= ? ORDER BY own.started_at DESC, own.created DESC LIMIT ?`;

interface HistoryRow {
  readonly tenant: string;
  readonly id: string;
  readonly caller: string;
  readonly called: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly parties: string;
}

function entry({ tenant, id, caller, called, started_at, ended_at, parties }: HistoryRow): HistoryEntry {
  return {
    ...{ tenant, id, from: caller, to: called, startedAt: started_at, endedAt: ended_at },
    parties: JSON.parse(parties) as readonly Party[],
  };
}

/** What is to be written of a call. */
interface Turned {
  /** As it was when it turned first. */
  readonly begun: readonly SqlValue[];
  now: readonly SqlValue[];
  readonly agents: Set<string>;
}

/** By the call's `created`: one that begins, is answered and ends within a transaction is written once. */
const turned = new WeakMap<Tables, Map<Position, Turned>>();

function note(tables: Tables, { actor }: LoggedTransition, created: Position, call: CallContext): void {
  const calls = turned.get(tables) ?? new Map<Position, Turned>();
  turned.set(tables, calls);
  const now = [call.endedAt, JSON.stringify(call.legs.map(partyOf))];
  const begun = [actor.tenant, created, call.startedAt, actor.id, call.from, call.to];
  const known = calls.get(created) ?? { begun, now, agents: new Set() };
  calls.set(created, known);
  known.now = now;
  for (const { agent } of call.legs) if (agent !== undefined) known.agents.add(agent);
}

function writeTurned(tables: Tables): void {
  for (const { begun, now, agents } of turned.get(tables)?.values() ?? []) {
    tables.run(WRITE, ...begun, ...now);
    for (const agent of agents) tables.run(WRITE_AGENT, ...begun.slice(0, 3), agent);
  }
  turned.delete(tables);
}

const WRITE = `INSERT INTO call_history (tenant, created, started_at, id, caller, called, ended_at, parties)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (created) DO UPDATE SET ended_at = ?7, parties = ?8`;
const WRITE_AGENT =
  'INSERT OR IGNORE INTO call_history_agents (tenant, created, started_at, agent) VALUES (?, ?, ?, ?)';

function partyOf({ kind, number, agent, answeredAt }: Leg): Party {
  return { kind, number, agent: agent ?? null, answeredAt: answeredAt ?? null };
}
