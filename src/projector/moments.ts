/**
 * From a time to a position, by the records' own times: the last position at which no record so far is later than it.
 * Records' times may run backwards between actors; their running maximum does not. A row is kept every 1024 positions,
 * the rest is read from the log, so the answer is exact and the table small.
 */
import type { Log } from '../log/log.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { Rows, Tables } from '../model/projection.ts';
import { validRecords } from './read.ts';

export const MOMENTS_TABLES = `
CREATE TABLE moments (position INTEGER PRIMARY KEY, time INTEGER NOT NULL); -- time: running maximum, ms since 1970
CREATE INDEX moments_time ON moments (time);`;

const EVERY_POSITIONS = 1024;

export function noteMoment(tables: Tables, position: Position, latest: number): void {
  if (position % EVERY_POSITIONS === 0)
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
