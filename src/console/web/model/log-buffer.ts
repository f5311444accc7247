/**
 * The part of the log that the page holds: rows in log order, without gaps in what the filter lets through, grown at both
 * ends on demand. Bounded: the end that is farther from view is dropped.
 */
import type { Row } from '../../row.ts';

const ROWS_MAX = 120_000;

export interface RowPage {
  readonly rows: readonly Row[];
  readonly reached: number;
  readonly end: boolean;
  readonly head: number;
}

export class LogBuffer {
  rows: Row[] = [];
  /** Looked through from here … */
  first = 1;
  /** … to here, both inclusive. */
  last = 0;
  /** Nothing is earlier than `first`. */
  atBeginning = false;
  /** What is recorded next follows on `last`. */
  atEnd = false;

  start(before: RowPage, after: RowPage | undefined, from: number): void {
    this.rows = after === undefined ? [...before.rows] : [...before.rows, ...after.rows];
    this.first = before.reached;
    this.atBeginning = before.end;
    this.last = after === undefined ? from - 1 : Math.max(from - 1, after.reached);
    this.atEnd = after === undefined || after.end;
  }

  /** Rows that were added. */
  addBefore(page: RowPage): number {
    this.rows = [...page.rows, ...this.rows];
    this.first = page.reached;
    this.atBeginning = page.end;
    if (this.rows.length > ROWS_MAX) {
      this.rows.length = ROWS_MAX;
      this.last = this.rows.at(-1)?.position ?? this.last;
      this.atEnd = false;
    }
    return page.rows.length;
  }

  addAfter(page: RowPage): void {
    for (const row of page.rows) if (row.position > this.last) this.rows.push(row);
    this.last = Math.max(this.last, page.reached);
    this.atEnd = page.end;
    this.#trimFront();
  }

  /** What was pushed; `upTo` is the last position that was heard of, shown or not. */
  addLive(rows: readonly Row[], upTo: number): void {
    if (!this.atEnd) return;
    for (const row of rows) if (row.position > this.last) this.rows.push(row);
    this.last = Math.max(this.last, upTo);
    this.#trimFront();
  }

  /** Index of the last row at or before a position; -1 when none is. */
  indexAt(position: number): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle]?.position ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #trimFront(): void {
    if (this.rows.length <= ROWS_MAX) return;
    this.rows.splice(0, this.rows.length - ROWS_MAX);
    this.first = this.rows[0]?.position ?? this.first;
    this.atBeginning = false;
  }
}
