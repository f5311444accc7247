/**
 * Paints lanes on a canvas: state bars, a dot per record, arrows from the record that told to the one that was told, the
 * axis, and the line of the moment. Paints what is in view only, and tells which dot is where.
 */

import type { Row } from '../../row.ts';
import { inkOn } from '../model/contrast.ts';
import { type Lane, type LaneSet, lastAtOrBefore, type Span } from '../model/lanes.ts';
import { said, TONES, toneOf } from '../model/tones.ts';
import { clockTime } from './times.ts';

export const LABEL_WIDTH = 132;
export const HEADER = 22;
export const LANE = 30;
const BAR = 12;
const DOT = 3.5;
const ARROWS_MAX = 1_500;
const STEPS_MS = [100, 500, 1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3600e3, 4 * 3600e3, 86400e3, 7 * 86400e3, 30 * 86400e3];

export interface Colours {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly past: string;
  readonly tones: Readonly<Record<string, string>>;
  /** What is readable on each of the tones. */
  readonly inks: Readonly<Record<string, string>>;
  readonly font: string;
  readonly numbers: string;
}

export interface Picture {
  readonly set: LaneSet;
  readonly span: Span;
  readonly axis: 'time' | 'order';
  readonly scroll: number;
  readonly width: number;
  readonly height: number;
  readonly chosen: string | undefined;
  /** Position the page stands at; undefined while live. */
  readonly at: number | undefined;
  /** Records are left out by a filter: what an actor was between two is not known here, and not drawn. */
  readonly sparse: boolean;
  /** What people call an actor. */
  readonly nameOf: (lane: Lane) => string;
  /** The row the inspector shows. */
  readonly standing: number | undefined;
}

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly row: Row;
}

export function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const tones = Object.fromEntries(TONES.map((tone) => [tone, of(`tone-${tone}`)]));
  const inks = Object.fromEntries(TONES.map((tone) => [tone, inkOn(tones[tone] ?? '', [of('surface'), of('text')])]));
  return {
    text: of('text'),
    faint: of('faint'),
    line: of('line'),
    surface: of('surface'),
    accent: of('accent'),
    past: of('past'),
    tones,
    inks,
    font: `12px ${of('font')}`,
    numbers: `11px ${of('font')}`,
  };
}

export function paint(canvas: CanvasRenderingContext2D, picture: Picture, colours: Colours): Dot[] {
  const { set, span, width, height, scroll } = picture;
  const scale = (width - LABEL_WIDTH - 12) / Math.max(span.to - span.from, 1e-9);
  const xOf = (value: number): number => LABEL_WIDTH + (value - span.from) * scale;
  const yOf = (index: number): number => HEADER + index * LANE + LANE / 2 - scroll;
  const dots: Dot[] = [];
  canvas.clearRect(0, 0, width, height);
  if (set.lanes.length === 0) return dots;
  const first = Math.max(0, Math.floor(scroll / LANE));
  const last = Math.min(set.lanes.length, Math.ceil((scroll + height) / LANE));
  const inView = new Map<Lane, number>();
  canvas.save();
  canvas.beginPath();
  canvas.rect(LABEL_WIDTH, HEADER, width - LABEL_WIDTH, height - HEADER);
  canvas.clip();
  paintGrid(canvas, picture, colours, xOf, false);
  for (let index = first; index < last; index += 1) {
    const lane = set.lanes[index];
    if (lane === undefined) continue;
    inView.set(lane, yOf(index));
    paintLane(canvas, lane, yOf(index), picture, colours, xOf, dots);
  }
  paintArrows(canvas, picture, colours, xOf, inView);
  paintDots(canvas, dots, picture, colours);
  paintMoment(canvas, picture, colours, xOf);
  canvas.restore();
  paintLabels(canvas, picture, colours, inView);
  paintGrid(canvas, picture, colours, xOf, true);
  return dots;
}

type XOf = (value: number) => number;

