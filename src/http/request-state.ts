/**
 * What the server puts on `ctx.state` before a dialect sees the request.
 */
import type { RequestTrace } from './trace.ts';

export interface RequestState {
  readonly trace: RequestTrace;
  /** A dialect may tell who asked; the access log then says so. */
  by?: string;
}
