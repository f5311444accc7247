/**
 * The machines of the roster as data that can be drawn: states with their descriptions, transitions merged per pair of
 * states, and the events that are taken without leaving a state. Reads the machine's own tree; runs nothing.
 */
import type { ActorKind } from '../model/actor-kind.ts';

export type ChartState = {
  /** Dotted path from the machine: `agent.present.phone.idle`. */
  readonly id: string;
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description?: string;
  /** Id of the state it begins in. */
  readonly initial?: string;
  /** Events taken here that change no state. */
  readonly stays: readonly string[];
  readonly states: readonly ChartState[];
};

export type ChartEdge = {
  readonly from: string;
  readonly to: string;
  readonly events: readonly string[];
};

export type Chart = {
  readonly kind: string;
  readonly machineVersion: number;
  readonly root: ChartState;
  readonly edges: readonly ChartEdge[];
};

/** What is read of an XState state node. */
interface StateNode {
  readonly id: string;
  readonly key: string;
  readonly path: readonly string[];
  readonly type: ChartState['type'];
  readonly description?: string;
  readonly config: { readonly initial?: string };
  readonly states: Readonly<Record<string, StateNode>>;
  readonly transitions: ReadonlyMap<string, readonly TakenTransition[]>;
  readonly always?: readonly TakenTransition[];
}

interface TakenTransition {
  readonly target?: readonly StateNode[];
  readonly actions: readonly unknown[];
}

const AFTER = 'xstate.after.';

export function chartOf({ name, machineVersion, machine }: ActorKind): Chart {
  const { root } = machine as { readonly root: StateNode };
  const nodes = [...nodesOf(root)];
  const edges = new Map<string, { from: string; to: string; events: Set<string> }>();
  for (const node of nodes) {
    for (const [event, { target = [] }] of transitionsOf(node)) {
      for (const to of target) {
        const key = `${idOf(node)} ${idOf(to)}`;
        const edge = edges.get(key) ?? { from: idOf(node), to: idOf(to), events: new Set() };
        edge.events.add(event);
        edges.set(key, edge);
      }
    }
  }
  return {
    kind: name,
    machineVersion,
    root: stateOf(root),
    edges: [...edges.values()].map(({ from, to, events }) => ({ from, to, events: [...events] })),
  };
}

function stateOf(node: StateNode): ChartState {
  const { key, type, description, config } = node;
  const stays = transitionsOf(node).filter(
    ([, { target, actions }]) => target === undefined && !actions.some(isRefusal),
  );
  const initial = config.initial === undefined ? undefined : node.states[config.initial];
  return {
    id: idOf(node),
    name: key,
    type,
    ...(description === undefined ? {} : { description }),
    ...(initial === undefined ? {} : { initial: idOf(initial) }),
    stays: [...new Set(stays.map(([event]) => event))],
    states: Object.values(node.states).map(stateOf),
  };
}

/** Ids given by hand are for the machine's own use: a path says where a state lies. */
function idOf({ path }: StateNode): string {
  return ['', ...path].join('.');
}

function* nodesOf(node: StateNode): Generator<StateNode> {
  yield node;
  for (const child of Object.values(node.states)) yield* nodesOf(child);
}

function transitionsOf({ transitions, always = [] }: StateNode): [string, TakenTransition][] {
  const taken = [...transitions].flatMap(([event, all]) =>
    all.map((transition): [string, TakenTransition] => [eventName(event), transition]),
  );
  return [...taken, ...always.map((transition): [string, TakenTransition] => ['', transition])];
}

/** `xstate.after.wrapUp.agent.present…` is the delay `wrapUp`. */
function eventName(event: string): string {
  return event.startsWith(AFTER) ? `after ${event.slice(AFTER.length).split('.')[0]}` : event;
}

function isRefusal(action: unknown): boolean {
  return typeof action === 'object' && action !== null && 'type' in action && action.type === 'reject';
}
