/**
 * What a program outside may see of the log, and the names on the server that this comes to. Words only: the consumers are
 * made by outside-consumers.ts, who may use which subject is written by src/nats/accounts.ts.
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

const SIDES = ['=a', '=b'];

/** The two durables that take turns at being a consumer: the next session has the one that the last session had not. */
export function durableNamesOf(scope: OutsideScope): readonly string[] {
  return SIDES.map((side) => consumerNameOf(scope) + side);
}

/** The consumer that a durable belongs to, by its name; a durable that was made by other means is its own. */
export function consumerOfDurable(name: string): string {
  return SIDES.some((side) => name.endsWith(side)) ? name.slice(0, -2) : name;
}

const RESUME = 'resume.';

/** A request here begins a session. */
export function resumeSubjectOf(scope: OutsideScope): string {
  return RESUME + consumerNameOf(scope);
}

export const RESUME_SUBJECTS = `${RESUME}*`;

export function consumerOfResumeSubject(subject: string): string {
  return subject.slice(RESUME.length);
}

/** Where the records of a session go; `*`: of every session. */
export function deliverSubjectOf(scope: OutsideScope, session: string): string {
  return `deliver.${consumerNameOf(scope)}.${session}`;
}

export function ackSubjectsOf(scope: OutsideScope): readonly string[] {
  return durableNamesOf(scope).map((name) => `$JS.ACK.${STREAM}.${name}.>`);
}

export function recordSubjectsOf({ tenant, kinds }: OutsideScope): readonly string[] {
  return kinds.length === 0 ? [`evt.${tenant}.>`] : kinds.map((kind) => `evt.${tenant}.${kind}.>`);
}

export function liveSubjectsOf(scope: OutsideScope): readonly string[] {
  return recordSubjectsOf(scope).map((subject) => LIVE_PREFIX + subject);
}
