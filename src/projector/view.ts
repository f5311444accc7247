/** Rows as queries see them: with a position, and an idea of now. */
import type { Position } from '../model/position.ts';
import type { Rows, SqlValue, View } from '../model/projection.ts';

export function viewOf(
  rows: Rows,
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
    get: <Row>(sql: string, ...values: readonly SqlValue[]) => rows.get<Row>(sql, ...values),
    all: <Row>(sql: string, ...values: readonly SqlValue[]) => rows.all<Row>(sql, ...values),
  };
}
