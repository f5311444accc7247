/**
 * Everything the native API can refuse or fail at, as RFC 9457 problem documents. The only place of this dialect that
 * knows an HTTP status; total over the codes of the house, which the compiler checks. Paths that no dialect owns, and
 * a server that is starting or draining, are answered in this form too.
 */
import { maxHeaderSize } from 'node:http';
import { FAILURES, type FailureCode, isFailure } from '../../errors.ts';
import { describeProblem, type InputProblem } from '../../http/parsed.ts';
import type { TextAnswer } from '../../http/text-answer.ts';
import { formatActor } from '../../model/actor-id.ts';
import type { Rejection } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import { describeRejection, toldDetails, wordsOf } from './rejection-words.ts';

/** A request that is not answered with what it asked for. */
export type Refusal =
  | { readonly kind: 'input'; readonly problem: InputProblem }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  /** No usable credentials came with the request. */
  | { readonly kind: 'unauthenticated' }
  /** Known, but not for this: a scope is missing. */
  | { readonly kind: 'forbidden'; readonly scope: string }
  /** Nothing there, or nothing this caller may know of. */
  | { readonly kind: 'unknown'; readonly what: string }
  /** This server does not offer it as it is configured. */
  | { readonly kind: 'notOffered'; readonly why: string }
  /** The Idempotency-Key belongs to another command. */
  | { readonly kind: 'keyReused' }
  /** Nothing there to do it to, or somebody was faster. */
  | { readonly kind: 'conflict'; readonly why: string }
  /** The path speaks another protocol than plain HTTP. */
  | { readonly kind: 'upgrade'; readonly protocol: string }
  /** What came is no request that can be answered. */
  | { readonly kind: 'unreadable'; readonly why: Unreadable }
  | { readonly kind: 'noRoute' }
  | { readonly kind: 'noMethod'; readonly allow: readonly string[] };

export type Unreadable = 'malformed' | 'headersTooLarge' | 'requestLate' | 'noHost' | 'expectation';

const REJECTED: Record<Rejection['code'], number> = {
  reason: 409,
  unhandled: 409,
  guard: 409,
  unknownActor: 404,
  finished: 410,
  badEvent: 400,
  staleTimer: 409,
  tooLarge: 413,
};

const INPUT: Record<InputProblem['code'], number> = {
  bodyTooLarge: 413,
  bodyEncoded: 415,
  bodyNotJson: 400,
  bodyTooComplex: 400,
  bodyIncomplete: 400,
  mediaType: 415,
  badPath: 400,
  badParameter: 400,
  badFields: 400,
};

const FAILED: Record<FailureCode, number> = {
  unavailable: 503,
  outcomeUnknown: 503,
  overloaded: 503,
  logBehind: 503,
  recordInvalid: 500,
  serverUnfit: 503,
  alreadyRunning: 503,
  machineTooOld: 503,
  badConfiguration: 500,
  momentUnavailable: 404,
};

const REFUSED = {
  unauthenticated: 401,
  forbidden: 403,
  unknown: 404,
  notOffered: 409,
  conflict: 409,
  keyReused: 422,
  upgrade: 426,
  noRoute: 404,
  noMethod: 405,
} as const;

const UNREADABLE: Record<Unreadable, readonly [status: number, detail: string]> = {
  malformed: [400, 'This is no HTTP/1.1 request.'],
  headersTooLarge: [431, `Address and headers of a request may have ${maxHeaderSize} bytes together.`],
  requestLate: [408, 'The request did not arrive in time.'],
  noHost: [400, 'A request of HTTP/1.1 names its Host.'],
  expectation: [417, 'Expect may say 100-continue, and nothing else.'],
};

const RETRY_AFTER_S = '1';
const BROKEN = 500;

