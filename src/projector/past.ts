/**
 * Makes the database of a past moment: a working copy of the nearest one, kept or of a view that is still open, else an empty
 * one, is brought forward to the moment and sealed. Exact: equal to what the live database held when it stood there, but for
 * what is asked of the present alone.
 * A short way is gone here, piece by piece; a long one by another thread, so that it does not hold up the present.
 */
import { constants, copyFile } from 'node:fs/promises';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { LOG_START, type Position } from '../model/position.ts';
import { ofThePast, type View } from '../model/projection.ts';
import { type Checkpoint, contradiction, isProjectedBy, type Makers, readCheckpoint } from './checkpoint.ts';
import { Database, isDamage } from './database.ts';
import type { KeptCopies } from './kept-copies.ts';
import { addTables, removeDatabase, schemaFits } from './open.ts';
import type { Projecting } from './projecting.ts';
import { ProjectingApart } from './projecting-apart.ts';
import { ProjectingHere } from './projecting-here.ts';
import type { ProjectingThread } from './projecting-thread.ts';
import { quarantinedPositions } from './quarantine.ts';
import type { SpareThread } from './spare-thread.ts';

/** A copy of an open view is taken where it spares projecting so many records. */
const SPARED_RECORDS_MIN = 2_000;
/** What can be projected in the time that a thread takes to start, some 100 ms. */
const HERE_RECORDS_MAX = 5_000;
/** Records between which others have their turn: projected here, about 5 ms; handed over, 2, and a thread that seldom waits. */
const PIECE_RECORDS = { here: 256, apart: 1024 };

export interface PastOptions extends Makers {
  readonly log: Log;
  /** The newest view, at or after every moment that is made: which records are valid was found out for it. */
  readonly live: View;
  /** Without it every past is projected from the log's start. */
  readonly kept?: KeptCopies;
  /** Without it, and without `kept`, which has room for its files, this thread goes the whole way. */
  readonly spare?: SpareThread;
}

export interface Past {
  readonly database: Database;
  /** Where it stands: the asked position, or the end of the last whole command before it. */
  readonly position: Position;
  /** Highest time of a record up to there, ms since 1970. */
  readonly time: number;
}

/** `open`: views that may be begun from, held until it is made. Throws as `log.read` does, and `unavailable` when the thread ends. */
export async function makePast(options: PastOptions, position: Position, open: readonly Past[]): Promise<Past> {
  const begun =
    (await fromOpen(options, position, open)) ?? (await fromKept(options, position)) ?? fromNothing(options);
  try {
    const database = await broughtForward(options, begun, position);
    database.seal();
    const { position: end = LOG_START, time = 0 } = readCheckpoint(database) ?? {};
    return { database, position: end, time };
  } finally {
    // The file lives on as long as the connection.
    if (begun.file !== '') removeDatabase(begun.file);
  }
}

async function broughtForward(options: PastOptions, database: Database, upTo: Position): Promise<Database> {
  const { log, projections, kinds, spare } = options;
  const { file } = database;
  const records = upTo - (readCheckpoint(database)?.position ?? LOG_START);
  if (spare === undefined || file === '' || records <= HERE_RECORDS_MAX) {
    const here = new ProjectingHere({ database, projections: ofThePast(projections), kinds, log: log.id });
    await bring(here, options, { upTo, pieceRecords: PIECE_RECORDS.here });
    return database;
  }
  database.close();
  const listener = { projected: () => undefined, failed: () => undefined };
  const taken = { thread: spare.take(), closed: (thread: ProjectingThread) => spare.give(thread) };
  const apart = await ProjectingApart.open({ ...taken, file, use: 'scratch', log, kinds, listener });
  try {
    await bring(apart, options, { upTo, pieceRecords: PIECE_RECORDS.apart });
  } finally {
    await apart.close();
  }
  return new Database(file, 'scratch');
}

async function bring(
  projecting: Projecting,
  { log, live }: PastOptions,
  { upTo, pieceRecords }: { readonly upTo: Position; readonly pieceRecords: number },
): Promise<void> {
  const after = projecting.openedAt;
  if (after >= upTo) return;
  const bad = quarantinedPositions(live, after, upTo);
  for await (const stored of log.read({ after, upTo }))
    for (let start = 0; start < stored.length; start += pieceRecords) {
      const piece = stored
        .slice(start, start + pieceRecords)
        .map((record) => ({ ...record, isKnown: !bad.has(record.position) }));
      await projecting.project(piece, (piece.at(-1)?.position ?? upTo) < upTo);
      await turnOfTheLoop();
    }
}

/** A working copy of the nearest open view before `position`, where the kept copies are much further off. */
async function fromOpen(
  { kept }: PastOptions,
  position: Position,
  open: readonly Past[],
): Promise<Database | undefined> {
  const before = open
    .filter((past) => past.position <= position)
    .reduce<Past | undefined>(
      (nearest, past) => (past.position > (nearest?.position ?? 0) ? past : nearest),
      undefined,
    );
  const spared = (before?.position ?? LOG_START) - (kept?.before(position)?.position ?? LOG_START);
  if (kept === undefined || before === undefined || spared < SPARED_RECORDS_MIN) return undefined;
  const scratch = kept.scratch();
  await before.database.copyTo(scratch);
  return openScratch(scratch);
}

/** A working copy of the newest kept copy before `position` that fits; those that do not are deleted on the way. */
async function fromKept(options: PastOptions, position: Position): Promise<Database | undefined> {
  const { kept } = options;
  for (let found = kept?.before(position); kept !== undefined && found !== undefined; found = kept.before(position)) {
    const scratch = kept.scratch();
    await copyFile(found.file, scratch, constants.COPYFILE_FICLONE);
    const database = openScratch(scratch);
    if (database !== undefined && (await fits(options, database))) return database;
    database?.close();
    removeDatabase(scratch);
    await kept.forget(found.position);
  }
  return undefined;
}

async function fits(options: PastOptions, database: Database): Promise<boolean> {
  let checkpoint: Checkpoint | undefined;
  try {
    checkpoint = isProjectedBy(database, options) ? readCheckpoint(database) : undefined;
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return checkpoint !== undefined && (await contradiction(options.log, checkpoint)) === undefined;
}

function fromNothing(options: PastOptions): Database {
  const database = new Database(options.kept?.scratch() ?? '', 'scratch');
  addTables(database, options, options.log.id);
  return database;
}

/** Undefined, and the file is gone, when it is damaged or of another schema. */
function openScratch(file: string): Database | undefined {
  try {
    const database = new Database(file, 'scratch');
    if (schemaFits(database)) return database;
    database.close();
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  removeDatabase(file);
  return undefined;
}
