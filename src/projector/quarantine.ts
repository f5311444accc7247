/**
 * The records that are none: what does not decode or does not carry on its actor's chain. Found once, by the projector,
 * kept by position, and skipped by every reader from then on. Nothing is repaired or removed.
 */
import type { PlacedRecord } from '../log/log.ts';
import { actorOfSubject } from '../log/subjects.ts';
import type { Position } from '../model/position.ts';
import type { Rows, Tables, View } from '../model/projection.ts';

export const QUARANTINE_TABLES = `
CREATE TABLE quarantine (
  position INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  head BLOB NOT NULL
);`;

/** So much of a bad record is kept for the eye. */
const HEAD_BYTES_MAX = 128;
const REASON_LENGTH_MAX = 300;
const NONE = new Uint8Array(0);

export interface Quarantined {
  readonly position: Position;
  readonly subject: string;
  readonly reason: string;
  /** Length of the whole payload. */
  readonly bytes: number;
  /** Its first bytes; none where they may hold a secret. */
  readonly head: Uint8Array;
}

/** Bad records in log order, after a position. */
export function quarantined(view: View, page: { readonly after: Position; readonly limit: number }): Quarantined[] {
  return view.all('SELECT * FROM quarantine WHERE position > ? ORDER BY position LIMIT ?', page.after, page.limit);
}

export function quarantineCount(view: View): number {
  return view.get<{ readonly count: number }>('SELECT count(*) AS count FROM quarantine')?.count ?? 0;
}

export function quarantinedPositions(rows: Rows, after: Position, upTo: Position): ReadonlySet<Position> {
  const found = rows.all<{ readonly position: Position }>(
    'SELECT position FROM quarantine WHERE position > ? AND position <= ?',
    after,
    upTo,
  );
  return new Set(found.map((row) => row.position));
}

/** `reason` is shown to people: it must quote nothing of a private record. */
export function quarantine(tables: Tables, stored: PlacedRecord, reason: string): Quarantined {
  const shown = actorOfSubject(stored.subject)?.visibility === 'public';
  const entry: Quarantined = {
    position: stored.position,
    subject: stored.subject,
    reason: reason.slice(0, REASON_LENGTH_MAX),
    bytes: stored.payload.length,
    head: shown ? stored.payload.slice(0, HEAD_BYTES_MAX) : NONE,
  };
  tables.run(
    'INSERT INTO quarantine (position, subject, reason, bytes, head) VALUES (?, ?, ?, ?, ?)',
    entry.position,
    entry.subject,
    entry.reason,
    entry.bytes,
    entry.head,
  );
  return entry;
}
