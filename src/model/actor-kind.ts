/**
 * What the runtime knows of a kind of actor: its name, who may see it, its machine and the events it takes.
 * The machine itself is opaque here; only actors/step.ts runs it.
 */
import type { Form } from './form.ts';
import type { ActorState, StateValue } from './transition.ts';

/** Structural view of a zod schema, so that words need no library. */
export interface EventSchema {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: unknown }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/** What a record says an actor became. */
export interface RecordedState {
  readonly to: StateValue;
  readonly state: ActorState;
}

/** Of everything a record of a kind may say that its actor became, in today's shape. */
export interface StateForm {
  readonly to: Form;
  readonly context: Form;
}

/** Makes of what a machine of an older version recorded what today's would have. Pure, and for every version before today's. */
export type Upcast = (recorded: RecordedState, machineVersion: number) => RecordedState;

export interface ActorKind {
  /** A plain token, also the third word of its subjects. */
  readonly name: string;
  /** `private` kinds hold secrets: they live under `sec.` and are never shown outside. */
  readonly visibility: 'public' | 'private';
  /** Rises whenever the machine would explain an old history differently. */
  readonly machineVersion: number;
  /** Needed where an older version's states are not today's; the records stay as they are, whoever goes on from them asks this. */
  readonly upcast?: Upcast;
  /**
   * States, besides final ones, in which such an actor has ended: what may still come changes little. A new generation of
   * the log leaves those that ended long ago in the archive, where they are found when something does come.
   */
  readonly ends?: readonly string[];
  /** The XState machine. Its events gain `at` and `self`. */
  readonly machine: object;
  /** A record of which the state has another form is none. Absent: it may have any. */
  readonly state?: StateForm;
  /** One schema per event type, of the whole event. An event that is not here is refused at the door. */
  readonly events: Readonly<Record<string, EventSchema>>;
  /** Events that only look: they refuse their command or let it be, and are never recorded. */
  readonly checks?: readonly string[];
}

/** Whether an actor has ended, in a final state or in one of its kind's `ends`. Nobody has who still waits for something. */
export function hasEnded(kind: Pick<ActorKind, 'ends'> | undefined, { to, state }: RecordedState): boolean {
  if (state.done === true) return true;
  return state.timers === undefined && typeof to === 'string' && kind?.ends?.includes(to) === true;
}

/** The roster, by name. */
export type ActorKinds = ReadonlyMap<string, ActorKind>;
