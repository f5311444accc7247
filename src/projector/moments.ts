/**
 * From a time to a position, by the records' own times: the last position at which no record so far is later than it.
 * Records' times may run backwards between actors; their running maximum does not. A row is kept every 1024 positions,
 * the rest is read from the log, so the answer is exact and the table small.
 * Only where the clock was found to have been wrong, or a record forged, does an actor himself go back in time (model/clock.ts): what
 * was ahead of him counts no more from there on. A time after the mistake and before that resolves to where the mistake began.
 */
import type { Log } from '../log/log.ts';
import { AHEAD_MS_MAX } from '../model/clock.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { Rows, Tables } from '../model/projection.ts';
import { validRecords } from './read.ts';

export const MOMENTS_TABLES = `
CREATE TABLE moments (position INTEGER PRIMARY KEY, time INTEGER NOT NULL); -- time: running maximum, ms since 1970
CREATE INDEX moments_time ON moments (time);`;

const EVERY_POSITIONS = 1024;

/** The running maximum after a record; `own`: time of its actor's record before. */
export function latestAfter(time: number, own: number | undefined, before: number): number {
  return own !== undefined && time < own - AHEAD_MS_MAX ? time : Math.max(time, before);
}

export function noteMoment(tables: Tables, position: Position, latest: number, before: number): void {
  if (position % EVERY_POSITIONS === 0 || latest < before)
    tables.run('INSERT INTO moments (position, time) VALUES (?, ?)', position, latest);
}

/** `upTo`: position of the database `rows` belongs to; later records are not looked at. */
export async function positionAt(log: Log, rows: Rows, upTo: Position, time: number): Promise<Position> {
  const noted = rows.get<{ readonly position: Position }>(
    'SELECT position FROM moments WHERE time <= ? ORDER BY time DESC, position DESC LIMIT 1',
    time,
  );
  const after = noted?.position ?? LOG_START;
  const end = Math.min(after + EVERY_POSITIONS, upTo);
  for await (const records of validRecords(log, rows, { after, upTo: end })) {
    const later = records.find((record) => record.time > time);
    if (later !== undefined) return later.position - 1;
  }
  return end;
}
