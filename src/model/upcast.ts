/**
 * Records of older machines, as today's kinds understand them. What is stored is never changed, and what is shown of
 * history is what is stored; whoever goes on from a state (the host, a replay, a fork) or keeps one (projections) asks here.
 */
import type { ActorKind, RecordedState } from './actor-kind.ts';
import type { Projection } from './projection.ts';
import type { LoggedTransition, TransitionData } from './transition.ts';

/** The version in `<kind>@<machine version>`. */
export function machineVersionOf({ machine }: Pick<TransitionData, 'machine'>): number {
  return Number(machine.slice(machine.lastIndexOf('@') + 1));
}

/** What of a kind tells the shape of its records. */
export type Shape = Pick<ActorKind, 'machineVersion' | 'upcast'>;
export type Shapes = ReadonlyMap<string, Shape>;

/** The recorded state in today's shape; the same object where it already has it. */
export function upcast(kind: Shape, data: Pick<TransitionData, 'to' | 'state' | 'machine'>): RecordedState {
  if (kind.upcast === undefined) return data;
  const version = machineVersionOf(data);
  return version < kind.machineVersion ? kind.upcast(data, version) : data;
}

/** The same projections, shown every record in today's shape. `kinds`: at least those whose shape ever changed. */
export function upcasting(projections: readonly Projection[], kinds: Shapes): readonly Projection[] {
  const upcasts = [...kinds.values()].some((kind) => kind.upcast !== undefined);
  if (!upcasts) return projections;
  return projections.map((projection) => ({
    ...projection,
    project: (record, tables, created) => projection.project(inTodaysShape(record, kinds), tables, created),
  }));
}

function inTodaysShape(record: LoggedTransition, kinds: Shapes): LoggedTransition {
  const kind = kinds.get(record.actor.kind);
  const { data } = record.transition;
  if (kind === undefined) return record;
  const { to, state } = upcast(kind, data);
  if (to === data.to && state === data.state) return record;
  return { ...record, transition: { ...record.transition, data: { ...data, to, state } } };
}
