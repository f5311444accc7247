/**
 * What verification can find wrong with a record, in words for people and programs.
 */
import { type ActorId, formatActor } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import type { Change } from './diff.ts';

export type FindingKind =
  /** The log goes on after it, and does not hold it. */
  | 'missing'
  /** Bytes that are no record. */
  | 'junk'
  /** Versions with a gap, or a `prev` that is not the hash of the actor's previous record. */
  | 'chain'
  /** A command of which a part is missing, doubled or out of place. */
  | 'part'
  /** Earlier than its actor's previous record, or a timer that fired before it was due. */
  | 'time'
  /** No such kind of actor here. */
  | 'kind'
  /** The state is not one of its kind. */
  | 'form'
  /** Written by a newer machine than this process has: nothing can be said about it. */
  | 'newerMachine'
  /** Today's machine does not take the event in the state before it. */
  | 'refused'
  /** Today's machine takes it elsewhere. */
  | 'state'
  /** What the machine tells others is not what was recorded. */
  | 'tells'
  /** The recorded state is none that today's machine can be in. */
  | 'restore'
  /** A signed checkpoint says that the log was another one. */
  | 'checkpoint'
  /** The log ends before what was signed. */
  | 'truncated';

export interface Finding {
  readonly kind: FindingKind;
  readonly position: Position;
  readonly actor?: ActorId;
  readonly version?: number;
  /** Event type of the record. */
  readonly event?: string;
  readonly problem: string;
  /** Of a broken chain: so many later records of the actor do not go on from it either. */
  readonly further?: number;
  /** Recorded (`before`) against replayed (`after`). Of private records the paths only. */
  readonly changes: readonly Change[];
}

export function findingOf(
  kind: FindingKind,
  record: LoggedTransition,
  problem: string,
  changes: readonly Change[] = [],
): Finding {
  const { actor, position, visibility, transition } = record;
  return {
    kind,
    position,
    actor,
    version: transition.data.version,
    event: transition.data.event.type,
    problem,
    changes: visibility === 'private' ? changes.map(({ path }) => ({ path })) : changes,
  };
}

/** One line. */
export function describeFinding({ kind, position, actor, version, event, problem, further }: Finding): string {
  const who = actor === undefined ? '' : `, ${formatActor(actor)}@${version} ${event}`;
  const rest =
    further === undefined ? '' : `; ${further} later of this actor ${further === 1 ? 'is' : 'are'} cut off by it`;
  return `position ${position}${who}: ${kind}: ${problem}${rest}`;
}
