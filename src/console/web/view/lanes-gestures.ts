/** What wheel, drag and click do to the lanes: zoom, move, scroll, and go to a record or an actor. */
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { actorOf } from '../../row.ts';
import { type Lane, type Span, zoomed } from '../model/lanes.ts';
import { choose, goToRow } from '../model/moves.ts';
import { type Dot, HEADER, LABEL_WIDTH, LANE, MARGIN_RIGHT } from './lanes-picture.ts';
import type { Size } from './size.ts';

/** How near a dot the pointer must be, px. */
const HIT = 9;
/** A pointer that moved less was held still, px. */
const DRAG = 2;
/** Wheel that zooms by e. */
const ZOOM = 400;

export interface LanesGround {
  readonly lanes: readonly Lane[];
  readonly dots: RefObject<readonly Dot[]>;
  readonly span: Span;
  readonly size: Size;
  readonly scroll: number;
  zoomTo(span: Span): void;
  scrollTo(scroll: number): void;
  /** The pointer is over it. */
  point(dot: Dot | undefined): void;
}

export interface LanesGestures {
  onWheel(event: WheelEvent): void;
  onPointerMove(event: PointerEvent): void;
  onPointerLeave(): void;
  onClick(event: MouseEvent): void;
}

export function useGestures({ lanes, dots, span, size, scroll, ...act }: LanesGround): LanesGestures {
  const dragged = useRef(false);
  const length = span.to - span.from;
  const scrollTo = (wanted: number): void => {
    const deepest = Math.max(0, lanes.length * LANE + HEADER - size.height);
    act.scrollTo(Math.min(Math.max(wanted, 0), deepest));
  };
  const moveBy = (px: number): void => {
    const by = (px / size.width) * length;
    act.zoomTo({ from: span.from + by, to: span.to + by });
  };
  return {
    onWheel(event) {
      event.preventDefault();
      if (event.offsetX < LABEL_WIDTH || event.altKey) scrollTo(scroll + event.deltaY);
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) moveBy(event.deltaX || event.deltaY);
      else {
        const still = span.from + ((event.offsetX - LABEL_WIDTH) / (size.width - LABEL_WIDTH - MARGIN_RIGHT)) * length;
        act.zoomTo(zoomed(span, still, Math.exp(event.deltaY / ZOOM)));
      }
    },
    onPointerMove(event) {
      const { buttons, movementX, movementY } = event;
      if (buttons === 1 && (dragged.current || Math.abs(movementX) + Math.abs(movementY) > DRAG)) {
        dragged.current = true;
        moveBy(-movementX);
        scrollTo(scroll - movementY);
        return;
      }
      act.point(dotAt(dots.current, event));
    },
    onPointerLeave() {
      act.point(undefined);
    },
    onClick(event) {
      if (dragged.current) {
        dragged.current = false;
        return;
      }
      const dot = dotAt(dots.current, event);
      if (dot !== undefined) goToRow(dot.row);
      else if (event.offsetX < LABEL_WIDTH) {
        const lane = lanes[Math.floor((event.offsetY - HEADER + scroll) / LANE)];
        if (lane !== undefined) choose(actorOf(lane.key));
      }
    },
  };
}

function dotAt(dots: readonly Dot[], { offsetX, offsetY }: MouseEvent): Dot | undefined {
  return dots
    .map((dot) => ({ dot, off: Math.hypot(dot.x - offsetX, dot.y - offsetY) }))
    .filter(({ off }) => off <= HIT)
    .sort((a, b) => a.off - b.off)[0]?.dot;
}
