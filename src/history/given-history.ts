/**
 * given / when / then for exported histories (export-test.ts): one actor, stepped through today's machine.
 */
import { type Live, stateOf, stateValueOf, stepperOf } from '../actors/step.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { MachineEvent } from '../model/command.ts';
import type { ActorState, StateValue } from '../model/transition.ts';

/** What a record says an actor became. */
export interface Outcome extends ActorState {
  readonly value: StateValue;
}

export interface Step {
  readonly version: number;
  /** RFC 3339. */
  readonly at: string;
  readonly event: MachineEvent;
  readonly becomes: Outcome;
}

export interface History {
  /** The actor as it was; without an outcome, as it is before its first record. */
  given(outcome?: Outcome): Live;
  /** What the event leads to, as JSON, or why it is not taken. */
  when(live: Live, step: Pick<Step, 'version' | 'at' | 'event'>): unknown;
}

export function historyOf(kinds: ActorKinds, actor: ActorId): History {
  const kind = kinds.get(actor.kind);
  if (kind === undefined) throw new Error(`there is no kind ${actor.kind}`);
  const stepper = stepperOf(kind);
  return {
    given(outcome) {
      if (outcome === undefined) return stepper.initial;
      const { value, ...state } = outcome;
      return stepper.restore(value, state);
    },
    when(live, { event, version, at }) {
      const result = stepper.step(live, event, version, Date.parse(at), actor);
      if (result.kind !== 'moved') return result;
      return JSON.parse(JSON.stringify({ value: stateValueOf(result.live), ...stateOf(result.live) }));
    },
  };
}
