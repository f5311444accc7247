/**
 * Where each actor's chain ends: the one check every record must pass, and the list of all actors.
 * Writes of a chunk are gathered and flushed at its end, so an actor that moves often costs one write per chunk.
 * The states themselves are not here; they are in the log, at `position`.
 */
import type { ChainHead } from '../log/codec.ts';
import { type ActorId, type ActorKey, actorOfKey, keyOf } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { Rows, Tables, View } from '../model/projection.ts';
import type { LoggedTransition } from '../model/transition.ts';

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
CREATE INDEX heads_kind ON heads (tenant, kind);`;

/** Heads kept in memory; a quarter of a KiB each. */
const KEPT_MAX = 20_000;

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

/** Public actors by tenant and kind. */
export function actorCounts(view: View): { readonly tenant: string; readonly kind: string; readonly actors: number }[] {
  return view.all(
    'SELECT tenant, kind, count(*) AS actors FROM heads WHERE private = 0 GROUP BY tenant, kind ORDER BY tenant, kind',
  );
}

interface Head {
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

function readHead(rows: Rows, key: ActorKey): Head | undefined {
  return rows.get<Head>('SELECT version, position, time, hash, created, private FROM heads WHERE key = ?', key);
}

/** The writer's side: the same heads, with a bounded memory of those that moved last. */
export class Heads {
  readonly #tables: Tables;
  readonly #kept = new Map<ActorKey, Head>();
  /** Of actors whose first record is not in the table yet. */
  readonly #born = new Map<Position, HeadRow>();
  readonly #moved = new Map<Position, Head>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  of(key: ActorKey): Head | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const head = readHead(this.#tables, key);
    if (head !== undefined) this.#kept.set(key, head);
    return head;
  }

  advance(key: ActorKey, record: LoggedTransition, before: Head | undefined): void {
    const created = before?.created ?? record.position;
    const head: Head = {
      version: record.transition.data.version,
      position: record.position,
      time: record.time,
      hash: record.hash,
      created,
      private: record.visibility === 'private' ? 1 : 0,
    };
    this.#kept.set(key, head);
    if (before === undefined || this.#born.has(created)) this.#born.set(created, { ...head, key });
    else this.#moved.set(created, head);
  }

  /** Writes what moved since the last flush. */
  flush(): void {
    for (const [, head] of this.#born) insert(this.#tables, head);
    for (const [, head] of inOrder(this.#moved)) update(this.#tables, head);
    this.#born.clear();
    this.#moved.clear();
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(key);
    }
  }

  /** Forgets everything that is not in the table, after a transaction that was rolled back. */
  reset(): void {
    this.#kept.clear();
    this.#born.clear();
    this.#moved.clear();
  }
}

/** By position: rows that are neighbours in the table are written one after the other, so each page is written once. */
export function inOrder<Value>(byPosition: ReadonlyMap<Position, Value>): [Position, Value][] {
  return [...byPosition].sort(([one], [other]) => one - other);
}

function insert(tables: Tables, { key, version, position, time, hash, created, private: secret }: HeadRow): void {
  const [tenant = '', kind = ''] = key.split('.');
  tables.run(
    `INSERT INTO heads (created, key, tenant, kind, private, version, position, time, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    created,
    key,
    tenant,
    kind,
    secret,
    version,
    position,
    time,
    hash,
  );
}

function update(tables: Tables, { version, position, time, hash, created }: Head): void {
  tables.run(
    'UPDATE heads SET version = ?, position = ?, time = ?, hash = ? WHERE created = ?',
    version,
    position,
    time,
    hash,
    created,
  );
}
