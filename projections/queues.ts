/**
 * Who waits in which queue, in the order in which the distributor serves them; and what a queue looks like now: calls,
 * members, the longest wait, and how long a caller may expect to wait.
 */
import type { CallContext } from '../machines/call/context.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, View } from '../src/model/projection.ts';
import { isWaiting } from './calls.ts';
import { entry } from './directory.ts';
import { queueStatistics } from './statistics.ts';

export const queues: Projection = {
  name: 'queues',
  version: 2,
  kinds: ['call'],
  tables: `
CREATE TABLE queues_waiting (
  tenant TEXT NOT NULL,
  queue TEXT NOT NULL,
  call TEXT NOT NULL,
  priority INTEGER NOT NULL,
  waiting_since INTEGER NOT NULL,
  entered_at INTEGER NOT NULL,
  arrived INTEGER NOT NULL, -- position from which on it waits: says who came first within one millisecond
  agent TEXT, -- to whom it is offered just now
  PRIMARY KEY (call, tenant)
) WITHOUT ROWID;
CREATE INDEX queues_waiting_order ON queues_waiting (tenant, queue, priority DESC, waiting_since, arrived);`,

  project({ actor, position, transition }, tables) {
    const { from, to, state } = transition.data;
    if (!isWaiting(to) && (from === null || !isWaiting(from))) return;
    const { queue, offer } = state.context as Partial<CallContext>;
    if (queue?.waiting !== true) {
      tables.run('DELETE FROM queues_waiting WHERE call = ? AND tenant = ?', actor.id, actor.tenant);
      return;
    }
    tables.run(
      `INSERT INTO queues_waiting (tenant, queue, call, priority, waiting_since, entered_at, arrived, agent)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (call, tenant) DO UPDATE SET queue = ?2, priority = ?4, waiting_since = ?5, entered_at = ?6, agent = ?8`,
      actor.tenant,
      queue.queue,
      actor.id,
      queue.priority,
      queue.waitingSince,
      queue.enteredAt,
      position,
      offer?.agent ?? null,
    );
  },
};

/** Times are ms since 1970. */
export interface WaitingEntry {
  readonly call: string;
  readonly queue: string;
  /** 1 is served next. */
  readonly position: number;
  readonly priority: number;
  /** Into the first of the queues it went through. */
  readonly waitingSince: number;
  readonly enteredAt: number;
  /** At whom it rings. */
  readonly agent: string | null;
}

export interface QueueStatus {
  readonly waiting: number;
  /** Of the waiting ones, those that ring at an agent. */
  readonly offered: number;
  readonly longestWaitMs: number;
  readonly members: {
    /** Would be offered a call now. */
    readonly ready: number;
    /** At work, but on a call, wrapping up, or with a phone that is of no use. */
    readonly busy: number;
    readonly away: number;
    readonly signedOut: number;
  };
  /** For a caller who would join now; see `estimatedWaitMs`. */
  readonly estimatedWaitMs: number | null;
}

/** A queue's waiting calls, the next to be served first. */
export function waitingIn(view: View, tenant: string, queue: string, limit = Number.MAX_SAFE_INTEGER): WaitingEntry[] {
  return view
    .all<WaitingRow>(
      `SELECT * FROM queues_waiting INDEXED BY queues_waiting_order WHERE tenant = ? AND queue = ?
       ORDER BY priority DESC, waiting_since, arrived LIMIT ?`,
      tenant,
      queue,
      limit,
    )
    .map((row, index) => shown(row, index + 1));
}

/** One waiting call with its place; undefined when it waits nowhere. */
export function waiting(view: View, tenant: string, call: string): WaitingEntry | undefined {
  const row = view.get<WaitingRow>('SELECT * FROM queues_waiting WHERE call = ? AND tenant = ?', call, tenant);
  if (row === undefined) return undefined;
  const ahead = view.get<{ readonly calls: number }>(
    `SELECT count(*) AS calls FROM queues_waiting WHERE tenant = ?1 AND queue = ?2
     AND (priority > ?3 OR (priority = ?3 AND (waiting_since, arrived) < (?4, ?5)))`,
    tenant,
    row.queue,
    row.priority,
    row.waiting_since,
    row.arrived,
  );
  return shown(row, (ahead?.calls ?? 0) + 1);
}

