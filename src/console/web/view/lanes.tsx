/**
 * The lanes of the selected actor and of all it touched, or of everybody in the rows held. The list below tells the same
 * in words; for those who cannot see the picture it is the better way.
 */

import { computed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { actorOf, keyOf } from '../../row.ts';
import { buffer, saidOfNothing, turn } from '../model/buffer.ts';
import { type Lane, lanesMoving, lanesOf, lanesWithin, type Span, usualSpan } from '../model/lanes.ts';
import { momentTime } from '../model/moment-time.ts';
import { choose, goToRow } from '../model/moves.ts';
import { actor, axis, moment, troubleOnly, words } from '../model/place.ts';
import { standing, story, storyProblem } from '../model/story.ts';
import { themeTurn } from '../model/theme.ts';
import { saidOfRow } from '../model/tones.ts';
import { nameOf, wall } from '../model/wall.ts';
import { coloursOf, type Dot, HEADER, LABEL_WIDTH, LANE } from './lanes-picture.ts';
import { paint } from './paint-lanes.ts';
import { clockTime } from './times.ts';

const ROWS_USUAL = 90;
const HIT = 9;
/** Heading and margin of the panel, px. */
const PANEL = 54;
const ROWS_DRAWN = 20_000;

const rows = computed(() => {
  turn.value;
  const told = story.value;
  const chosen = actor.value;
  if (chosen !== undefined) return told?.of === keyOf(chosen) ? told.rows : [];
  return buffer.rows.length > ROWS_DRAWN ? around(moment.value) : buffer.rows.slice();
});
const set = computed(() => lanesOf(rows.value, axis.value, actor.value === undefined ? undefined : keyOf(actor.value)));

function around(at: number | undefined) {
  const middle = at === undefined ? buffer.rows.length : buffer.indexAt(at) + ROWS_DRAWN / 2;
  return buffer.rows.slice(Math.max(0, middle - ROWS_DRAWN), middle);
}

/** A story is told whole; the list is not, where words or trouble choose of an actor's records. */
function isSparse(): boolean {
  return actor.value === undefined && (troubleOnly.value || words.value !== '');
}

/** Where the page stands on the axis: between two records of these lanes there may be many of others. */
function lineOf(at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const time = axis.value === 'time' ? momentTime.value : undefined;
  return time ?? set.value.xOf(at);
}

/** The line is in view, unless a long pause before it would leave no room. */
function withLine({ from, to }: Span, line: number | undefined): Span {
  return line === undefined || line <= to || line - to > to - from ? { from, to } : { from, to: line };
}

export function Lanes() {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const dots = useRef<readonly Dot[]>([]);
  const dragged = useRef(false);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [own, setOwn] = useState<Span | undefined>(undefined);
  const [scroll, setScroll] = useState(0);
  const [over, setOver] = useState<Dot | undefined>(undefined);
  const chosen = actor.value === undefined ? undefined : keyOf(actor.value);
  const line = lineOf(moment.value);
  const usual = withLine(usualSpan(set.value, rows.value, moment.value, ROWS_USUAL), line);
  const span = own ?? usual;
  const lanes = isSparse() ? lanesMoving(set.value, span) : lanesWithin(set.value, span, chosen);
  const deepest = Math.max(0, lanes.length * LANE + HEADER - size.height);

  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const watch = new ResizeObserver(() => setSize({ width: current.clientWidth, height: current.clientHeight }));
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    setOwn(undefined);
    setScroll(0);
  }, [chosen, axis.value]);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const context = canvas.current?.getContext('2d');
      if (context === null || context === undefined || canvas.current === null) return;
      const ratio = devicePixelRatio;
      const { width, height } = size;
      if (canvas.current.width !== width * ratio || canvas.current.height !== height * ratio) {
        canvas.current.width = width * ratio;
        canvas.current.height = height * ratio;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const picture = {
        set: { ...set.value, lanes },
        span,
        axis: axis.value,
        scroll,
        width,
        height,
        chosen,
        at: moment.value,
        line,
        standing: standing.value?.position,
        sparse: isSparse(),
        nameOf: ({ kind, id }: Lane) => nameOf(kind, id),
      };
      dots.current = paint(context, picture, coloursOf(canvas.current));
    });
    return () => cancelAnimationFrame(frame);
  });

  const valueAt = (x: number): number =>
    span.from + ((x - LABEL_WIDTH) / (size.width - LABEL_WIDTH - 12)) * (span.to - span.from);
  const dotAt = (x: number, y: number): Dot | undefined =>
    dots.current
      .map((dot) => ({ dot, off: Math.hypot(dot.x - x, dot.y - y) }))
      .filter(({ off }) => off <= HIT)
      .sort((a, b) => a.off - b.off)[0]?.dot;
  const scrollTo = (wanted: number): void => setScroll(Math.min(Math.max(wanted, 0), deepest));

  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.offsetX < LABEL_WIDTH || event.altKey) {
      scrollTo(scroll + event.deltaY);
      return;
    }
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by = ((event.deltaX || event.deltaY) / size.width) * (span.to - span.from);
      setOwn({ from: span.from + by, to: span.to + by });
      return;
    }
    const factor = Math.exp(event.deltaY / 400);
    const still = valueAt(event.offsetX);
    setOwn({ from: still - (still - span.from) * factor, to: still + (span.to - still) * factor });
  };
  const onMove = (event: PointerEvent): void => {
    if (event.buttons === 1 && (dragged.current || Math.abs(event.movementX) + Math.abs(event.movementY) > 2)) {
      dragged.current = true;
      const by = (event.movementX / size.width) * (span.to - span.from);
      setOwn({ from: span.from - by, to: span.to - by });
      scrollTo(scroll - event.movementY);
      return;
    }
    const found = dotAt(event.offsetX, event.offsetY);
    if (found?.row !== over?.row) setOver(found);
  };
  const onClick = (event: MouseEvent): void => {
    if (dragged.current) {
      dragged.current = false;
      return;
    }
    const found = dotAt(event.offsetX, event.offsetY);
    if (found !== undefined) {
      goToRow(found.row);
      return;
    }
    const lane = event.offsetX < LABEL_WIDTH ? lanes[Math.floor((event.offsetY - HEADER + scroll) / LANE)] : undefined;
    if (lane !== undefined) choose(actorOf(lane.key));
  };
  // Read here so that the picture is painted again when they change.
  themeTurn.value;
  wall.value;
  return (
    <section
      class="lanes"
      aria-label="Lanes"
      style={{ '--wanted': chosen === undefined ? '100cqh' : `${lanes.length * LANE + HEADER + PANEL}px` }}
    >
      <header class="panel-head">
        <h2>
          {actor.value === undefined
            ? isSparse()
              ? 'What the filter lets through'
              : 'Everybody'
            : `${nameOf(actor.value.kind, actor.value.id)} and what moved with it`}
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
        <button type="button" class="quiet" disabled={own === undefined} onClick={() => setOwn(undefined)}>
          Fit
        </button>
      </header>
      <div class="canvas" ref={box}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${lanes.length} lanes with ${rows.value.length} records; the list below has them in words`}
          onWheel={onWheel}
          onPointerMove={onMove}
          onPointerLeave={() => setOver(undefined)}
          onClick={onClick}
          class={over === undefined ? '' : 'hit'}
        />
        {rows.value.length === 0 && (
          <p class="empty">
            {actor.value === undefined ? saidOfNothing() : storyProblem.value || 'Reading its records …'}
          </p>
        )}
        {over !== undefined && <Tip dot={over} width={size.width} />}
      </div>
    </section>
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
