/**
 * The lanes of the selected actor and of all it touched, or of everybody in the rows held. The list below tells the same
 * in words; for those who cannot see the picture it is the better way.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { keyOf } from '../../row.ts';
import { saidOfNothing } from '../model/buffer.ts';
import { lanesMoving, lanesWithin, type Span, usualSpan } from '../model/lanes.ts';
import { isSparse, lanesShown, rowsShown, standingOnAxis } from '../model/lanes-shown.ts';
import { actor, axis, moment } from '../model/place.ts';
import { standing, storyProblem } from '../model/story.ts';
import { themeTurn } from '../model/theme.ts';
import { saidOfRow } from '../model/tones.ts';
import { nameOf, wall } from '../model/wall.ts';
import { useGestures } from './lanes-gestures.ts';
import { coloursOf, type Dot, HEADER, LANE, type Picture } from './lanes-picture.ts';
import { paint } from './paint-lanes.ts';
import { useSize } from './size.ts';
import { clockTime } from './times.ts';

const ROWS_USUAL = 90;
/** Heading and margin of the panel, px. */
const PANEL = 54;

export function Lanes() {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const [own, setOwn] = useState<Span | undefined>(undefined);
  const [scroll, setScroll] = useState(0);
  const [over, setOver] = useState<Dot | undefined>(undefined);
  const chosen = actor.value === undefined ? undefined : keyOf(actor.value);
  const set = lanesShown.value;
  const rows = rowsShown.value;
  const line = standingOnAxis();
  const span = own ?? withLine(usualSpan(set, rows, moment.value, ROWS_USUAL), line);
  const lanes = isSparse() ? lanesMoving(set, span) : lanesWithin(set, span, chosen);

  useEffect(() => {
    setOwn(undefined);
    setScroll(0);
  }, [chosen, axis.value]);
  // Read here so that the picture is painted again when they change.
  themeTurn.value;
  wall.value;
  const dots = usePainted(canvas, {
    set: { ...set, lanes },
    span,
    axis: axis.value,
    scroll,
    ...size,
    chosen,
    at: moment.value,
    line,
    standing: standing.value?.position,
    sparse: isSparse(),
    nameOf: ({ kind, id }) => nameOf(kind, id),
  });
  const gestures = useGestures({
    ...{ lanes, dots, span, size, scroll },
    zoomTo: setOwn,
    scrollTo: setScroll,
    point: (dot) => setOver((before) => (before?.row === dot?.row ? before : dot)),
  });
  return (
    <section
      class="lanes"
      aria-label="Lanes"
      style={{ '--wanted': chosen === undefined ? '100cqh' : `${lanes.length * LANE + HEADER + PANEL}px` }}
    >
      <Head isZoomed={own !== undefined} fit={() => setOwn(undefined)} />
      <div class="canvas" ref={box}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${lanes.length} lanes with ${rows.length} records; the list below has them in words`}
          class={over === undefined ? '' : 'hit'}
          {...gestures}
        />
        {rows.length === 0 && (
          <p class="empty">{chosen === undefined ? saidOfNothing() : storyProblem.value || 'Reading its records …'}</p>
        )}
        {over !== undefined && <Tip dot={over} width={size.width} />}
      </div>
    </section>
  );
}

/** The line is in view, unless a long pause before it would leave no room. */
function withLine({ from, to }: Span, line: number | undefined): Span {
  return line === undefined || line <= to || line - to > to - from ? { from, to } : { from, to: line };
}

/** Paints with the next frame, whenever it is called; gives the dots painted last. */
function usePainted(canvas: RefObject<HTMLCanvasElement | null>, picture: Picture): RefObject<readonly Dot[]> {
  const dots = useRef<readonly Dot[]>([]);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const { current } = canvas;
      const context = current?.getContext('2d');
      if (context === null || context === undefined || current === null) return;
      const ratio = devicePixelRatio;
      const [width, height] = [picture.width * ratio, picture.height * ratio];
      if (current.width !== width || current.height !== height) {
        current.width = width;
        current.height = height;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      dots.current = paint(context, picture, coloursOf(current));
    });
    return () => cancelAnimationFrame(frame);
  });
  return dots;
}

function Head({ isZoomed, fit }: { isZoomed: boolean; fit: () => void }) {
  const chosen = actor.value;
  return (
    <header class="panel-head">
      <h2>
        {chosen !== undefined ? (
          <>
            <bdi>{nameOf(chosen.kind, chosen.id)}</bdi> and what moved with it
          </>
        ) : isSparse() ? (
          'What the filter lets through'
        ) : (
          'Everybody'
        )}
      </h2>
      <fieldset class="switch" aria-label="Axis">
        {(['time', 'order'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={axis.value === name}
            onClick={() => {
              axis.value = name;
            }}
          >
            {name === 'time' ? 'Time' : 'Order'}
          </button>
        ))}
      </fieldset>
      <button type="button" class="quiet" disabled={!isZoomed} onClick={fit}>
        Fit
      </button>
    </header>
  );
}

function Tip({ dot: { x, y, row }, width }: { dot: Dot; width: number }) {
  const left = x > width - 250;
  return (
    <div class={left ? 'tip to-left' : 'tip'} style={{ left: `${x}px`, top: `${y}px` }}>
      <b>{row.event}</b> <span class="faint numbers">#{row.position}</span>
      <br />
      {row.from !== '' && row.from !== row.to && <span class="faint">{saidOfRow(row.kind, row.from)} → </span>}
      {saidOfRow(row.kind, row.to)}
      <br />
      <span class="faint numbers">{clockTime(row.time, true)}</span> <span class="faint">{row.by}</span>
      <br />
      <span class="faint">
        {row.kind} {row.id}
      </span>
    </div>
  );
}
