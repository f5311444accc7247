/**
 * Which commands were accepted, and their receipts: the same command id is answered the same again.
 * Kept for seven days of the log's own time (of record times, not of a clock); after that a repeated id is a new command.
 * Old rows are dropped every 1024 positions, so some stay a little longer.
 */
import { actorOfKey, keyOf } from '../src/model/actor-id.ts';
import type { Receipt } from '../src/model/command.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, Tables, View } from '../src/model/projection.ts';

export const RETENTION_MS = 7 * 24 * 3_600_000;
const PRUNE_EVERY_POSITIONS = 1024;

export const commands: Projection = {
  name: 'commands',
  version: 1,
  // Who repeats a command repeats it now; of what a past moment costs it would be a seventh.
  presentOnly: true,
  tables: `
CREATE TABLE commands (
  position INTEGER PRIMARY KEY,
  command TEXT NOT NULL,
  tenant TEXT NOT NULL, -- the command's, which may differ from the actor's
  actor TEXT NOT NULL,  -- its key
  version INTEGER NOT NULL,
  time INTEGER NOT NULL,
  parts INTEGER NOT NULL
);
CREATE INDEX commands_command ON commands (command, tenant);`,

  project({ position, actor, transition, time }, tables) {
    const { cause, version, part } = transition.data;
    tables.run(
      'INSERT INTO commands (position, command, tenant, actor, version, time, parts) VALUES (?, ?, ?, ?, ?, ?, ?)',
      position,
      cause.command,
      cause.tenant ?? actor.tenant,
      keyOf(actor),
      version,
      time,
      Number.isSafeInteger(part.of) ? part.of : 1,
    );
    if (position % PRUNE_EVERY_POSITIONS === 0) prune(tables, position, time - RETENTION_MS);
  },
};

/** The receipt of an accepted command; undefined for one that was never accepted, or too long ago. Of the live view only. */
export function receiptOf(view: View, tenant: string, command: string): Receipt | undefined {
  const rows = view.all<CommandRow>(
    'SELECT position, actor, version, time, parts FROM commands WHERE command = ? AND tenant = ? ORDER BY position',
    command,
    tenant,
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const records = rows
    .filter((row) => row.position < first.position + first.parts)
    .flatMap(({ actor: key, version, position }) => {
      const actor = actorOfKey(key);
      return actor === undefined ? [] : [{ actor, version, position }];
    });
  const position = records.at(-1)?.position ?? first.position;
  return { tenant, command, position, time: new Date(first.time).toISOString(), records };
}

interface CommandRow {
  readonly position: Position;
  readonly actor: string;
  readonly version: number;
  readonly time: number;
  readonly parts: number;
}

/** Drops rows from the oldest on, up to the first that is not older than `oldest`. */
function prune(tables: Tables, position: Position, oldest: number): void {
  tables.run(
    'DELETE FROM commands WHERE position < coalesce((SELECT position FROM commands WHERE time >= ? ORDER BY position LIMIT 1), ?)',
    oldest,
    position,
  );
}
