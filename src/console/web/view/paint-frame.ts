/** Paints what stands around the lanes: names, the axis with its words, and the line of the moment. */

import type { Lane } from '../model/lanes.ts';
import { type Colours, HEADER, LABEL_WIDTH, type Picture, type XOf } from './lanes-picture.ts';
import { clockTime } from './times.ts';

/** Before a name, between it and the kind, behind the kind; and of a kind at most. */
const MARGIN = 12;
const GAP = 6;
const LABEL_END = 14;
const KIND_WIDTH = 44;
const STEPS_MS = [100, 500, 1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3600e3, 4 * 3600e3, 86400e3, 7 * 86400e3, 30 * 86400e3];

export function paintMoment(
  canvas: CanvasRenderingContext2D,
  { set, line, height }: Picture,
  colours: Colours,
  xOf: XOf,
): void {
  if (line === undefined || set.lanes.length === 0) return;
  const x = Math.round(xOf(line)) + 0.5;
  canvas.strokeStyle = colours.past;
  canvas.lineWidth = 1.5;
  canvas.setLineDash([4, 3]);
  canvas.beginPath();
  canvas.moveTo(x, HEADER);
  canvas.lineTo(x, height);
  canvas.stroke();
  canvas.setLineDash([]);
}

export function paintLabels(
  canvas: CanvasRenderingContext2D,
  { chosen, height, nameOf }: Picture,
  colours: Colours,
  inView: ReadonlyMap<Lane, number>,
): void {
  canvas.fillStyle = colours.surface;
  canvas.fillRect(0, 0, LABEL_WIDTH - 8, height);
  for (const [lane, y] of inView) {
    if (y < HEADER + 2) continue;
    canvas.font = colours.numbers;
    canvas.fillStyle = colours.faint;
    const kind = shortened(canvas, lane.kind, KIND_WIDTH);
    const room = LABEL_WIDTH - MARGIN - LABEL_END - GAP - canvas.measureText(kind).width;
    canvas.textAlign = 'right';
    canvas.fillText(kind, LABEL_WIDTH - LABEL_END, y + 4);
    canvas.textAlign = 'left';
    canvas.font = lane.key === chosen ? `600 ${colours.font}` : colours.font;
    canvas.fillStyle = lane.key === chosen ? colours.accent : colours.text;
    canvas.fillText(shortened(canvas, nameOf(lane), room), MARGIN, y + 4);
  }
}

function shortened(canvas: CanvasRenderingContext2D, text: string, width: number): string {
  if (canvas.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 3 && canvas.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** The lines behind the lanes, or, above them, what they stand for. */
export function paintGrid(
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
