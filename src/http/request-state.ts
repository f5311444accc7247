/**
 * What the server puts on `ctx.state` before a dialect sees the request.
 */
import type { Dialect } from './dialect.ts';
import type { RequestTrace } from './trace.ts';

export interface RequestState {
  readonly trace: RequestTrace;
  /** Whose path it is; undefined: nobody's. */
  readonly owner: Dialect | undefined;
  /** Headers that every answer carries unless it says otherwise itself. */
  readonly standing: Readonly<Record<string, string>>;
  /** A client that takes nothing of its answer for so long is cut off. */
  readonly stalledMs: number;
  /** What the answer is made from; let go of when it is made. */
  readonly held: DisposableStack;
  /** A dialect may tell who asked; the access log then says so. */
  by?: string;
}
