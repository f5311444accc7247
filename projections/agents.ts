/**
 * Agents as they are now: the three regions each in a column of its own, to be listed and counted, and the whole context.
 * An agent that was removed, or never created, has no row.
 */
import type { JsonObject } from '../src/model/json.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, SqlValue, View } from '../src/model/projection.ts';
import type { StateValue } from '../src/model/transition.ts';

export const agents: Projection = {
  name: 'agents',
  version: 1,
  tables: `
CREATE TABLE agents (
  created INTEGER PRIMARY KEY, -- position of the first record: lists are in this order
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  presence TEXT NOT NULL,
  presence_since INTEGER NOT NULL,
  reason TEXT,
  phone TEXT NOT NULL,
  phone_since INTEGER NOT NULL,
  line TEXT,
  queue TEXT NOT NULL,
  queue_since INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  dnd INTEGER NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (id, tenant)
);
CREATE INDEX agents_tenant ON agents (tenant);
CREATE INDEX agents_presence ON agents (tenant, presence);`,

  project({ actor, position, transition }, tables) {
    if (actor.kind !== 'agent') return;
    const { to, state, version } = transition.data;
    const regions = regionsOf(to);
    if (regions === undefined || state.done === true) {
      tables.run('DELETE FROM agents WHERE id = ? AND tenant = ?', actor.id, actor.tenant);
      return;
    }
    const presence = object(state.context.presence);
    const phone = object(state.context.phone);
    const { consecutiveMissed, dnd } = state.context;
    tables.run(
      `INSERT INTO agents (created, tenant, id, presence, presence_since, reason, phone, phone_since, line,
         queue, queue_since, missed, dnd, version, position, context)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?1, ?15)
       ON CONFLICT (id, tenant) DO UPDATE SET presence = ?4, presence_since = ?5, reason = ?6, phone = ?7,
         phone_since = ?8, line = ?9, queue = ?10, queue_since = ?11, missed = ?12, dnd = ?13, version = ?14,
         position = ?1, context = ?15`,
      position,
      actor.tenant,
      actor.id,
      regions.presence,
      number(presence.since),
      text(object(presence.reason).name),
      regions.phone,
      number(phone.since),
      text(phone.line),
      regions.queue,
      number(object(state.context.queue).since),
      number(consecutiveMissed),
      dnd === true ? 1 : 0,
      version,
      JSON.stringify(state.context),
    );
  },
};

export interface AgentEntry {
  readonly tenant: string;
  readonly id: string;
  readonly presence: string;
  /** Times are ms since 1970. */
  readonly presenceSince: number;
  /** Name of the reason of the presence. */
  readonly reason: string | null;
  readonly phone: string;
  readonly phoneSince: number;
  /** Where the agent is reached; null when nowhere. */
  readonly line: string | null;
  readonly queue: string;
  readonly queueSince: number;
  /** Offers not answered in a row. */
  readonly missed: number;
  readonly dnd: boolean;
  readonly version: number;
  readonly position: Position;
  readonly created: Position;
  /** The whole context of the agent's machine. */
  readonly context: JsonObject;
}

export function agent(view: View, tenant: string, id: string): AgentEntry | undefined {
  const row = view.get<AgentRow>('SELECT * FROM agents WHERE id = ? AND tenant = ?', id, tenant);
  return row === undefined ? undefined : entry(row);
}

/** A tenant's agents in the order in which they were created. `after` is the `created` of the last one seen. */
export function agentsOf(
  view: View,
  page: { readonly tenant: string; readonly after?: Position; readonly limit: number },
): AgentEntry[] {
  return view
    .all<AgentRow>(
      'SELECT * FROM agents INDEXED BY agents_tenant WHERE tenant = ? AND created > ? ORDER BY created LIMIT ?',
      page.tenant,
      page.after ?? 0,
      page.limit,
    )
    .map(entry);
}

/** How many of a tenant's agents are in each presence; one in which nobody is is absent. */
export function presenceCounts(view: View, tenant: string): Readonly<Record<string, number>> {
  const rows = view.all<{ readonly presence: string; readonly agents: number }>(
    'SELECT presence, count(*) AS agents FROM agents WHERE tenant = ? GROUP BY presence',
    tenant,
  );
  return Object.fromEntries(rows.map((row) => [row.presence, row.agents]));
}

interface AgentRow {
  readonly created: Position;
  readonly tenant: string;
  readonly id: string;
  readonly presence: string;
  readonly presence_since: number;
  readonly reason: string | null;
  readonly phone: string;
  readonly phone_since: number;
  readonly line: string | null;
  readonly queue: string;
  readonly queue_since: number;
  readonly missed: number;
  readonly dnd: number;
  readonly version: number;
  readonly position: Position;
  readonly context: string;
}

function entry(row: AgentRow): AgentEntry {
  const { presence_since, phone_since, queue_since, dnd, context, ...rest } = row;
  return {
    ...rest,
    presenceSince: presence_since,
    phoneSince: phone_since,
    queueSince: queue_since,
    dnd: dnd === 1,
    context: JSON.parse(context) as JsonObject,
  };
}

interface Regions {
  readonly presence: string;
  readonly phone: string;
  readonly queue: string;
}

/** Undefined for an agent that does not exist: not created yet, or removed. */
function regionsOf(to: StateValue): Regions | undefined {
  const present = typeof to === 'string' ? undefined : to.present;
  if (present === undefined || typeof present === 'string') return undefined;
  const { presence, phone, queue } = present;
  return typeof presence === 'string' && typeof phone === 'string' && typeof queue === 'string'
    ? { presence, phone, queue }
    : undefined;
}

function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown): SqlValue {
  return typeof value === 'string' ? value : null;
}
