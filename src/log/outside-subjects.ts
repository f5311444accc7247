/**
 * What a program outside may see of the log, and the names on the server that this comes to. Words only: the consumers are
 * made by outside-consumers.ts, who may listen is written by src/nats/accounts.ts.
 */
import { LIVE_PREFIX, STREAM } from './subjects.ts';

/** What a consumer may see: public records of one tenant, of these kinds or, when there are none, of all. */
export interface OutsideScope {
  readonly tenant: string;
  /** Unique in the tenant. With `tenant` and `kinds` a plain token: no wildcard can hide in it. */
  readonly name: string;
  readonly kinds: readonly string[];
}

/** No token holds `=`, so two scopes never share a name. */
export function consumerNameOf({ tenant, name }: OutsideScope): string {
  return `${tenant}=${name}`;
}

export function deliverSubjectOf(scope: OutsideScope): string {
  return `deliver.${consumerNameOf(scope)}`;
}

export function ackSubjectOf(scope: OutsideScope): string {
  return `$JS.ACK.${STREAM}.${consumerNameOf(scope)}.>`;
}

export function recordSubjectsOf({ tenant, kinds }: OutsideScope): readonly string[] {
  return kinds.length === 0 ? [`evt.${tenant}.>`] : kinds.map((kind) => `evt.${tenant}.${kind}.>`);
}

export function liveSubjectsOf(scope: OutsideScope): readonly string[] {
  return recordSubjectsOf(scope).map((subject) => LIVE_PREFIX + subject);
}
