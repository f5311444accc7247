/**
 * Calls to be searched: by number, time, queue and party, a short row each. Written when a call begins, is answered and
 * ends; in between ask calls.ts. Parties are agents, lines and numbers, whether they answered or only rang.
 */
import type { CallContext, Leg } from '../machines/call/context.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, SqlValue, Tables, View } from '../src/model/projection.ts';
import { contextOf, type LoggedTransition } from '../src/model/transition.ts';

export const callHistory: Projection = {
  name: 'call_history',
  version: 3,
  kinds: ['call'],
  tables: `
CREATE TABLE call_history (
  created INTEGER PRIMARY KEY, -- position of the first record
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  linked_id TEXT NOT NULL,
  direction TEXT NOT NULL,
  caller TEXT NOT NULL,
  called TEXT NOT NULL,
  queue TEXT,
  started_at INTEGER NOT NULL,
  answered_at INTEGER,
  ended_at INTEGER,
  cause TEXT,
  parties TEXT NOT NULL
);
CREATE INDEX call_history_started ON call_history (tenant, started_at);
CREATE INDEX call_history_caller ON call_history (tenant, caller, started_at);
CREATE INDEX call_history_called ON call_history (tenant, called, started_at);
CREATE INDEX call_history_queue ON call_history (tenant, queue, started_at) WHERE queue IS NOT NULL;
CREATE TABLE call_history_parties (
  value TEXT NOT NULL,
  kind TEXT NOT NULL, -- agent, line, number
  tenant TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (value, kind, tenant, created)
) WITHOUT ROWID;
CREATE INDEX call_history_parties_call ON call_history_parties (created);`,

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

/** Somebody who was in a call, or was called for it. Times are ms since 1970. */
export interface Party {
  readonly kind: Leg['kind'];
  readonly number: string;
  readonly name: string | null;
  readonly line: string | null;
  readonly agent: string | null;
  /** Null for who only rang, and for the caller. */
  readonly answeredAt: number | null;
  readonly cause: string | null;
}

export interface HistoryEntry {
  readonly tenant: string;
  readonly id: string;
  readonly linkedId: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly queue: string | null;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  /** Null while it lasts. */
  readonly endedAt: number | null;
  readonly cause: string | null;
  /** Oldest first, the caller among them. */
  readonly parties: readonly Party[];
  readonly created: Position;
}

/** What is absent does not matter. Numbers are exact; times are ms since 1970, both inclusive. */
export interface HistorySearch {
  readonly tenant: string;
  readonly from?: string;
  readonly to?: string;
  readonly startedFrom?: number;
  readonly startedTo?: number;
  readonly queue?: string;
  readonly party?: { readonly kind: 'agent' | 'line' | 'number'; readonly value: string };
  readonly order: 'oldestFirst' | 'newestFirst';
  readonly limit: number;
  /** The last entry seen. */
  readonly after?: Pick<HistoryEntry, 'startedAt' | 'created'>;
}

/** Calls live and ended, by the time they started. */
export function searchCalls(view: View, search: HistorySearch): HistoryEntry[] {
  const { party, order, after } = search;
  const rows = view.all<HistoryRow>(
    SEARCH[order][leadOf(search)],
    search.tenant,
    search.from ?? null,
    search.to ?? null,
    search.queue ?? null,
    search.startedFrom ?? 0,
    search.startedTo ?? Number.MAX_SAFE_INTEGER,
    after?.startedAt ?? null,
    after?.created ?? null,
    search.limit,
    ...(party === undefined ? [] : [party.value, party.kind]),
  );
  return rows.map(entry);
}

/** Last calls of a person, newest first: those of his agent (his line, where he is none), whoever called whom. */
export function lastCallsOf(
  view: View,
  who: {
    readonly tenant: string;
    readonly party: NonNullable<HistorySearch['party']>;
    readonly since?: number;
    readonly limit: number;
  },
): HistoryEntry[] {
  const { tenant, party, since = 0, limit } = who;
  return searchCalls(view, { tenant, party, startedFrom: since, order: 'newestFirst', limit });
}

/** The condition whose index a search walks; the others only sieve. */
type Lead = 'party' | 'caller' | 'called' | 'queue' | 'started';

function leadOf({ party, from, to, queue }: HistorySearch): Lead {
  if (party !== undefined) return 'party';
  if (from !== undefined) return 'caller';
  if (to !== undefined) return 'called';
  return queue === undefined ? 'started' : 'queue';
}

const SIEVE = `AND (?2 IS NULL OR caller = ?2) AND (?3 IS NULL OR called = ?3) AND (?4 IS NULL OR queue = ?4)
  AND started_at BETWEEN ?5 AND ?6`;
const LEADS: Readonly<Record<Lead, string>> = {
  party: `SELECT call_history.* FROM call_history_parties AS party JOIN call_history USING (created)
    WHERE party.value = ?10 AND party.kind = ?11 AND party.tenant = ?1 ${SIEVE}`,
  caller: `SELECT * FROM call_history INDEXED BY call_history_caller WHERE tenant = ?1 AND caller = ?2 ${SIEVE}`,
  called: `SELECT * FROM call_history INDEXED BY call_history_called WHERE tenant = ?1 AND called = ?3 ${SIEVE}`,
  queue: `SELECT * FROM call_history INDEXED BY call_history_queue WHERE tenant = ?1 AND queue = ?4 ${SIEVE}`,
  started: `SELECT * FROM call_history INDEXED BY call_history_started WHERE tenant = ?1 ${SIEVE}`,
};

function searches(rest: string): Readonly<Record<Lead, string>> {
  const { party, caller, called, queue, started } = LEADS;
  const whole = (lead: string) => `${lead} ${rest}`;
  return {
    party: whole(party),
    caller: whole(caller),
    called: whole(called),
    queue: whole(queue),
    started: whole(started),
  };
}

const SEARCH = {
  oldestFirst: searches(`AND (?7 IS NULL OR (started_at, call_history.created) > (?7, ?8))
    ORDER BY started_at, call_history.created LIMIT ?9`),
  newestFirst: searches(`AND (?7 IS NULL OR (started_at, call_history.created) < (?7, ?8))
    ORDER BY started_at DESC, call_history.created DESC LIMIT ?9`),
};

interface HistoryRow {
  readonly created: Position;
  readonly tenant: string;
  readonly id: string;
  readonly linked_id: string;
  readonly direction: string;
  readonly caller: string;
  readonly called: string;
  readonly queue: string | null;
  readonly started_at: number;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly cause: string | null;
  readonly parties: string;
}

function entry(row: HistoryRow): HistoryEntry {
  const { tenant, id, direction, queue, cause, created } = row;
  return {
    tenant,
    id,
    linkedId: row.linked_id,
    direction,
    from: row.caller,
    to: row.called,
    queue,
    startedAt: row.started_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    cause,
    parties: JSON.parse(row.parties) as readonly Party[],
    created,
  };
}

/** What is to be written of a call. */
interface Turned {
  /** As it was when it turned first. */
  readonly begun: readonly SqlValue[];
  now: readonly SqlValue[];
  /** By kind and value. */
  readonly parties: Map<string, readonly [kind: string, value: string]>;
}

/** By the call's `created`: one that begins, is answered and ends within a transaction is written once. */
const turned = new WeakMap<Tables, Map<Position, Turned>>();

function note(tables: Tables, { actor }: LoggedTransition, created: Position, call: CallContext): void {
  const calls = turned.get(tables) ?? new Map<Position, Turned>();
  turned.set(tables, calls);
  const now = [call.queue?.queue ?? null, call.answeredAt, call.endedAt, call.cause, partiesOf(call)];
  const known = calls.get(created) ?? { begun: begunAs(actor, created, call), now, parties: new Map() };
  calls.set(created, known);
  known.now = now;
  for (const { number, line, agent } of call.legs)
    for (const [kind, value] of Object.entries({ number, line, agent }))
      if (value !== undefined) known.parties.set(`${kind} ${value}`, [kind, value]);
}

function begunAs({ tenant, id }: LoggedTransition['actor'], created: Position, call: CallContext): SqlValue[] {
  return [created, tenant, id, call.linkedId, call.direction, call.from, call.to, call.startedAt];
}

function writeTurned(tables: Tables): void {
  for (const [created, { begun, now, parties }] of turned.get(tables) ?? []) {
    tables.run(WRITE, ...begun, ...now);
    const [, tenant = null] = begun;
    for (const [kind, value] of parties.values()) tables.run(WRITE_PARTY, value, kind, tenant, created);
  }
  turned.delete(tables);
}

const WRITE = `INSERT INTO call_history
    (created, tenant, id, linked_id, direction, caller, called, started_at, queue, answered_at, ended_at, cause, parties)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
  ON CONFLICT (created) DO UPDATE SET queue = ?9, answered_at = ?10, ended_at = ?11, cause = ?12, parties = ?13`;
const WRITE_PARTY = 'INSERT OR IGNORE INTO call_history_parties (value, kind, tenant, created) VALUES (?, ?, ?, ?)';

function partiesOf({ legs }: CallContext): string {
  return JSON.stringify(legs.map(partyOf));
}

function partyOf({ kind, number, name, line, agent, answeredAt, cause }: Leg): Party {
  return {
    kind,
    number,
    name: name ?? null,
    line: line ?? null,
    agent: agent ?? null,
    answeredAt: answeredAt ?? null,
    cause: cause ?? null,
  };
}
