/**
 * What this dialect asks of calls, as a port: queries on a view, answered by the projection of calls.
 */
import type { CallContext } from '../../../machines/call/context.ts';
import type { View } from '../../model/projection.ts';

export interface CallRecord {
  readonly tenant: string;
  readonly id: string;
  /** `created`, `dialing`, `ringing`, `queued`, `offered`, `established`, `held` or `ended`. */
  readonly stage: string;
  readonly context: CallContext;
}

export interface CallSearch {
  readonly tenant: string;
  /** Number of the caller, and the number dialled: both exact. */
  readonly from: string;
  readonly to: string;
  /** ms since 1970, both inclusive. */
  readonly startedFrom: number;
  readonly startedTo: number;
  readonly limit: number;
}

export interface CallRecords {
  /** Live or ended. */
  call(view: View, tenant: string, id: string): CallRecord | undefined;
  /** Those that are not over, the one that began first comes first. */
  live(view: View, tenant: string): readonly CallRecord[];
  /** Those of all tenants that wait in a queue, or are offered from one. */
  waiting(view: View): readonly CallRecord[];
  /** Live and ended ones, the one that began first comes first. */
  search(view: View, search: CallSearch): readonly CallRecord[];
}
