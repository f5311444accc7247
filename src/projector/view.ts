/** A database as queries see it: rows, a position, and an idea of now. */
import type { Position } from '../model/position.ts';
import type { SqlValue, View } from '../model/projection.ts';
import type { Database } from './database.ts';

export function viewOf(
  database: Database,
  position: () => Position,
  now: () => number,
  changedAt: (kind: string) => Position,
): View {
  return {
    get position() {
      return position();
    },
    get now() {
      return now();
    },
    changedAt,
    get: <Row>(sql: string, ...values: readonly SqlValue[]) => database.get<Row>(sql, ...values),
    all: <Row>(sql: string, ...values: readonly SqlValue[]) => database.all<Row>(sql, ...values),
  };
}
