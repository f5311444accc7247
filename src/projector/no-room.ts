/**
 * A catching up with the log that met a full disk, as the operator is told of it: which disk, how much of it is free and about
 * how much is needed. What was begun from nothing is deleted: it is of use to nobody, and holds the room that was too little.
 */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LedgerlineError } from '../errors.ts';
import { isFull } from './database.ts';
import { removeDatabase } from './open.ts';

export interface CaughtUp {
  /** Of the database, which is closed. */
  readonly file: string;
  readonly fromNothing: boolean;
  /** Of so many records. */
  readonly done: number;
  readonly total: number;
  /** Stored size of those done. */
  readonly bytes: number;
}

const MIB = 1024 * 1024;
/** Of tables, for each of the records they are made of: 0.61 for queues and their numbers. */
const TABLES_PER_BYTE = 0.62;

/** `error` itself where something else was wrong. */
export async function orNoRoom(error: unknown, { file, fromNothing, done, total, bytes }: CaughtUp): Promise<unknown> {
  if (!isFull(error instanceof LedgerlineError ? error.cause : error)) return error;
  if (fromNothing) removeDatabase(file);
  const folder = dirname(file);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  // When the WAL is moved to its place they lie on the disk twice.
  const needed = 2 * TABLES_PER_BYTE * bytes * (total / Math.max(done, 1));
  const room = `${megabytes(free)} MB are free, about ${megabytes(needed)} MB are needed to project ${total} records`;
  return new LedgerlineError('unavailable', `the disk of ${folder} is full: ${room}`, { folder, free, needed }, error);
}

function megabytes(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
