/**
 * The heads (heads.ts) as they are written: the one check every record must pass, and the newest record of each actor that
 * moved. Of the actors that moved last they are kept in memory; what moves in a chunk is written at its end, so that an
 * actor who moves often costs one write per chunk.
 */
import { hashOf } from '../log/codec.ts';
import type { ActorKey } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { Tables } from '../model/projection.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Head, readHead } from './heads.ts';
import { type FedRecord, readValid } from './read.ts';

/** Heads kept in memory; a quarter of a KiB each. */
const KEPT_MAX = 20_000;

/** Changed in place: a new one of every record would outlive its generation, and cost more than all the rest here. */
export interface MovingHead extends Omit<Head, 'hash'> {
  readonly key: ActorKey;
  version: number;
  position: Position;
  time: number;
  /** Undefined until it is asked for: then it is taken of `newest`. */
  hash: string | undefined;
  /** Whether the actor has a row in the table already. */
  stored: boolean;
  /** The actor's newest record of this chunk, as stored; undefined while it has not moved in it. */
  newest: FedRecord | undefined;
  /** The same record decoded, where it is kept for followers: that takes five times what is stored. */
  read: LoggedTransition | undefined;
}

export class HeadWriter {
  readonly #tables: Tables;
  readonly #kept = new Map<ActorKey, MovingHead>();
  /** The heads that moved in this chunk. */
  readonly #moved: MovingHead[] = [];

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** What the actor's next record must carry on from; undefined before its first. */
  of(key: ActorKey): MovingHead | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const row = readHead(this.#tables, key);
    return row && this.#keep({ ...row, key, stored: true, newest: undefined, read: undefined });
  }

  /** Makes the head of an actor that has none yet, from its first record. */
  born(key: ActorKey, { transition, position, time, visibility }: LoggedTransition): MovingHead {
    const { version } = transition.data;
    const secret = visibility === 'private' ? 1 : 0;
    const notYet = { hash: undefined, stored: false, newest: undefined, read: undefined };
    return this.#keep({ key, version, position, time, created: position, private: secret, ...notYet });
  }

  /** Moves an actor to his next record. `keep`: the record is held as it is until the flush, and need not be read again. */
  advance(head: MovingHead, stored: FedRecord, record: LoggedTransition, keep: boolean): void {
    if (head.newest === undefined) this.#moved.push(head);
    head.version = record.transition.data.version;
    head.position = record.position;
    head.time = record.time;
    head.hash = stored.isKnown === true ? undefined : record.hash;
    head.newest = stored;
    head.read = keep ? record : undefined;
  }

  /** The newest record of each actor that moved since the last flush, in the order of their first ones. */
  *newest(): Generator<readonly [created: Position, record: LoggedTransition]> {
    for (const { created, newest, read } of this.#inOrder())
      if (newest !== undefined) yield [created, read ?? readValid(newest)];
  }

  /** Writes what moved since the last flush. */
  flush(): void {
    for (const head of this.#inOrder()) {
      if (head.stored) update(this.#tables, head);
      else insert(this.#tables, head);
      head.stored = true;
      head.newest = undefined;
      head.read = undefined;
    }
    this.#moved.length = 0;
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(key);
    }
  }

  /** Forgets everything that is not in the table, after a transaction that was rolled back. */
  reset(): void {
    this.#kept.clear();
    this.#moved.length = 0;
  }

  #keep(head: MovingHead): MovingHead {
    this.#kept.set(head.key, head);
    return head;
  }

  /** By the rows' own order: neighbours are written one after the other, so each page is written once. */
  #inOrder(): readonly MovingHead[] {
    return this.#moved.sort((one, other) => one.created - other.created);
  }
}

/** What the actor's next record must name. */
export function hashAt(head: MovingHead): string {
  if (head.hash !== undefined) return head.hash;
  if (head.newest === undefined) throw new Error(`${head.key}: there is nothing to take the hash of`);
  head.hash = hashOf(head.newest.payload);
  return head.hash;
}

function insert(tables: Tables, head: MovingHead): void {
  const { key, version, position, time, created, private: secret } = head;
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
    hashAt(head),
  );
}

function update(tables: Tables, head: MovingHead): void {
  const { version, position, time, created } = head;
  tables.run(
    'UPDATE heads SET version = ?, position = ?, time = ?, hash = ? WHERE created = ?',
    version,
    position,
    time,
    hashAt(head),
    created,
  );
}
