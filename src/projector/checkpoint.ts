/**
 * How far a database is projected, and of what: the position with the hash of the record that stands there, the log's id,
 * and the projections and kinds it was made by. Written in the transaction of each chunk, so it is never ahead of the tables.
 */
import { LedgerlineError } from '../errors.ts';
import { hashOf } from '../log/codec.ts';
import type { Log } from '../log/log.ts';
import { patiently } from '../log/patience.ts';
import type { KindForms } from '../model/form-check.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { Projection, Rows, Tables } from '../model/projection.ts';

export const CHECKPOINT_TABLES = `
CREATE TABLE checkpoint (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  log TEXT NOT NULL,
  position INTEGER NOT NULL,
  hash TEXT,
  time INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE projected_by (name TEXT PRIMARY KEY, version INTEGER NOT NULL, tables TEXT NOT NULL) WITHOUT ROWID;`;

export interface Checkpoint {
  /** Id of the log. */
  readonly log: string;
  readonly position: Position;
  /** SHA-256 (hex) of the payload stored at `position`; null at the log's start. */
  readonly hash: string | null;
  /** Highest time of any valid record so far, ms since 1970; 0 before the first. */
  readonly time: number;
}

export function readCheckpoint(rows: Rows): Checkpoint | undefined {
  return rows.get('SELECT log, position, hash, time FROM checkpoint');
}

/** False while a database is filled for the first time, when a crash may have damaged it. */
export function isFinished(rows: Rows): boolean {
  return rows.get<{ readonly finished: number }>('SELECT finished FROM checkpoint')?.finished === 1;
}

export function writeFinished(tables: Tables): void {
  tables.run('UPDATE checkpoint SET finished = 1');
}

export function writeCheckpoint(tables: Tables, checkpoint: Checkpoint): void {
  tables.run(
    `INSERT INTO checkpoint (one, log, position, hash, time) VALUES (1, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position = excluded.position, hash = excluded.hash, time = excluded.time`,
    checkpoint.log,
    checkpoint.position,
    checkpoint.hash,
    checkpoint.time,
  );
}

/** Projections, and the kinds that tell which records are any: without them a state may have any form. */
export interface Makers {
  readonly projections: readonly Projection[];
  readonly kinds?: KindForms | undefined;
}

type Maker = Pick<Projection, 'name' | 'version' | 'tables'>;

export function writeProjectedBy(tables: Tables, makers: Makers): void {
  for (const { name, version, tables: ddl } of listed(makers))
    tables.run('INSERT INTO projected_by (name, version, tables) VALUES (?, ?, ?)', name, version, ddl);
}

/** True when the tables were made by exactly these, in these versions. */
export function isProjectedBy(rows: Rows, makers: Makers): boolean {
  const made = rows.all<Maker>('SELECT name, version, tables FROM projected_by');
  const now = new Map(listed(makers).map((maker) => [maker.name, maker]));
  return (
    made.length === now.size &&
    made.every(({ name, version, tables }) => {
      const projection = now.get(name);
      return projection?.version === version && projection.tables === tables;
    })
  );
}

function listed({ projections, kinds = new Map() }: Makers): readonly Maker[] {
  const ofKinds = [...kinds].map(([name, { machineVersion }]) => ({
    name: `kind ${name}`,
    version: machineVersion,
    tables: '',
  }));
  return [...projections, ...ofKinds];
}

/** Throws `logBehind`, naming the position, unless `log` still holds the history up to `checkpoint`. */
export async function checkHistory(log: Log, checkpoint: Checkpoint): Promise<void> {
  const problem = await patiently('the history of the log', () => contradiction(log, checkpoint));
  if (problem === undefined) return;
  const { position } = checkpoint;
  throw new LedgerlineError(
    'logBehind',
    `The log is not the one that was read up to position ${position}: ${problem}`,
    {
      position,
      problem,
    },
  );
}

/** What is wrong, undefined when `log` holds the history of `checkpoint`. */
export async function contradiction(log: Log, checkpoint: Checkpoint): Promise<string | undefined> {
  const { position, hash } = checkpoint;
  if (log.id !== checkpoint.log) return `its id is ${log.id}, it was ${checkpoint.log}`;
  if (position === LOG_START) return undefined;
  const head = await log.head();
  if (head < position) return `it ends at position ${head}`;
  const stored = await log.at(position);
  if (stored === undefined) return 'nothing stands there any more';
  return hashOf(stored.payload) === hash ? undefined : 'another record stands there';
}
