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
