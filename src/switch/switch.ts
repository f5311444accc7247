/**
 * The port to whatever makes phones ring. Nothing above it knows which switch runs.
 * Legs are named by our own ids; an adapter keeps its channel ids as aliases, and may re-key them when a transfer
 * changes a channel. Everything is at least once in both directions: an order may come again, an event may come twice,
 * late, in either order, or, while the link is down, not at all.
 */
import type { LegState } from '../../machines/call/context.ts';

/** Leg ids are unique within a tenant. */
export interface LegRef {
  readonly tenant: string;
  readonly leg: string;
}

export interface DialOrder extends LegRef {
  readonly call: string;
  /** What is dialled; the line's own number for a line. */
  readonly number: string;
  /** Ours; absent for the outside world. */
  readonly line?: string;
  readonly callerNumber: string;
  readonly callerName?: string;
  /** After this the leg fails with `noAnswer`. */
  readonly ringMs: number;
  /** The phone goes off hook by itself: its own user asked for the call. */
  readonly offHook: boolean;
  /** Needs no connection of its own: that leg's is used for this one too, by turns. It goes when the last of its legs does. */
  readonly shares?: string;
}

export type Heard = 'ringing' | 'music' | 'nothing';

/**
 * Orders. Each is idempotent: repeated, or about a leg that is gone or already so, it does nothing. Each resolves when the
 * switch has taken it, and throws `unavailable` while the link is down (a resync will repeat what still matters).
 * What an order brings about is not reported back as an event, except how a dialled leg fares.
 */
export interface SwitchOrders {
  /**
   * Makes a leg, unless it exists. Of two legs of one call that are both to be made, the second is dialled when the first is through.
   * A line that cannot be reached, or a number that does not exist, is an event, not an error.
   */
  dial(order: DialOrder): Promise<void>;
  answer(leg: LegRef): Promise<void>;
  hangup(leg: LegRef): Promise<void>;
  hold(leg: LegRef): Promise<void>;
  retrieve(leg: LegRef): Promise<void>;
  mute(leg: LegRef, muted: boolean): Promise<void>;
  sendDtmf(leg: LegRef, digits: string): Promise<void>;
  /** These legs, and only these, hear each other; a leg leaves the bridge it was in. Fewer than two: no bridge. */
  bridge(call: { readonly tenant: string; readonly call: string }, legs: readonly string[]): Promise<void>;
  /** What a leg hears while it is in no conversation. */
  play(leg: LegRef, heard: Heard): Promise<void>;
  /**
   * The leg, which is in no bridge, hears whoever talks in the call; the leg `speaksTo` alone hears it, or nobody does.
   * `call` null: it hears nothing any more.
   */
  monitor(leg: LegRef, call: string | null, speaksTo: string | null): Promise<void>;
  record(call: { readonly tenant: string; readonly call: string }, recording: 'on' | 'paused' | 'off'): Promise<void>;
}

/** A leg that the log says exists, for `Switch.legs`. */
export interface ExpectedLeg extends LegRef {
  readonly call: string;
  readonly number: string;
  readonly line?: string;
  readonly state: Exclude<LegState, 'released'>;
  readonly incoming: boolean;
  /** The leg whose connection it uses. */
  readonly shares?: string;
}

/** A leg that exists. */
export interface LiveLeg extends LegRef {
  readonly state: 'dialing' | 'ringing' | 'up';
  readonly held: boolean;
  /** Of one that called us. */
  readonly incoming?: IncomingCall;
}

export interface Switch extends SwitchOrders {
  /**
   * What exists now. A switch that keeps nothing of its own over a restart (the simulated one) takes up those expected legs
   * that were through, as a network would have kept them.
   */
  legs(expected: readonly ExpectedLeg[]): Promise<readonly LiveLeg[]>;
  /** One listener. Events before it listens are lost, like those of a broken link. */
  listen(listener: SwitchListener): void;
  /** Takes no more orders and reports nothing more. */
  close(): Promise<void>;
}

/** Somebody calls: from outside, or from a phone of ours that dialled. */
export interface IncomingCall extends LegRef {
  /** Id that the call is to have; made of the leg's when the switch does not care. */
  readonly call?: string;
  readonly from: string;
  readonly fromName?: string;
  /** Set when a phone of ours calls. */
  readonly line?: string;
  /** As dialled. */
  readonly to: string;
  /** Digits dialled after that, such as an access code. */
  readonly code?: string;
}

export type SwitchEvent =
  | ({ readonly kind: 'incoming' } & IncomingCall)
  | ({ readonly kind: 'ringing' | 'answered' } & LegRef)
  /** The phone's own hold key. `order` rises with every such event of a leg, in the order it happened. */
  | ({ readonly kind: 'held' | 'retrieved'; readonly order: number } & LegRef)
  | ({
      readonly kind: 'failed';
      readonly cause: 'busy' | 'noAnswer' | 'rejected' | 'unreachable' | 'failed';
    } & LegRef)
  | ({ readonly kind: 'ended' } & LegRef)
  /**
   * The phone transferred by itself (SIP REFER): those it talks with go to the number `to`, or, with `onto`, to the people of
   * another leg it has. The leg is there until it is told to hang up; the switch moves nobody. False: refused.
   */
  | ({ readonly kind: 'transferred'; readonly order: number } & LegRef &
      ({ readonly to: string } | { readonly onto: string }))
  | ({ readonly kind: 'dtmf'; readonly digits: string; readonly order: number } & LegRef)
  | { readonly kind: 'line'; readonly tenant: string; readonly line: string; readonly reachable: boolean };

export interface SwitchListener {
  /** Resolves when what it means is recorded, or refused; false when it changed nothing. Never rejects. */
  event(event: SwitchEvent): Promise<boolean>;
  /** The link is there again: whatever was missed has to be made up for. */
  up(): void;
}
