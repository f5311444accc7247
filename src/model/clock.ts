/**
 * Time as a thing passed in. The system clock, or a manual one that stands still until it is advanced.
 * Nothing but main.ts makes one.
 */

export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Calls `wake` once, at or soon after `at`; the returned function takes it back. */
  at(at: number, wake: () => void): () => void;
}

/**
 * A record that is further ahead of the clock was written by a clock that was wrong, or forged. Who goes on from it goes by the
 * clock: else his time, and by and by that of everybody he has to do with, would stand still until then, and no timer fire.
 * Only so does an actor ever go back in time, by more than this.
 */
export const AHEAD_MS_MAX = 3_600_000;