function paintLane(
  canvas: CanvasRenderingContext2D,
  lane: Lane,
  y: number,
  picture: Picture,
  colours: Colours,
  xOf: XOf,
  dots: Dot[],
): void {
  const { span, at, width, sparse } = picture;
  const { rows, xs } = lane;
  canvas.fillStyle = colours.line;
  canvas.globalAlpha = 0.5;
  canvas.fillRect(LABEL_WIDTH, y + LANE / 2 - 0.5, width, 1);
  const begin = Math.max(
    0,
    lastAtOrBefore(xs.length, (index) => xs[index] ?? 0, span.from),
  );
  let free = -Infinity;
  for (let index = begin; index < rows.length; index += 1) {
    const row = rows[index];
    const x = xs[index] ?? 0;
    if (row === undefined || x > span.to) break;
    const left = xOf(x);
    const right = Math.min(index + 1 < xs.length ? xOf(xs[index + 1] ?? 0) : width, width);
    const ahead = at !== undefined && row.position > at;
    const tone = toneOf(row.kind, row.to);
    // What rests or is over is a thread, what is under way a bar.
    const thin = tone === 'off' || tone === 'other';
    const high = thin ? 4 : BAR;
    canvas.globalAlpha = ahead ? 0.25 : thin ? 0.6 : 0.85;
    canvas.fillStyle = colours.tones[tone] ?? colours.faint;
    if (!sparse && right - left > 0.5) canvas.fillRect(left, y - high / 2, right - left, high);
    const begins = Math.max(left, LABEL_WIDTH);
    if (!sparse && !thin && !ahead && right - begins > 60) {
      canvas.globalAlpha = 1;
      canvas.font = colours.numbers;
      canvas.fillStyle = colours.inks[tone] ?? colours.surface;
      canvas.fillText(said(leadingOf(row)), begins + 8, y + 4, right - begins - 12);
    }
    // Dots nearer than a pixel are one.
    if (left >= LABEL_WIDTH && left - free >= 1) {
      dots.push({ x: left, y, row });
      free = left;
    }
  }
  canvas.globalAlpha = 1;
}

/** The state that gives a row its colour. */
function leadingOf({ kind, to }: Row): string {
  const [first = '', phone = ''] = to.split('/');
  return kind === 'agent' && ['dialing', 'ringing', 'talking', 'held'].includes(phone) ? phone : first;
}

function paintDots(
  canvas: CanvasRenderingContext2D,
  dots: readonly Dot[],
  { at, standing }: Picture,
  colours: Colours,
): void {
  canvas.lineWidth = 1.5;
  for (const { x, y, row } of dots) {
    const here = row.position === standing;
    canvas.globalAlpha = at !== undefined && row.position > at ? 0.35 : 1;
    canvas.beginPath();
    canvas.arc(x, y, here ? DOT + 2.5 : DOT, 0, 7);
    canvas.fillStyle = here ? colours.accent : colours.surface;
    canvas.fill();
    canvas.strokeStyle = here ? colours.surface : colours.text;
    canvas.stroke();
  }
  canvas.globalAlpha = 1;
}

function paintArrows(
  canvas: CanvasRenderingContext2D,
  picture: Picture,
  colours: Colours,
  xOf: XOf,
  inView: ReadonlyMap<Lane, number>,
): void {
  const { set, span, at } = picture;
  let left = ARROWS_MAX;
  canvas.lineWidth = 1;
  for (const [lane, y] of inView) {
    const begin = Math.max(
      0,
      lastAtOrBefore(lane.xs.length, (index) => lane.xs[index] ?? 0, span.from),
    );
    for (let index = begin; index < lane.rows.length && left > 0; index += 1) {
      const row = lane.rows[index];
      const x = lane.xs[index] ?? 0;
      if (row === undefined || x > span.to) break;
      const source = row.told === undefined ? undefined : set.spots.get(row.told);
      const sourceY = source === undefined ? undefined : inView.get(source.lane);
      if (source === undefined || sourceY === undefined || sourceY === y) continue;
      left -= 1;
      canvas.globalAlpha = at !== undefined && row.position > at ? 0.2 : 0.75;
      canvas.strokeStyle = colours.text;
      canvas.fillStyle = colours.text;
      arrow(canvas, xOf(source.x), sourceY, xOf(x), y);
    }
  }
  canvas.globalAlpha = 1;
}

