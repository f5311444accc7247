/**
 * A database file ready to be carried on: the kept one if it can be trusted, else a new one to be filled from zero.
 * Kept files are dropped when they are damaged, unfinished, or made by other projections; never because the log
 * disagrees with them, which is a failure to be looked at (`logBehind`).
 */
import { rmSync } from 'node:fs';
import {
  CHECKPOINT_TABLES,
  type Checkpoint,
  isFinished,
  isProjectedBy,
  type Makers,
  readCheckpoint,
  writeCheckpoint,
  writeFinished,
  writeProjectedBy,
} from './checkpoint.ts';
import { Database, type DatabaseUse, isDamage } from './database.ts';
import { HEADS_TABLES } from './heads.ts';
import { MOMENTS_TABLES } from './moments.ts';
import { QUARANTINE_TABLES } from './quarantine.ts';

/** Rises with every change of the projector's own tables, or of what it takes for valid of every kind. */
const SCHEMA = 4;

export interface DatabaseSource extends Makers {
  readonly file: string;
  /** Id of the log. */
  readonly log: string;
  readonly use?: DatabaseUse;
}

/** Opens `file`, or makes it anew. `check` throws when the log does not hold the history of a checkpoint; so does this. */
export async function openDatabase(
  source: DatabaseSource,
  check: (checkpoint: Checkpoint) => Promise<void>,
): Promise<Database> {
  const kept = openKept(source.file, source.use);
  if (kept === undefined) return createDatabase(source);
  const { database, checkpoint } = kept;
  try {
    if (isFinished(database)) {
      await check(checkpoint);
      if (isProjectedBy(database, source)) return database;
    }
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return createDatabase(source);
}

/** An empty database with all tables, at the log's start; what stood in `file` is gone. Unsafe until `finish`. */
export function createDatabase(source: DatabaseSource): Database {
  removeDatabase(source.file);
  const database = new Database(source.file, source.use);
  database.unsafe();
  addTables(database, source, source.log);
  return database;
}

export function addTables(database: Database, makers: Makers, log: string): void {
  database.transaction(() => {
    database.execute([CHECKPOINT_TABLES, HEADS_TABLES, MOMENTS_TABLES, QUARANTINE_TABLES].join('\n'));
    for (const projection of makers.projections) database.execute(projection.tables);
    database.execute(`PRAGMA user_version=${SCHEMA}`);
    writeProjectedBy(database, makers);
    writeCheckpoint(database, { log, position: 0, hash: null, time: 0 });
  });
}

/** Declares a new database caught up: from now on it survives a crash. */
export function finish(database: Database): void {
  if (isFinished(database)) return;
  database.safe();
  writeFinished(database);
}

/** The file with its checkpoint; undefined when there is none or it cannot be trusted. */
function openKept(
  file: string,
  use?: DatabaseUse,
): { readonly database: Database; readonly checkpoint: Checkpoint } | undefined {
  let database: Database | undefined;
  try {
    database = new Database(file, use);
    if (schemaFits(database)) {
      const checkpoint = readCheckpoint(database);
      if (checkpoint !== undefined) return { database, checkpoint };
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  database?.close();
  return undefined;
}

export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}

/** Throws what `isDamage` knows for a file that is no database. */
export function schemaFits(database: Database): boolean {
  return database.get<{ readonly user_version: number }>('PRAGMA user_version')?.user_version === SCHEMA;
}
