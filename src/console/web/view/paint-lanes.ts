/**
 * Paints lanes on a canvas: state bars, a dot per record, and arrows from the record that told to the one that was told,
 * within their frame. Paints what is in view only, and tells which dot is where.
 */
import { type Lane, lastAtOrBefore } from '../model/lanes.ts';
import { leadingState, said, toneOf } from '../model/tones.ts';
import {
  type Colours,
  type Dot,
  HEADER,
  LABEL_WIDTH,
  LANE,
  MARGIN_RIGHT,
  type Painting,
  type Picture,
} from './lanes-picture.ts';
import { paintAxis, paintGrid, paintLabels, paintMoment } from './paint-frame.ts';

const BAR = 12;
const DOT = 3.5;
const ARROWS_MAX = 1_500;

export function paint(canvas: CanvasRenderingContext2D, picture: Picture, colours: Colours): Dot[] {
  const { set, span, width, height, scroll } = picture;
  const scale = (width - LABEL_WIDTH - MARGIN_RIGHT) / Math.max(span.to - span.from, 1e-9);
  const xOf = (value: number): number => LABEL_WIDTH + (value - span.from) * scale;
  const yOf = (index: number): number => HEADER + index * LANE + LANE / 2 - scroll;
  const dots: Dot[] = [];
  const painting = { canvas, picture, colours, xOf };
  canvas.clearRect(0, 0, width, height);
  if (set.lanes.length === 0) return dots;
  const first = Math.max(0, Math.floor(scroll / LANE));
  const last = Math.min(set.lanes.length, Math.ceil((scroll + height) / LANE));
  const inView = new Map<Lane, number>();
  canvas.save();
  canvas.beginPath();
  canvas.rect(LABEL_WIDTH, HEADER, width - LABEL_WIDTH, height - HEADER);
  canvas.clip();
  paintGrid(painting);
  for (let index = first; index < last; index += 1) {
    const lane = set.lanes[index];
    if (lane === undefined) continue;
    inView.set(lane, yOf(index));
    paintLane(painting, lane, yOf(index), dots);
  }
  paintArrows(painting, inView);
  paintDots(painting, dots);
  paintMoment(painting);
  canvas.restore();
  paintLabels(painting, inView);
  paintAxis(painting);
  return dots;
}

function paintLane({ canvas, picture, colours, xOf }: Painting, lane: Lane, y: number, dots: Dot[]): void {
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
      canvas.fillText(said(leadingState(row.kind, row.to)), begins + 8, y + 4, right - begins - 12);
    }
    // Dots nearer than a pixel are one.
    if (left >= LABEL_WIDTH && left - free >= 1) {
      dots.push({ x: left, y, row });
      free = left;
    }
  }
  canvas.globalAlpha = 1;
}

function paintDots({ canvas, picture, colours }: Painting, dots: readonly Dot[]): void {
  const { at, standing } = picture;
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

function paintArrows({ canvas, picture, colours, xOf }: Painting, inView: ReadonlyMap<Lane, number>): void {
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
