/**
 * The stored record: one step of one actor, as a CloudEvents 1.0 JSON object.
 * It holds the event *and* the state it led to, so that reading history never runs a machine.
 * Field by field: docs/records.md. This shape outlives the code; change it only by adding.
 */
import type { ActorId } from './actor-id.ts';
import type { MachineEvent } from './command.ts';
import type { JsonObject } from './json.ts';
import type { Position } from './position.ts';

/** An XState state value: a name, or per region a value. */
export type StateValue = string | { readonly [region: string]: StateValue };

/** A named delay that is running: due at `due` (ms since 1970), armed by the actor's version `armed`. */
export type ArmedTimer = {
  readonly name: string;
  readonly due: number;
  readonly armed: number;
};

/** Everything about an actor but its position in the statechart, which is the record's `to`. */
export type ActorState = {
  readonly context: JsonObject;
  /** Absent when none is armed. */
  readonly timers?: readonly ArmedTimer[];
  /** True once the machine has reached its final state. Absent before. */
  readonly done?: true;
};

export type Cause = {
  /** Command id. */
  readonly command: string;
  /** Tenant the command belongs to (its id is unique there). Absent when it is the actor's own. */
  readonly tenant?: string;
  readonly by: string;
  readonly via: string;
  readonly trace?: string;
  /** The record of the same command that told this actor: `<tenant>/<kind>/<id>@<version>`. Absent on the first. */
  readonly told?: string;
};

export type TransitionData = {
  /** 1, 2, 3 … per actor, no gaps. */
  readonly version: number;
  readonly event: MachineEvent;
  /** Null on the first record of an actor. */
  readonly from: StateValue | null;
  readonly to: StateValue;
  readonly state: ActorState;
  readonly cause: Cause;
  /** Place within the command: record `number` of `of`. */
  readonly part: { readonly number: number; readonly of: number };
  /** Machine that took the step, `<kind>@<machine version>`. */
  readonly machine: string;
  /** SHA-256 (hex) of the stored bytes of the actor's previous record; null on the first. */
  readonly prev: string | null;
};

export type Transition = {
  readonly specversion: '1.0';
  /** uuid v7. */
  readonly id: string;
  /** `/tenants/<tenant>/<kind>s/<id>`, id percent-encoded. */
  readonly source: string;
  /** `ledgerline.<kind>.<event type>`. */
  readonly type: string;
  /** Time of the turn, RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: TransitionData;
};

/** A decoded record together with where it was found. */
export interface LoggedTransition {
  readonly position: Position;
  readonly actor: ActorId;
  /** `private`: found under `sec.`, of a kind that holds secrets; never shown outside. */
  readonly visibility: 'public' | 'private';
  readonly transition: Transition;
  /** `transition.time` in ms since 1970. */
  readonly time: number;
  /** SHA-256 (hex) of the stored bytes. */
  readonly hash: string;
}

/** A state as JSON, for answers and comparisons. */
export interface ActorSnapshot {
  readonly version: number;
  readonly value: StateValue;
  readonly state: ActorState;
}

/** What a record remembers, as its kind's machine types it. The one cast: a kind's records are written by its machine alone. */
export function contextOf<Context>({ data }: Transition): Context {
  return data.state.context as Context;
}
