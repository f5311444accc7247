/**
 * The four verbs everything above the runtime works with, and where things stand. Implemented by runtime.ts.
 */
import type { ActorId } from './actor-id.ts';
import type { Command, Outcome } from './command.ts';
import type { Position } from './position.ts';
import type { HeldView, View } from './projection.ts';
import type { LoggedTransition } from './transition.ts';

/** A past moment: a log position, or a time in ms since 1970. */
export type Moment = { readonly position: Position } | { readonly time: number };

export interface FollowOptions {
  /** Records after this position are delivered; `'now'`: only what is recorded from now on. */
  readonly after: Position | 'now';
  /** Only records for which it is true reach `deliver`. Cheap and pure. */
  readonly only?: (record: LoggedTransition) => boolean;
  /**
   * Also records that this process has stored and that queries do not show yet: for who has all he needs in memory, and
   * must be quick.
   */
  readonly ahead?: boolean;
  /**
   * Takes records in log order, whole commands at a time. While it is pending nothing more is delivered to this
   * follower; others are not held up. A throw ends the follower with that error.
   */
  deliver(records: readonly LoggedTransition[]): void | Promise<void>;
}

export interface ReplayRange {
  readonly after: Position;
  readonly upTo: Position;
  readonly of?: ActorId;
  /** Only records of actors of this tenant: cheaper than leaving out the others afterwards. */
  readonly tenant?: string;
}

export interface Following {
  /** Position up to which everything was delivered or filtered out. */
  readonly position: Position;
  /** Settles when the follower has ended: stopped (resolves) or failed (rejects). No outage of the log ends it. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** How long a command is waited for: until it is on disk, or until queries see it as well. */
export type Until = 'durable' | 'projected';

export interface Runtime {
  /**
   * Records a command, or says why not. Resolves once it is durable and, unless `until` says otherwise, projected (so that
   * a query made afterwards sees it, or what it was refused for; within a bound, past which it resolves all the same). Throws LedgerlineError `unavailable`, `outcomeUnknown`, `overloaded`, `logBehind`.
   */
  submit(command: Command, until?: Until): Promise<Outcome>;
  /**
   * The view to ask: the live one (at once), or one of the past, which takes its room until it is disposed of. Throws
   * `momentUnavailable`, `overloaded`.
   */
  query(moment?: Moment): Promise<HeldView>;
  /** Where the log stood at a time, ms since 1970: its last record by then, 0 before the first. Throws `momentUnavailable`. */
  positionAt(time: number): Promise<Position>;
  /** The live view, for callers that cannot wait. */
  readonly live: View;
  /** Records after this position can be followed and replayed: 0 unless archived ones are not at hand. */
  readonly reach: Position;
  /** Delivers the valid records of the log as they are projected, or sooner (`FollowOptions.ahead`). */
  follow(options: FollowOptions): Following;
  /** Reads the valid records in log order, from `after` (exclusive) to `upTo` (inclusive), oldest first; with `of`, one actor's. */
  replay(range: ReplayRange): AsyncIterable<LoggedTransition>;
}
