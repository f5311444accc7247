import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/console/row.ts';
import { LogBuffer, type RowPage } from '../../../src/console/web/model/log-buffer.ts';

const row = (position: number): Row => ({
  position,
  time: position,
  kind: 'agent',
  id: 'a',
  version: position,
  event: 'setReady',
  from: '',
  to: 'ready',
  command: `c${position}`,
  part: 1,
  of: 1,
  by: 'user:a',
  via: 'native',
});
const rows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, index) => row(from + index));
const page = (from: number, to: number, more: Partial<RowPage> = {}): RowPage => ({
  rows: rows(from, to),
  reached: from,
  end: from === 1,
  head: 1_000,
  ...more,
});
const positions = (buffer: LogBuffer): number[] => buffer.rows.map(({ position }) => position);

describe('the rows a page holds', () => {
  test('grow at both ends without a gap and without repetition', () => {
    const buffer = new LogBuffer();
    buffer.start(page(401, 500), { ...page(501, 550), reached: 550, end: false }, 501);
    expect(buffer.addBefore(page(301, 400))).toBe(100);
    buffer.addAfter({ ...page(545, 600), reached: 600, end: false });
    expect(positions(buffer)).toEqual(rows(301, 600).map(({ position }) => position));
    expect([buffer.first, buffer.last, buffer.atBeginning, buffer.atEnd]).toEqual([301, 600, false, false]);
  });

  test('take what happens only where nothing is missing before it', () => {
    const behind = new LogBuffer();
    behind.start(page(1, 10), { ...page(11, 20), reached: 20, end: false }, 11);
    behind.addLive([row(1_001)], 1_001);
    expect(behind.last).toBe(20);
    const live = new LogBuffer();
    live.start(page(991, 1_000), undefined, 1_001);
    live.addLive([row(1_000), row(1_001)], 1_002);
    expect(positions(live).slice(-2)).toEqual([1_000, 1_001]);
    expect(live.last).toBe(1_002);
  });

  test('stay bounded, at the cost of the end farther away', () => {
    const buffer = new LogBuffer();
    buffer.start({ ...page(100_001, 200_000), end: false }, undefined, 200_001);
    buffer.addBefore({ ...page(50_001, 100_000), end: false });
    expect([buffer.rows.length, buffer.atEnd, buffer.rows[0]?.position]).toEqual([120_000, false, 50_001]);
    expect(buffer.last).toBe(170_000);
  });

  test('are found by position, also between two', () => {
    const buffer = new LogBuffer();
    buffer.start({ rows: [row(10), row(20), row(30)], reached: 1, end: true, head: 40 }, undefined, 41);
    expect([9, 10, 19, 20, 99].map((position) => buffer.indexAt(position))).toEqual([-1, 0, 0, 1, 2]);
  });
});
