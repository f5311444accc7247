/** The machine of the selected actor: where it is, how it came there, what it takes here. */
import { useEffect, useState } from 'preact/hooks';
import type { StateValue, Transition } from '../../../model/transition.ts';
import type { Chart, ChartState } from '../../charts.ts';
import { type Box, type Drawing, drawingOf, type Path } from '../model/chart-layout.ts';
import { toneOfState } from '../model/tones.ts';

export function Statechart({ chart, record }: { chart: Chart; record: Transition | undefined }) {
  const { drawing, problem } = useDrawing(chart);
  if (problem !== '') return <p class="empty">The chart could not be drawn: {problem}</p>;
  if (drawing === undefined) return <p class="empty">Drawing the chart …</p>;
  const step = stepOf(record);
  const here = drawing.boxes.filter(({ state }) => step.active.has(state.id)).map(({ state }) => state);
  const leaves = [...step.active].filter((id) => here.some((state) => state.id === id && state.states.length === 0));
  return (
    <figure class="chart">
      <svg
        viewBox={`-6 -2 ${drawing.width + 12} ${drawing.height + 8}`}
        role="img"
        aria-label={`Statechart; now in ${leaves.map(lastWord).join(', ')}`}
      >
        <ArrowHeads />
        {drawing.boxes.map((box) => (
          <StateBox
            key={box.state.id}
            box={box}
            active={step.active.has(box.state.id)}
            left={step.left.has(box.state.id)}
          />
        ))}
        <Moves drawing={drawing} step={step} />
      </svg>
      <figcaption>
        <Accepts states={here} edges={chart.edges} />
      </figcaption>
    </figure>
  );
}

/** Laid out by a worker: undefined until that is done, with a `problem` in words when it cannot be. */
function useDrawing(chart: Chart): { readonly drawing: Drawing | undefined; readonly problem: string } {
  const [drawing, setDrawing] = useState<Drawing | undefined>(undefined);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let wanted = true;
    drawingOf(chart).then(
      (made) => wanted && setDrawing(made),
      (error: Error) => wanted && setProblem(error.message),
    );
    return () => {
      wanted = false;
    };
  }, [chart]);
  return { drawing, problem };
}

/** Ids of the states that a transition led to, and of those that it left and entered on the way. */
interface Step {
  readonly active: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  readonly entered: ReadonlySet<string>;
}

function stepOf(record: Transition | undefined): Step {
  const to = record === undefined ? [] : pathsOf(record.data.to);
  const from = record?.data.from ?? null;
  const before = from === null ? [] : pathsOf(from);
  const active = new Set(to);
  return {
    active,
    left: new Set(before.filter((path) => !active.has(path))),
    entered: new Set(to.filter((path) => !before.includes(path))),
  };
}

