/**
 * What a caller asks, and what it is answered. A command is all or nothing, also when it moves several actors.
 * The same command id (per tenant) has one effect and one receipt, however often it is sent.
 */
import type { ActorId } from './actor-id.ts';
import type { Json, JsonObject } from './json.ts';
import type { Position } from './position.ts';

/** What a machine is fed. The host adds `at` (ms since 1970) and `self` (the actor) before the step; both are reserved. */
export type MachineEvent = {
  readonly type: string;
  readonly [field: string]: Json;
};

/** One event for one actor. */
export interface Delivery {
  readonly to: ActorId;
  readonly event: MachineEvent;
}

export interface Command {
  /** 1 to 128 printable ASCII characters, chosen by the caller or minted by the dialect; unique within its tenant. */
  readonly id: string;
  readonly tenant: string;
  /** The principal: `user:<id>`, `token:<id>`, `timer`, `system:<part>`. */
  readonly by: string;
  /** The way it came in: `gws`, `xuc`, `native`, `cli`, `timers`, … */
  readonly via: string;
  /** W3C traceparent of the request, where there was one. */
  readonly trace?: string;
  /** At least one that is recorded (`ActorKind.checks`). Delivered in this order, followed by the tells it causes, breadth first; then committed as one. */
  readonly deliveries: readonly Delivery[];
}

/** One stored record of a command. */
export interface RecordRef {
  readonly actor: ActorId;
  readonly version: number;
  readonly position: Position;
}

/** The answer to an accepted command: durable, on disk. `position` is that of its last record. */
export interface Receipt {
  readonly tenant: string;
  readonly command: string;
  readonly position: Position;
  /** Time of the turn, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly records: readonly RecordRef[];
}

/**
 * Why a command changed nothing.
 * `reason` is the machine's own typed word (`busy`, `notPresent`); the other codes come from the host.
 */
export type Rejection =
  | {
      readonly code: 'reason';
      readonly actor: ActorId;
      readonly event: string;
      readonly reason: string;
      readonly details?: JsonObject;
    }
  /** The machine knows the event but not in this state. */
  | { readonly code: 'unhandled'; readonly actor: ActorId; readonly event: string }
  /** A transition exists here, and its guards said no. */
  | { readonly code: 'guard'; readonly actor: ActorId; readonly event: string; readonly guards: readonly string[] }
  /** The actor has never been created. */
  | { readonly code: 'unknownActor'; readonly actor: ActorId; readonly event: string }
  /** The actor has reached its end; no command moves it any more. */
  | { readonly code: 'finished'; readonly actor: ActorId; readonly event: string }
  /** The event is not in its kind's schema, or its fields are not. */
  | { readonly code: 'badEvent'; readonly actor: ActorId; readonly event: string; readonly problems: readonly string[] }
  | { readonly code: 'staleTimer'; readonly actor: ActorId; readonly event: string }
  /** The state or the command would exceed its size limit. */
  | {
      readonly code: 'tooLarge';
      readonly actor: ActorId;
      readonly event: string;
      readonly bytes: number;
      readonly bytesMax: number;
    };

export type Outcome =
  | { readonly kind: 'accepted'; readonly receipt: Receipt; readonly repeated: boolean }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };
