/**
 * Where each actor's chain ends, and so the list of all actors. Written by head-writer.ts. The states themselves are not here;
 * they are in the log, at `position`.
 */
import type { ChainHead } from '../log/codec.ts';
import { type ActorId, type ActorKey, actorOfKey, keyOf } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { Rows, View } from '../model/projection.ts';

export const HEADS_TABLES = `
CREATE TABLE heads (
  created INTEGER PRIMARY KEY, -- position of the actor's first record: lists are in this order
  key TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  private INTEGER NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  time INTEGER NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX heads_kind ON heads (tenant, kind, private);`;

/** The last valid record of an actor. */
export interface ActorHead extends ChainHead {
  readonly actor: ActorId;
  readonly visibility: 'public' | 'private';
  readonly version: number;
  readonly position: Position;
  /** Of that record, ms since 1970. */
  readonly time: number;
  /** SHA-256 (hex) of its stored bytes: the next record's `prev`. */
  readonly hash: string;
  /** Position of the actor's first record. */
  readonly created: Position;
}

/** Position after which a list goes on: the last one's `created`, 0 for the first page. */
export interface ActorPage {
  readonly tenant: string;
  readonly kind: string;
  readonly after?: Position;
  readonly limit: number;
}

export function actorHead(view: View, actor: ActorId): ActorHead | undefined {
  const row = readHead(view, keyOf(actor));
  return row === undefined ? undefined : shown(actor, row);
}

/** Public actors of a kind, in the order in which they were created. Finished ones are among them. */
export function actorsOf(view: View, page: ActorPage): ActorHead[] {
  return view
    .all<HeadRow>(
      'SELECT * FROM heads WHERE tenant = ? AND kind = ? AND created > ? AND private = 0 ORDER BY created LIMIT ?',
      page.tenant,
      page.kind,
      page.after ?? 0,
      page.limit,
    )
    .flatMap((row) => {
      const actor = actorOfKey(row.key);
      return actor === undefined ? [] : [shown(actor, row)];
    });
}

/** Where the records of a tenant begin; undefined before the first. */
export function firstPositionOf(view: View, tenant: string): Position | undefined {
  const sql = 'SELECT min(created) AS first FROM heads WHERE tenant = ?';
  return view.get<{ readonly first: Position | null }>(sql, tenant)?.first ?? undefined;
}

/** Of the newest public record of a tenant; undefined before the first. Looks at all of its actors. */
export function newestPositionOf(view: View, tenant: string): Position | undefined {
  const sql = 'SELECT max(position) AS newest FROM heads WHERE tenant = ? AND private = 0';
  return view.get<{ readonly newest: Position | null }>(sql, tenant)?.newest ?? undefined;
}

/** Every tenant there is a record of, by name. Steps from one to the next, however many actors they have. */
export function tenantNames(view: View): string[] {
  return view.all<{ readonly name: string }>(TENANTS).map(({ name }) => name);
}

const TENANTS = `WITH RECURSIVE tenants (name) AS (
    SELECT min(tenant) FROM heads
    UNION ALL SELECT (SELECT min(tenant) FROM heads WHERE tenant > name) FROM tenants WHERE name IS NOT NULL)
  SELECT name FROM tenants WHERE name IS NOT NULL`;

/** How many public actors of each kind a tenant has had. */
export function actorCounts(view: View, tenant: string): Readonly<Record<string, number>> {
  const rows = view.all<{ readonly kind: string; readonly actors: number }>(
    'SELECT kind, count(*) AS actors FROM heads WHERE tenant = ? AND private = 0 GROUP BY kind',
    tenant,
  );
  return Object.fromEntries(rows.map(({ kind, actors }) => [kind, actors]));
}

/** A row without what its key says. */
export interface Head {
  readonly version: number;
  readonly position: Position;
  readonly time: number;
  readonly hash: string;
  readonly created: Position;
  readonly private: number;
}

interface HeadRow extends Head {
  readonly key: ActorKey;
}

function shown(actor: ActorId, head: Head): ActorHead {
  const { version, position, time, hash, created } = head;
  return { actor, visibility: head.private === 1 ? 'private' : 'public', version, position, time, hash, created };
}

export function readHead(rows: Rows, key: ActorKey): Head | undefined {
  return rows.get<Head>('SELECT version, position, time, hash, created, private FROM heads WHERE key = ?', key);
}