function ArrowHeads() {
  return (
    <defs>
      {['plain', 'taken'].map((name) => (
        <marker
          key={name}
          id={`head-${name}`}
          class={`head ${name}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto-start-reverse"
        >
          <path d="M0 0.8 L8 4 L0 7.2 z" />
        </marker>
      ))}
    </defs>
  );
}

/** The arrows; those of the step that was taken lie on top. */
function Moves({ drawing: { boxes, paths }, step: { active, left, entered } }: { drawing: Drawing; step: Step }) {
  const taken = (path: Path): boolean => isWithin(left, path.from) && isWithin(entered, path.to);
  return (
    <>
      {paths
        .toSorted((a, b) => Number(taken(a)) - Number(taken(b)))
        .map((path) => (
          <path
            key={`${path.from} ${path.to}`}
            class={taken(path) ? 'edge taken' : active.has(path.from) ? 'edge open' : 'edge'}
            d={lineOf(path.points)}
            marker-end={`url(#head-${taken(path) ? 'taken' : 'plain'})`}
          >
            <title>{`${lastWord(path.from)} → ${lastWord(path.to)}: ${path.events.join(', ') || 'by itself'}`}</title>
          </path>
        ))}
      {looseMoves(boxes, paths, left, entered).map((points) => (
        <path key={points} class="edge taken" d={points} marker-end="url(#head-taken)" />
      ))}
    </>
  );
}

function StateBox({
  box: { state, x, y, width, height, isInitial },
  active,
  left,
}: {
  box: Box;
  active: boolean;
  left: boolean;
}) {
  const leaf = state.states.length === 0;
  const look = `${leaf ? 'leaf' : 'room'} ${active ? `active ${toneOfState(state.name)}` : left ? 'left' : ''}${state.type === 'final' ? ' final' : ''}`;
  return (
    <g class={`box ${look}`} data-state={state.id}>
      <title>{state.description ?? state.name}</title>
      <rect x={x} y={y} width={width} height={height} rx={leaf ? 7 : 9} />
      {isInitial && <circle cx={x} cy={leaf ? y + height / 2 : y + 18} r={3.2} />}
      <text
        x={leaf ? x + width / 2 : x + 12}
        y={leaf ? y + height / 2 + 4.5 : y + 19}
        text-anchor={leaf ? 'middle' : 'start'}
      >
        {state.name}
      </text>
    </g>
  );
}

function Accepts({ states, edges }: { states: readonly ChartState[]; edges: Chart['edges'] }) {
  const here = new Set(states.map(({ id }) => id));
  const leads = [...new Set(edges.filter(({ from }) => here.has(from)).flatMap(({ events }) => events))].filter(
    (event) => event !== '',
  );
  const described = states.filter(({ states: inner, description }) => inner.length === 0 && description !== undefined);
  return (
    <>
      {described.map(({ id, name, description }) => (
        <p key={id}>
          <b>{id.split('.').length > 3 ? `${id.split('.').at(-2)}: ${name}` : name}</b>{' '}
          <span class="faint">{description}</span>
        </p>
      ))}
      {leads.length > 0 && (
        <p>
          <span class="faint">Leads on from here:</span> {leads.join(', ')}
        </p>
      )}
    </>
  );
}

/** Moves that no single path of the chart shows: those of a region as a whole. Drawn straight from box to box, or over those between. */
function looseMoves(
  boxes: readonly Box[],
  paths: readonly Path[],
  left: ReadonlySet<string>,
  entered: ReadonlySet<string>,
): string[] {
  const leaves = boxes.filter(({ state }) => state.states.length === 0);
  return leaves
    .filter(({ state }) => left.has(state.id))
    .flatMap((from) => {
      const room = from.state.id.slice(0, from.state.id.lastIndexOf('.'));
      const to = leaves.find(({ state }) => entered.has(state.id) && state.id.startsWith(`${room}.`));
      if (to === undefined || paths.some((path) => path.from === from.state.id && path.to === to.state.id)) return [];
      return [between(from, to)];
    });
}

/** So far apart, another box may stand between two. */
const OTHER_BETWEEN = 40;
const ARCH = 18;

function between(a: Box, b: Box): string {
  const [ax, ay, bx, by] = [a.x + a.width / 2, a.y + a.height / 2, b.x + b.width / 2, b.y + b.height / 2];
  const isSameRow = Math.abs(by - ay) < a.height / 2;
  if (isSameRow && Math.abs(bx - ax) > (a.width + b.width) / 2 + OTHER_BETWEEN)
    return `M${ax} ${a.y - 1} C${ax} ${a.y - ARCH} ${bx} ${b.y - ARCH} ${bx} ${b.y - 3}`;
  const edge = (box: Box, dx: number, dy: number): number =>
    Math.min(box.width / 2 / Math.max(Math.abs(dx), 1e-6), box.height / 2 / Math.max(Math.abs(dy), 1e-6));
  const length = Math.hypot(bx - ax, by - ay);
  const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
  const [start, end] = [edge(a, dx, dy) + 1, edge(b, dx, dy) + 2];
  return `M${ax + dx * start} ${ay + dy * start} L${bx - dx * end} ${by - dy * end}`;
}

function lineOf(points: Path['points']): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join(' ');
}

/** Ids of all states a value is in, outermost first. */
function pathsOf(value: StateValue, within = ''): string[] {
  if (typeof value === 'string') return [`${within}.${value}`];
  return Object.entries(value).flatMap(([name, inner]) => [
    `${within}.${name}`,
    ...pathsOf(inner, `${within}.${name}`),
  ]);
}

function isWithin(paths: ReadonlySet<string>, id: string): boolean {
  return [...paths].some((path) => path === id || path.startsWith(`${id}.`));
}

function lastWord(id: string): string {
  return id.slice(id.lastIndexOf('.') + 1);
}
