/** Paints what stands around the lanes: names, the axis with its words, and the line of the moment. */
import type { Lane } from '../model/lanes.ts';
import { HEADER, LABEL_WIDTH, type Painting, type Picture } from './lanes-picture.ts';
import { clockTime } from './times.ts';

/** Before a name, between it and the kind, behind the kind; and of a kind at most. */
const MARGIN = 12;
const GAP = 6;
const LABEL_END = 14;
const KIND_WIDTH = 44;
/** Room for a time on the axis, px. */
const WORD_WIDTH = 90;
const STEPS_MS = [100, 500, 1e3, 5e3, 15e3, 60e3, 300e3, 900e3, 3600e3, 4 * 3600e3, 86400e3, 7 * 86400e3, 30 * 86400e3];

export function paintMoment({ canvas, picture: { set, line, height }, colours, xOf }: Painting): void {
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

export function paintLabels({ canvas, picture, colours }: Painting, inView: ReadonlyMap<Lane, number>): void {
  const { chosen, height, nameOf } = picture;
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

/** The lines behind the lanes. */
export function paintGrid({ canvas, picture, colours, xOf }: Painting): void {
  canvas.fillStyle = colours.line;
  for (const value of stepsOf(picture).values) {
    const x = Math.round(xOf(value));
    if (x >= LABEL_WIDTH) canvas.fillRect(x, HEADER, 1, picture.height);
  }
}

/** Above the lanes, what the lines stand for. */
export function paintAxis({ canvas, picture, colours, xOf }: Painting): void {
  const { set, axis, width } = picture;
  canvas.fillStyle = colours.surface;
  canvas.fillRect(0, 0, width, HEADER - 1);
  canvas.font = colours.numbers;
  canvas.fillStyle = colours.faint;
  const { step, values } = stepsOf(picture);
  for (const value of values) {
    const x = Math.round(xOf(value));
    const time = set.timeAt(value);
    if (x >= LABEL_WIDTH && time !== undefined)
      canvas.fillText(axis === 'time' ? tick(time, step) : clockTime(time), x + 3, HEADER - 8);
  }
}

/** Round places of the axis that are in view, as many as have room for words. */
function stepsOf({ span, axis, width }: Picture): { readonly step: number; readonly values: readonly number[] } {
  const room = Math.max(1, Math.floor((width - LABEL_WIDTH) / WORD_WIDTH));
  const wanted = (span.to - span.from) / room;
  const step =
    axis === 'time' ? (STEPS_MS.find((ms) => ms >= wanted) ?? 365 * 86400e3) : Math.max(1, Math.ceil(wanted));
  const values: number[] = [];
  for (let value = Math.ceil(span.from / step) * step; value <= span.to; value += step) values.push(value);
  return { step, values };
}

function tick(ms: number, step: number): string {
  if (step >= 86400e3) return new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return step < 1e3 ? clockTime(ms, true).slice(3) : step < 60e3 ? clockTime(ms) : clockTime(ms).slice(0, 5);
}
