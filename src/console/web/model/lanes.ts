/**
 * Rows arranged as lanes, one per actor, on one axis: of time, or of order, where every command takes the same room.
 * Knows which record told which. Draws nothing.
 */
import { keyOf, type Row } from '../../row.ts';
import { toneOf } from './tones.ts';

export interface Lane {
  readonly key: string;
  readonly kind: string;
  readonly id: string;
  readonly rows: Row[];
  /** Where on the axis each row is; never falls. */
  readonly xs: number[];
}

export interface Spot {
  readonly lane: Lane;
  readonly x: number;
}

export interface LaneSet {
  readonly lanes: readonly Lane[];
  /** By `<kind>/<id>@<version>`. */
  readonly spots: ReadonlyMap<string, Spot>;
  readonly from: number;
  readonly to: number;
  /** Time at a place on the axis; undefined where it has none. */
  readonly timeAt: (x: number) => number | undefined;
  /** Where a log position is on the axis. */
  readonly xOf: (position: number) => number;
}

/** Rows that are shown in any case, and the pause that ends what is shown at first. */
const PAUSE_AFTER = 4;
const PAUSE_MS = 60_000;
const KIND_ORDER = ['agent', 'call', 'chat', 'service', 'queue'];

/** `first` is the lane on top, whoever else there is. */
export function lanesOf(rows: readonly Row[], axis: 'time' | 'order', first: string | undefined): LaneSet {
  const byKey = new Map<string, Lane>();
  const spots = new Map<string, Spot>();
  const xs = axis === 'time' ? rows.map(({ time }) => time) : orderOf(rows);
  for (const [index, row] of rows.entries()) {
    const key = keyOf(row);
    let lane = byKey.get(key);
    if (lane === undefined) {
      lane = { key, kind: row.kind, id: row.id, rows: [], xs: [] };
      byKey.set(key, lane);
    }
    const x = xs[index] ?? 0;
    lane.rows.push(row);
    lane.xs.push(x);
    spots.set(`${key}@${row.version}`, { lane, x });
  }
  const rank = ({ key, kind }: Lane): number => {
    const at = KIND_ORDER.indexOf(kind);
    return key === first ? -1 : at < 0 ? KIND_ORDER.length : at;
  };
  const lanes = [...byKey.values()].sort(
    (a, b) => rank(a) - rank(b) || (a.kind === b.kind && a.kind === 'agent' ? a.id.localeCompare(b.id) : 0),
  );
  const xOf = (position: number): number => {
    const at = lastAtOrBefore(rows.length, (index) => rows[index]?.position ?? 0, position);
    return xs[Math.max(at, 0)] ?? 0;
  };
  const times = new Map(axis === 'order' ? xs.map((x, index) => [x, rows[index]?.time ?? 0]) : []);
  const timeAt = (x: number): number | undefined => (axis === 'time' ? x : times.get(x));
  return { lanes, spots, from: xs[0] ?? 0, to: xs.at(-1) ?? 1, timeAt, xOf };
}

function orderOf(rows: readonly Row[]): number[] {
  let order = 0;
  return rows.map(({ command }, index) => {
    if (index > 0 && rows[index - 1]?.command !== command) order += 1;
    return order;
  });
}

/** Index of the last of `length` ascending values at or below `wanted`; -1 when none is. */
export function lastAtOrBefore(length: number, valueAt: (index: number) => number, wanted: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Those with a record in a span. */
export function lanesMoving({ lanes }: LaneSet, { from, to }: Span): readonly Lane[] {
  return lanes.filter(({ xs }) => xs.some((x) => x >= from && x <= to));
}

/** Those that have something to show in a span: agents and the chosen one always, others unless over before it or come after it. */
export function lanesWithin({ lanes }: LaneSet, { from, to }: Span, chosen?: string): readonly Lane[] {
  return lanes.filter(({ key, kind, rows, xs }) => {
    const tone = toneOf(kind, rows.at(-1)?.to ?? '');
    const over = tone === 'off' || tone === 'other';
    return kind === 'agent' || key === chosen || ((xs[0] ?? 0) <= to && ((xs.at(-1) ?? 0) >= from || !over));
  });
}

/** From the moment back, not beyond a pause that dwarfs what happened after it. */
function beginning(rows: readonly Row[], here: number, first: number): number {
  const end = rows[here]?.time ?? 0;
  for (let index = here - PAUSE_AFTER; index > first; index -= 1) {
    const time = rows[index]?.time ?? 0;
    const pause = time - (rows[index - 1]?.time ?? 0);
    if (pause > PAUSE_MS && pause > 3 * (end - time)) return index;
  }
  return first;
}

/** The same from the moment on. */
function ending(rows: readonly Row[], first: number, here: number, last: number): number {
  const start = rows[first]?.time ?? 0;
  for (let index = here; index < last; index += 1) {
    const time = rows[index]?.time ?? 0;
    const pause = (rows[index + 1]?.time ?? 0) - time;
    if (pause > PAUSE_MS && pause > 3 * (time - start)) return index;
  }
  return last;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A ms, or a command; and a century: the axis has a line for each of its years at most. */
const SPAN_MIN = 1;
const SPAN_MAX = 100 * 365 * 86_400_000;

/** As many times as long, with what is at `still` where it is. */
export function zoomed({ from, to }: Span, still: number, factor: number): Span {
  const times = Math.min(Math.max(factor, SPAN_MIN / (to - from)), SPAN_MAX / (to - from));
  return { from: still - (still - from) * times, to: still + (to - still) * times };
}

/** The newest of what happened up to the moment, with some of what came after, without pauses that would leave no room. */
export function usualSpan(set: LaneSet, rows: readonly Row[], at: number | undefined, most: number): Span {
  const atMoment = lastAtOrBefore(rows.length, (index) => rows[index]?.position ?? 0, at ?? Number.POSITIVE_INFINITY);
  const here = Math.max(atMoment, 0);
  const first = beginning(rows, here, Math.max(0, here - most));
  const last = ending(rows, first, here, Math.min(rows.length - 1, here + Math.ceil(most / 3)));
  const from = set.xOf(rows[first]?.position ?? 0);
  const to = set.xOf(rows[last]?.position ?? 0);
  const margin = Math.max((to - from) * 0.05, to - from < 4 ? 1 : 0);
  return { from: from - margin, to: to + margin };
}