/** Of every queue of every tenant in which somebody waits. `oldest`: since when the one has who waits longest. */
export function queueLengths(view: View): readonly QueueLength[] {
  return view.all<QueueLength>(
    'SELECT tenant, queue, count(*) AS waiting, min(entered_at) AS oldest FROM queues_waiting GROUP BY tenant, queue',
  );
}

export interface QueueLength {
  readonly tenant: string;
  readonly queue: string;
  readonly waiting: number;
  /** ms since 1970. */
  readonly oldest: number;
}

export function queueStatus(view: View, tenant: string, queue: string): QueueStatus {
  const row = view.get<{ readonly waiting: number; readonly offered: number; readonly oldest: number | null }>(
    'SELECT count(*) AS waiting, count(agent) AS offered, min(entered_at) AS oldest FROM queues_waiting WHERE tenant = ? AND queue = ?',
    tenant,
    queue,
  ) ?? { waiting: 0, offered: 0, oldest: null };
  const members = memberCounts(view, tenant, queue);
  const position = row.waiting + 1;
  return {
    waiting: row.waiting,
    offered: row.offered,
    longestWaitMs: row.oldest === null ? 0 : Math.max(0, view.now - row.oldest),
    members,
    estimatedWaitMs: estimate(position, members, handleMs(view, tenant, queue)),
  };
}

/**
 * How long the call at `position` of a queue may still wait: `position × handle time ÷ members at work`, with the mean
 * handle time (talking and wrap-up) of the last hour. 0 when a free member is there for it; null when nobody is at work or
 * nothing was handled in that hour, since then nothing can be said.
 */
export function estimatedWaitMs(view: View, tenant: string, queue: string, position: number): number | null {
  return estimate(position, memberCounts(view, tenant, queue), handleMs(view, tenant, queue));
}

const HOUR_MS = 3_600_000;

function handleMs(view: View, tenant: string, queue: string): number | null {
  return queueStatistics(view, { tenant, queue, from: view.now - HOUR_MS, to: view.now + 1 }).handleMsMean;
}

function estimate(position: number, { ready, busy }: QueueStatus['members'], handle: number | null): number | null {
  if (position <= ready) return 0;
  return ready + busy === 0 || handle === null ? null : Math.round((position * handle) / (ready + busy));
}

/** How many members are in a conversation, of this queue or any other. */
export function membersTalking(view: View, tenant: string, queue: string): number {
  const row = view.get<{ readonly talking: number }>(
    `SELECT count(*) AS talking FROM agents WHERE tenant = ? AND presence <> 'signedOut' AND phone IN ('talking', 'held')
     AND id IN (SELECT value FROM json_each(?))`,
    tenant,
    memberIds(view, tenant, queue),
  );
  return row?.talking ?? 0;
}

function memberCounts(view: View, tenant: string, queue: string): QueueStatus['members'] {
  const row = view.get<QueueStatus['members']>(
    `SELECT count(*) FILTER (WHERE free) AS ready,
            count(*) FILTER (WHERE presence IN ('ready', 'wrapUp') AND NOT free) AS busy,
            count(*) FILTER (WHERE presence = 'away') AS away,
            count(*) FILTER (WHERE presence = 'signedOut') AS signedOut
     FROM (SELECT presence, presence = 'ready' AND phone = 'idle' AND queue = 'none' AND NOT (context ->> '$.dnd') AS free
           FROM agents WHERE tenant = ? AND id IN (SELECT value FROM json_each(?)))`,
    tenant,
    memberIds(view, tenant, queue),
  );
  return { ready: 0, busy: 0, away: 0, signedOut: 0, ...row };
}

/** A JSON list. */
function memberIds(view: View, tenant: string, queue: string): string {
  const { members = [] } = entry(view, { tenant, kind: 'queue', id: queue })?.attributes ?? {};
  return JSON.stringify(members.map(({ agent }) => agent));
}

interface WaitingRow {
  readonly call: string;
  readonly queue: string;
  readonly priority: number;
  readonly waiting_since: number;
  readonly entered_at: number;
  readonly arrived: Position;
  readonly agent: string | null;
}

function shown({ call, queue, priority, waiting_since, entered_at, agent }: WaitingRow, position: number) {
  return { call, queue, position, priority, waitingSince: waiting_since, enteredAt: entered_at, agent };
}