/** From dot to dot, bowed so that arrows of one moment do not cover one another. */
function arrow(canvas: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  const down = Math.sign(y2 - y1);
  const from = y1 + down * (DOT + 1);
  const to = y2 - down * (DOT + 2);
  const bow = Math.min(14, 4 + Math.abs(y2 - y1) / 14);
  canvas.beginPath();
  canvas.moveTo(x1, from);
  canvas.bezierCurveTo(x1 + bow, from + (to - from) / 3, x2 + bow, to - (to - from) / 3, x2, to);
  canvas.stroke();
  canvas.beginPath();
  canvas.moveTo(x2, to + down);
  canvas.lineTo(x2 + 5, to - down * 4.5);
  canvas.lineTo(x2 - 1, to - down * 5.5);
  canvas.fill();
}

function paintMoment(canvas: CanvasRenderingContext2D, { set, at, height }: Picture, colours: Colours, xOf: XOf): void {
  if (at === undefined || set.lanes.length === 0) return;
  const x = Math.round(xOf(set.xOf(at))) + 0.5;
  canvas.strokeStyle = colours.past;
  canvas.lineWidth = 1.5;
  canvas.setLineDash([4, 3]);
  canvas.beginPath();
  canvas.moveTo(x, HEADER);
  canvas.lineTo(x, height);
  canvas.stroke();
  canvas.setLineDash([]);
}

function paintLabels(
  canvas: CanvasRenderingContext2D,
  { chosen, height, nameOf }: Picture,
  colours: Colours,
  inView: ReadonlyMap<Lane, number>,
): void {
  canvas.fillStyle = colours.surface;
  canvas.fillRect(0, 0, LABEL_WIDTH - 8, height);
  for (const [lane, y] of inView) {
    if (y < HEADER + 2) continue;
    canvas.font = lane.key === chosen ? `600 ${colours.font}` : colours.font;
    canvas.fillStyle = lane.key === chosen ? colours.accent : colours.text;
    canvas.fillText(shortened(canvas, nameOf(lane), LABEL_WIDTH - 56), 12, y + 4);
    canvas.font = colours.numbers;
    canvas.fillStyle = colours.faint;
    canvas.textAlign = 'right';
    canvas.fillText(lane.kind.slice(0, 7), LABEL_WIDTH - 14, y + 4);
    canvas.textAlign = 'left';
  }
}

function shortened(canvas: CanvasRenderingContext2D, text: string, width: number): string {
  if (canvas.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 3 && canvas.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** The lines behind the lanes, or, above them, what they stand for. */
function paintGrid(
  canvas: CanvasRenderingContext2D,
  { set, span, axis, width, height }: Picture,
  colours: Colours,
  xOf: XOf,
  words: boolean,
): void {
  if (words) {
    canvas.fillStyle = colours.surface;
    canvas.fillRect(0, 0, width, HEADER - 1);
    canvas.font = colours.numbers;
    canvas.fillStyle = colours.faint;
  } else canvas.fillStyle = colours.line;
  const room = Math.max(1, Math.floor((width - LABEL_WIDTH) / 90));
  const wanted = (span.to - span.from) / room;
  const step =
    axis === 'time' ? (STEPS_MS.find((ms) => ms >= wanted) ?? 365 * 86400e3) : Math.max(1, Math.ceil(wanted));
  for (let value = Math.ceil(span.from / step) * step; value <= span.to; value += step) {
    const x = Math.round(xOf(value));
    if (x < LABEL_WIDTH) continue;
    const time = set.timeAt(value);
    if (!words) canvas.fillRect(x, HEADER, 1, height);
    else if (time !== undefined)
      canvas.fillText(axis === 'time' ? tick(time, step) : clockTime(time), x + 3, HEADER - 8);
  }
}

function tick(ms: number, step: number): string {
  if (step >= 86400e3) return new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return step < 1e3 ? clockTime(ms, true).slice(3) : step < 60e3 ? clockTime(ms) : clockTime(ms).slice(0, 5);
}
