/**
 * A database file ready to be carried on: the kept one if it can be trusted, else a new one to be filled from zero.
 * Kept files are dropped when they are damaged, unfinished, or made by other projections; never because the log
 * disagrees with them, which is a failure to be looked at (`logBehind`).
 */
import { rmSync } from 'node:fs';
import type { Log } from '../log/log.ts';
import type { Projection } from '../model/projection.ts';
import {
  CHECKPOINT_TABLES,
  type Checkpoint,
  checkHistory,
  isFinished,
  isProjectedBy,
  readCheckpoint,
  writeCheckpoint,
  writeFinished,
  writeProjectedBy,
} from './checkpoint.ts';
import { Database, isDamage } from './database.ts';
import { HEADS_TABLES } from './heads.ts';
import { MOMENTS_TABLES } from './moments.ts';
import { QUARANTINE_TABLES } from './quarantine.ts';

/** Rises with every change of the projector's own tables. */
const SCHEMA = 1;

/** Opens `file`, or makes it anew. Throws `logBehind`. */
export async function openDatabase(file: string, projections: readonly Projection[], log: Log): Promise<Database> {
  const kept = openKept(file);
  if (kept === undefined) return createDatabase(file, projections, log.id);
  const { database, checkpoint } = kept;
  try {
    if (isFinished(database)) {
      await checkHistory(log, checkpoint);
      if (isProjectedBy(database, projections)) return database;
    }
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return createDatabase(file, projections, log.id);
}

/** An empty database with all tables, at the log's start; what stood in `file` is gone. Unsafe until `finish`. */
export function createDatabase(file: string, projections: readonly Projection[], log: string): Database {
  removeDatabase(file);
  const database = new Database(file);
  database.unsafe();
  addTables(database, projections, log);
  return database;
}

export function addTables(database: Database, projections: readonly Projection[], log: string): void {
  database.transaction(() => {
    database.execute([CHECKPOINT_TABLES, HEADS_TABLES, MOMENTS_TABLES, QUARANTINE_TABLES].join('\n'));
    for (const projection of projections) database.execute(projection.tables);
    database.execute(`PRAGMA user_version=${SCHEMA}`);
    writeProjectedBy(database, projections);
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
export function openKept(file: string): { readonly database: Database; readonly checkpoint: Checkpoint } | undefined {
  let database: Database | undefined;
  try {
    database = new Database(file);
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
