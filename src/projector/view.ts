/** Rows as queries see them: with a position, and an idea of now. */
import type { Position } from '../model/position.ts';
import type { HeldView, Rows, SqlValue } from '../model/projection.ts';

/** What a view is beside its rows. */
interface ViewParts {
  readonly position: () => Position;
  readonly now: () => number;
  readonly changedAt: (kind: string) => Position;
  /** Told that whoever held it does not read it any more. */
  readonly letGo?: () => void;
}

export function viewOf(rows: Rows, { position, now, changedAt, letGo = () => undefined }: ViewParts): HeldView {
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
    [Symbol.dispose]: letGo,
  };
}
