/**
 * Where the states of a machine go on paper. Transitions are lifted to where the two states part, so that each region is
 * laid out by itself and stays readable; the layout engine runs in a worker and is loaded when a chart is drawn first.
 */
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Chart, ChartState } from '../../charts.ts';

export interface Box {
  readonly state: ChartState;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isInitial: boolean;
  readonly depth: number;
}

export interface Path {
  readonly from: string;
  readonly to: string;
  readonly events: readonly string[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly paths: readonly Path[];
}

interface Lifted {
  readonly from: string;
  readonly to: string;
  readonly events: Set<string>;
}

const HEAD = 26;
const LEAF_HEIGHT = 30;
const CHARACTER = 7.2;
const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'POLYLINE',
  'elk.spacing.nodeNode': '18',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.spacing.componentComponent': '14',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.aspectRatio': '1.1',
  // States from top to bottom as the machine's author wrote them.
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
};

const drawn = new Map<string, Promise<Drawing>>();
let engine: InstanceType<typeof ELK> | undefined;

/** Laid out once per machine. */
export function drawingOf(chart: Chart): Promise<Drawing> {
  const shape = JSON.stringify([chart.root, chart.edges]);
  const known = drawn.get(shape);
  if (known !== undefined) return known;
  const made = layOut(chart);
  drawn.set(shape, made);
  made.catch(() => drawn.delete(shape));
  return made;
}

async function layOut({ root, edges }: Chart): Promise<Drawing> {
  engine ??= new ELK({ workerUrl });
  const lifted = liftedEdges(edges);
  const laid = await engine.layout(nodeOf(root, lifted));
  const boxes: Box[] = [];
  const paths: Path[] = [];
  collect(laid, root, { x: 0, y: 0, depth: 0, isInitial: false }, lifted, boxes, paths);
  return { width: laid.width ?? 0, height: laid.height ?? 0, boxes: boxes.slice(1), paths };
}

function nodeOf(state: ChartState, lifted: ReadonlyMap<string, readonly Lifted[]>): ElkNode {
  const width = Math.round(state.name.length * CHARACTER) + 26;
  if (state.states.length === 0) return { id: state.id, width, height: LEAF_HEIGHT };
  const isRoot = state.id === '';
  const regions = state.type === 'parallel';
  const inner = lifted.get(state.id) ?? [];
  const direction = isRoot || state.states.length > 4 ? 'DOWN' : 'RIGHT';
  // Regions, and states that only their room as a whole leads to, are simply packed.
  const packed = regions ? '0.8' : inner.length === 0 ? '3.2' : undefined;
  return {
    id: isRoot ? 'machine' : state.id,
    layoutOptions: {
      ...OPTIONS,
      'elk.direction': direction,
      'elk.padding': isRoot ? '[top=4,left=4,bottom=4,right=4]' : `[top=${HEAD + 8},left=12,bottom=12,right=12]`,
      ...(packed === undefined ? {} : { 'elk.algorithm': 'rectpacking', 'elk.aspectRatio': packed }),
    },
    children: state.states.map((child) => nodeOf(child, lifted)),
    edges: inner.map(({ from, to }) => ({ id: `${from} ${to}`, sources: [from], targets: [to] })),
  };
}

/** By the state in which both ends lie side by side. What leads from a state into itself or its own inside has no path. */
function liftedEdges(edges: Chart['edges']): ReadonlyMap<string, readonly Lifted[]> {
  const found = new Map<string, Lifted>();
  for (const { from, to, events } of edges) {
    const [a, b] = [from.split('.'), to.split('.')];
    let shared = 0;
    while (shared < Math.min(a.length, b.length) && a[shared] === b[shared]) shared += 1;
    if (shared === a.length || shared === b.length) continue;
    const [left, right] = [a.slice(0, shared + 1).join('.'), b.slice(0, shared + 1).join('.')];
    const key = `${left} ${right}`;
    const edge = found.get(key) ?? { from: left, to: right, events: new Set<string>() };
    for (const event of events) edge.events.add(event);
    found.set(key, edge);
  }
  return Map.groupBy(found.values(), ({ from }) => from.slice(0, from.lastIndexOf('.')));
}

function collect(
  node: ElkNode,
  state: ChartState,
  at: { readonly x: number; readonly y: number; readonly depth: number; readonly isInitial: boolean },
  lifted: ReadonlyMap<string, readonly Lifted[]>,
  boxes: Box[],
  paths: Path[],
): void {
  const [x, y] = [at.x + (node.x ?? 0), at.y + (node.y ?? 0)];
  boxes.push({
    state,
    x,
    y,
    width: node.width ?? 0,
    height: node.height ?? 0,
    isInitial: at.isInitial,
    depth: at.depth,
  });
  for (const child of node.children ?? []) {
    const inner = state.states.find(({ id }) => id === child.id);
    if (inner !== undefined) {
      collect(child, inner, { x, y, depth: at.depth + 1, isInitial: state.initial === inner.id }, lifted, boxes, paths);
    }
  }
  const events = new Map((lifted.get(state.id) ?? []).map((edge) => [`${edge.from} ${edge.to}`, edge]));
  for (const edge of node.edges ?? []) {
    const meaning = events.get(edge.id);
    const [section] = edge.sections ?? [];
    if (meaning === undefined || section === undefined) continue;
    const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
    paths.push({
      from: meaning.from,
      to: meaning.to,
      events: [...meaning.events].filter((event) => event !== ''),
      points: points.map((point) => ({ x: x + point.x, y: y + point.y })),
    });
  }
}
