/**
 * The edge between a machine and its host: what the host adds to every event, and the two things a machine hands back
 * beside its new state. Machines put `outputs` into their `setup({ actions })`; src/actors/step.ts reads them from the
 * produced actions by name, and nothing ever executes them.
 */
import type { ActorId } from '../src/model/actor-id.ts';
import type { Delivery } from '../src/model/command.ts';
import type { JsonObject } from '../src/model/json.ts';

/** An event as the machine sees it: `at` is the time of the turn in ms since 1970, `self` the actor. */
export type Fed<Event> = Event & { readonly at: number; readonly self: ActorId };

/** Why an event is refused: the machine's own word, and what a caller needs to explain it. */
export interface Refusal {
  readonly reason: string;
  readonly details?: JsonObject;
}

export const outputs = {
  /** Delivers an event to another actor in the same turn; its refusal refuses the whole command. */
  tell: (_step: unknown, _delivery: Delivery): void => {},
  /** Refuses the event: the whole step is discarded, whatever the other regions did with it. */
  reject: (_step: unknown, _refusal: Refusal): void => {},
};

/** A transition that is none: why the event is refused. */
export function refuse<Reason extends string>(reason: Reason) {
  return { actions: { type: 'reject' as const, params: { reason } } };
}
