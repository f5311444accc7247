/**
 * Who is behind a number: the one question the switch side asks of the directory. A port; implemented over the
 * projections by whoever composes the process. The answer is as of now and costs no I/O.
 */
import type { QueueEntry, RecordingMode, Reservation, UserData } from '../../machines/call/parts.ts';
import type { Delivery } from '../model/command.ts';

/** A line of our own, and how its agent wants to be reached. */
export interface Line {
  readonly kind: 'line';
  readonly number: string;
  readonly name?: string;
  /** Id of the agent who sits there now. */
  readonly agent?: string;
  readonly recording?: RecordingMode;
  readonly dnd: boolean;
  /** Destinations of the forwards that are on. */
  readonly forwards: { readonly unconditional?: string; readonly noAnswer?: string; readonly busy?: string };
  /** How long it rings. */
  readonly ringMs: number;
}

export type Destination =
  | Line
  | { readonly kind: 'queue'; readonly number: string; readonly entry: QueueEntry }
  /** Leads to a queue, and tells which service session reserved it. */
  | {
      readonly kind: 'accessNumber';
      readonly number: string;
      readonly entry: QueueEntry;
      readonly reservation?: Reservation;
      /** The session's storage. */
      readonly userData?: UserData;
      /** What else is to happen in the turn in which the call arrives (the session is claimed). */
      readonly also?: (call: string) => readonly Delivery[];
    }
  | { readonly kind: 'outside'; readonly number: string }
  | { readonly kind: 'unknown'; readonly number: string };

/** Who calls an access number. */
export interface AccessCaller {
  /** His number, as it was sent. */
  readonly from?: string;
  /** Digits dialled after the number. */
  readonly code?: string;
}

export interface Directory {
  /** @param number sanitised */
  resolve(tenant: string, number: string, caller?: AccessCaller): Destination;
}
