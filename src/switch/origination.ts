/**
 * Somebody dials a number through an API: the one way in which every dialect makes such a call, so that a line, a queue,
 * an access number, the world outside and a number that leads nowhere are the same for all of them. Pure.
 * A queue, a forward or a line that wants no calls shows when its number is about to be dialled: see diversion.ts.
 */
import type { End } from '../../machines/call/parts.ts';
import type { Delivery } from '../model/command.ts';
import type { JsonObject } from '../model/json.ts';
import { directionTo, endAt } from './destinations.ts';
import type { Directory } from './directory.ts';

export interface Dialled {
  readonly tenant: string;
  /** Id of the call to be. Its legs are named after it. */
  readonly call: string;
  /** Sanitised. */
  readonly number: string;
  /** Who dials, and on which of our lines. */
  readonly caller: Omit<End, 'leg' | 'line'> & { readonly line: string };
  /** His own phone rings, and the number is dialled when he picks up; else it goes off hook by itself. */
  readonly ringFirst?: boolean;
  readonly userData?: JsonObject;
}

export function origination(directory: Directory, dialled: Dialled): Delivery {
  const { tenant, call, number, caller, ringFirst, userData } = dialled;
  const there = directory.resolve(tenant, number);
  const event = {
    type: 'originate',
    direction: directionTo(there),
    to: number,
    caller: { ...endAt(directory.resolve(tenant, caller.line), `${call}-1`), ...caller },
    target: { ...endAt(there, `${call}-2`) },
    ...(ringFirst === undefined ? {} : { ringFirst }),
    ...(userData === undefined ? {} : { userData }),
  };
  return { to: { tenant, kind: 'call', id: call }, event };
}