export function refusalProblem(refusal: Refusal): TextAnswer {
  switch (refusal.kind) {
    case 'input':
      return inputProblem(refusal.problem);
    case 'rejected':
      return rejectionProblem(refusal.rejection);
    case 'unauthenticated':
      return problem(REFUSED.unauthenticated, 'unauthenticated', 'Send Authorization: Bearer <token>.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="ledgerline"' },
      });
    case 'forbidden':
      return problem(REFUSED.forbidden, 'forbidden', `The token lacks the scope ${refusal.scope}.`);
    case 'unknown':
      return problem(REFUSED.unknown, 'unknown', `There is no ${refusal.what}.`);
    case 'notOffered':
      return problem(REFUSED.notOffered, 'notOffered', refusal.why);
    case 'conflict':
      return problem(REFUSED.conflict, 'conflict', refusal.why);
    case 'keyReused':
      return problem(
        REFUSED.keyReused,
        'keyReused',
        'This Idempotency-Key was used for another request; take a new one.',
      );
    case 'upgrade':
      return problem(REFUSED.upgrade, 'upgrade', `This path speaks ${refusal.protocol}.`, {
        headers: { Connection: 'Upgrade', Upgrade: refusal.protocol },
      });
    case 'unreadable':
      return problem(UNREADABLE[refusal.why][0], refusal.why, UNREADABLE[refusal.why][1]);
    case 'noRoute':
      return problem(
        REFUSED.noRoute,
        'noRoute',
        'Nothing is served at this path; /openapi.json says what is, and /console is for people.',
      );
    case 'noMethod':
      return problem(REFUSED.noMethod, 'noMethod', `This path takes ${refusal.allow.join(', ')}.`, {
        headers: { Allow: refusal.allow.join(', ') },
      });
  }
}

/** A kind of request, as far as it decides what it can be refused with. */
export interface Refusable {
  readonly isCommand: boolean;
  readonly hasBody: boolean;
  /** Names a moment, by As-Of or otherwise. */
  readonly namesMoment: boolean;
  readonly isUpgrade: boolean;
}

const BODY_PROBLEMS: readonly InputProblem['code'][] = [
  'bodyTooLarge',
  'bodyEncoded',
  'bodyNotJson',
  'bodyTooComplex',
  'bodyIncomplete',
  'mediaType',
  'badFields',
];

/** The codes that such a request can be answered with instead of what it asked for, by their status. */
export function codesOf({
  isCommand,
  hasBody,
  namesMoment,
  isUpgrade,
}: Refusable): ReadonlyMap<number, readonly string[]> {
  const statuses: Readonly<Record<string, number>> = { ...INPUT, ...FAILED, ...REJECTED, ...REFUSED, internal: BROKEN };
  const not = new Set<string>(['noRoute', 'noMethod', 'alreadyRunning', 'badConfiguration']);
  if (!hasBody) for (const code of BODY_PROBLEMS) not.add(code);
  if (!namesMoment) not.add('momentUnavailable');
  if (!isUpgrade) not.add('upgrade');
  if (!isCommand) for (const code of [...Object.keys(REJECTED), ...COMMAND_CODES]) not.add(code);
  const codes = Object.keys(statuses).filter((code) => !not.has(code));
  return new Map([...Map.groupBy(codes, (code) => statuses[code] ?? BROKEN)].sort(([a], [b]) => a - b));
}

const COMMAND_CODES = ['notOffered', 'conflict', 'keyReused', 'outcomeUnknown', 'overloaded', 'machineTooOld'] as const;

/** A throw: a failure of the house in its own words, anything else as a 500 that tells nothing. */
export function failureProblem(error: unknown): TextAnswer {
  if (!isFailure(error)) return problem(BROKEN, 'internal', 'Something broke; the log of the server says what.');
  const headers = FAILURES[error.code] === 'same' ? { 'Retry-After': RETRY_AFTER_S } : {};
  return problem(FAILED[error.code], error.code, error.message, { headers, more: { retry: error.retry } });
}

function inputProblem(input: InputProblem): TextAnswer {
  const more: JsonObject = input.code === 'badFields' ? { problems: input.problems.map((one) => ({ ...one })) } : {};
  return problem(INPUT[input.code], input.code, describeProblem(input), { more });
}

function rejectionProblem(rejection: Rejection): TextAnswer {
  const more: Record<string, JsonObject[string]> = { actor: formatActor(rejection.actor), event: rejection.event };
  if (rejection.code === 'reason') {
    more.reason = rejection.reason;
    const details = toldDetails(rejection);
    if (details !== undefined) more.details = details;
  }
  if (rejection.code === 'badEvent') more.problems = [...rejection.problems];
  if (rejection.code === 'guard') more.guards = [...rejection.guards];
  return problem(REJECTED[rejection.code], rejection.code, describeRejection(rejection), { more });
}

function problem(
  status: number,
  code: string,
  detail: string,
  { headers = {}, more = {} }: { headers?: Readonly<Record<string, string>>; more?: JsonObject } = {},
): TextAnswer {
  const body = { type: `urn:ledgerline:problem:${code}`, title: titleOf(code), status, detail, code, ...more };
  const whole = { 'Cache-Control': 'no-store', ...headers, 'Content-Type': 'application/problem+json' };
  return { status, headers: whole, text: JSON.stringify(body) };
}

/** `bodyTooLarge` -> `Body too large`. */
function titleOf(code: string): string {
  const words = wordsOf(code);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
