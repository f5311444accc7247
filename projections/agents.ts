/**
 * Agents as they are now: the state of each region in a column of its own, to be counted, and the context, from which the
 * queries take the rest. An agent that was removed, or never created, has no row.
 */
import type { AgentContext } from '../machines/agent/context.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, View } from '../src/model/projection.ts';
import type { StateValue } from '../src/model/transition.ts';

export const agents: Projection = {
  name: 'agents',
  version: 3,
  kinds: ['agent'],
  newestOnly: true,
  tables: `
CREATE TABLE agents (
  created INTEGER PRIMARY KEY, -- position of the first record: lists are in this order
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  presence TEXT NOT NULL,
  phone TEXT NOT NULL,
  queue TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (tenant, id)
);
CREATE INDEX agents_tenant ON agents (tenant);`,

  project({ actor, position, transition }, tables, created) {
    const { to, state, version } = transition.data;
    const regions = regionsOf(to);
    if (regions === undefined || state.done === true) {
      tables.run('DELETE FROM agents WHERE created = ?', created);
      return;
    }
    const { presence, phone, queue } = regions;
    const context = JSON.stringify(state.context);
    if (tables.run(CHANGE, presence, phone, queue, version, position, context, created) === 0)
      tables.run(ADD, presence, phone, queue, version, position, context, created, actor.tenant, actor.id);
  },
};

const CHANGE =
  'UPDATE agents SET presence = ?, phone = ?, queue = ?, version = ?, position = ?, context = ? WHERE created = ?';
const ADD = `INSERT INTO agents (presence, phone, queue, version, position, context, created, tenant, id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

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
  readonly context: AgentContext;
}

export function agent(view: View, tenant: string, id: string): AgentEntry | undefined {
  const row = view.get<AgentRow>('SELECT * FROM agents WHERE tenant = ? AND id = ?', tenant, id);
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

/**
 * Agents whose line it is, who is signed in first, of those the last one to change his presence. Looks at every agent of
 * the tenant: ask for the line's owner first.
 */
export function agentsOnLine(view: View, tenant: string, line: string): AgentEntry[] {
  return view
    .all<AgentRow>(
      `SELECT * FROM agents WHERE tenant = ? AND context ->> '$.phone.line' = ?
       ORDER BY presence = 'signedOut', context ->> '$.presence.since' DESC, created`,
      tenant,
      line,
    )
    .map(entry);
}

/** Agents who are at a line, or have it for their own. Looks at every agent of the tenant. */
export function agentsAtHomeOrOn(view: View, tenant: string, line: string): AgentEntry[] {
  return view
    .all<AgentRow>(
      `SELECT * FROM agents WHERE tenant = ?1
       AND (context ->> '$.phone.line' = ?2 OR context ->> '$.phone.homeLine' = ?2) ORDER BY created`,
      tenant,
      line,
    )
    .map(entry);
}

/** Agents of every tenant who listen to another one's calls: looks at each agent there is, for who begins to follow. */
export function supervisors(view: View): AgentEntry[] {
  return view.all<AgentRow>("SELECT * FROM agents WHERE context ->> '$.supervision.agent' IS NOT NULL").map(entry);
}

/**
 * How many of a tenant's agents are in each presence; one in which nobody is is absent. Looks at every agent of the
 * tenant: an index would cost every change of presence more than all the rest of it.
 */
export function presenceCounts(view: View, tenant: string): Readonly<Record<string, number>> {
  const rows = view.all<{ readonly presence: string; readonly agents: number }>(
    'SELECT presence, count(*) AS agents FROM agents WHERE tenant = ? GROUP BY presence',
    tenant,
  );
  return Object.fromEntries(rows.map((row) => [row.presence, row.agents]));
}

/** How many agents a tenant has. */
export function agentCount(view: View, tenant: string): number {
  const row = view.get<{ readonly agents: number }>('SELECT count(*) AS agents FROM agents WHERE tenant = ?', tenant);
  return row?.agents ?? 0;
}

interface AgentRow {
  readonly tenant: string;
  readonly id: string;
  readonly created: Position;
  readonly presence: string;
  readonly phone: string;
  readonly queue: string;
  readonly version: number;
  readonly position: Position;
  readonly context: string;
}

function entry(row: AgentRow): AgentEntry {
  const context = JSON.parse(row.context) as AgentContext;
  const { presence, phone, queue, consecutiveMissed, dnd } = context;
  return {
    ...row,
    presenceSince: presence.since,
    reason: presence.reason?.name ?? null,
    phoneSince: phone.since,
    line: phone.line,
    queueSince: queue.since,
    missed: consecutiveMissed,
    dnd,
    context,
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
