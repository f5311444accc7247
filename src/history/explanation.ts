/**
 * What an explanation is given and what it comes to: the words between why.ts and the kinds it knows.
 */
import type { ActorId } from '../model/actor-id.ts';
import type { View } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';

/** One record of the proof. */
export interface Link {
  readonly record: LoggedTransition;
  /** What it has to do with the answer. */
  readonly says: string;
}

export interface Explanation {
  readonly sentence: string;
  /** What else is true of the actor that one may want to know. */
  readonly besides: readonly string[];
  /** In any order, a record perhaps twice. */
  readonly chain: readonly Link[];
}

/** An actor, the moment it is asked about, and its records up to there from the newest back. */
export interface Asked {
  readonly runtime: Pick<Runtime, 'replay'>;
  readonly view: View;
  readonly actor: ActorId;
  readonly newest: LoggedTransition;
  backwards(): AsyncIterable<LoggedTransition>;
}
