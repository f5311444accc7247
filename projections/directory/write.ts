/** A record as the directory keeps it: its row, and a row for each key by which it is found. */
import type { JsonObject } from '../../src/model/json.ts';
import type { Position } from '../../src/model/position.ts';
import type { Tables } from '../../src/model/projection.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { keysOf } from './keys.ts';

/** `created`: position of its first record. Keys of before must be gone. */
export function write(tables: Tables, record: LoggedTransition, created: Position, attributes: JsonObject): void {
  const { actor, position, time, transition, visibility } = record;
  const { changedAt } = transition.data.state.context;
  tables.run(
    `INSERT INTO directory (created, tenant, kind, id, private, version, position, created_at, modified_at, attributes)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
     ON CONFLICT (created) DO UPDATE SET version = ?6, position = ?7, modified_at = ?9, attributes = ?10`,
    created,
    actor.tenant,
    actor.kind,
    actor.id,
    visibility === 'private' ? 1 : 0,
    transition.data.version,
    position,
    time,
    typeof changedAt === 'number' ? changedAt : time,
    JSON.stringify(attributes),
  );
  for (const [key, value] of keysOf(actor.kind, attributes))
    tables.run(
      'INSERT OR IGNORE INTO directory_keys (kind, key, value, created) VALUES (?, ?, ?, ?)',
      actor.kind,
      key,
      value,
      created,
    );
}
