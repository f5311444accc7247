/** What is painted of the lanes, in which colours, and how large; and the dots that were, by which they are found again. */
import type { Row } from '../../row.ts';
import { inkOn } from '../model/contrast.ts';
import type { Lane, LaneSet, Span } from '../model/lanes.ts';
import { TONES } from '../model/tones.ts';

export const LABEL_WIDTH = 144;
export const MARGIN_RIGHT = 12;
export const HEADER = 22;
export const LANE = 30;

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
  /** Where that is on the axis. */
  readonly line: number | undefined;
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

/** All that whoever paints needs to know. */
export interface Painting {
  readonly canvas: CanvasRenderingContext2D;
  readonly picture: Picture;
  readonly colours: Colours;
  /** Where a place on the axis is on the canvas, px. */
  readonly xOf: (value: number) => number;
}
