/**
 * Everything the GWS dialect can refuse or fail at, as status code and HTTP status (genesys.md §1.0.1). The only place of
 * this dialect that knows an HTTP status of an error; total over the codes of the house, which the compiler checks.
 * An error holds `statusCode` and `statusMessage` and nothing else (R4).
 */
import { FAILURES, type FailureCode, isFailure } from '../../errors.ts';
import { describeProblem, type InputProblem } from '../../http/parsed.ts';
import type { Rejection } from '../../model/command.ts';
import type { GwsOptions } from './options.ts';

/** A request that is not answered with what it asked for. */
export type Refusal =
  | { readonly kind: 'urlTooLong' }
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'tooManyTries'; readonly retryMs: number }
  /** Known, but without the role for it. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'csrf' }
  /** He has to choose a password before anything else (`ext`). */
  | { readonly kind: 'passwordChange' }
  | { readonly kind: 'input'; readonly problem: InputProblem }
  | { readonly kind: 'missing'; readonly parameter: string }
  /** A parameter that is there and cannot be taken. */
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'readOnly'; readonly property: string }
  | { readonly kind: 'unsupported'; readonly operation: string }
  /** The operation exists, but not as things are. */
  | { readonly kind: 'notNow'; readonly message: string }
  | { readonly kind: 'notFound'; readonly resource: string; readonly id: string }
  | { readonly kind: 'exists'; readonly message: string }
  | { readonly kind: 'inUse'; readonly message: string }
  /** The contact centre has bought no more of it. */
  | { readonly kind: 'licensed'; readonly message: string }
  | { readonly kind: 'backendDown'; readonly message: string }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  /** The Idempotency-Key stands for something else. */
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'noRoute' }
  | { readonly kind: 'noMethod'; readonly allow: readonly string[] };

export interface ErrorAnswer {
  readonly http: number;
  /** Zero only for the one answer that is no JSON. */
  readonly code: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Profile = Pick<GwsOptions, 'profile' | 'authFailureHttp'>;

const MISSING = 1;
const NOT_VALID = 2;
const FORBIDDEN = 3;
const INTERNAL = 4;
const NO_PERMISSION = 5;
const NOT_FOUND = 6;
/** Only in `ext`. */
const EXT = {
  passwordChange: 8,
  incomplete: 9,
  validation: 10,
  readOnly: 11,
  exists: 18,
  inUse: 19,
  stranger: 20,
} as const;

const RETRY_AFTER_S = '1';

const INPUT: Record<InputProblem['code'], readonly [http: number, code: number]> = {
  bodyTooLarge: [413, FORBIDDEN],
  bodyEncoded: [415, FORBIDDEN],
  bodyNotJson: [400, MISSING],
  bodyTooComplex: [400, FORBIDDEN],
  bodyIncomplete: [400, MISSING],
  mediaType: [415, FORBIDDEN],
  badPath: [404, NOT_FOUND],
  badParameter: [400, NOT_VALID],
  badFields: [400, NOT_VALID],
};

const REJECTED: Record<Rejection['code'], readonly [http: number, code: number]> = {
  reason: [400, NOT_VALID],
  unhandled: [400, NOT_VALID],
  guard: [400, NOT_VALID],
  unknownActor: [404, NOT_FOUND],
  finished: [404, NOT_FOUND],
  badEvent: [400, NOT_VALID],
  staleTimer: [400, NOT_VALID],
  tooLarge: [413, FORBIDDEN],
};

const FAILED: Record<FailureCode, readonly [http: number, code: number]> = {
  unavailable: [503, INTERNAL],
  outcomeUnknown: [503, INTERNAL],
  overloaded: [503, INTERNAL],
  logBehind: [503, INTERNAL],
  recordInvalid: [500, INTERNAL],
  serverUnfit: [503, INTERNAL],
  alreadyRunning: [503, INTERNAL],
  machineTooOld: [503, INTERNAL],
  badConfiguration: [500, INTERNAL],
  momentUnavailable: [404, NOT_FOUND],
};

export function refusalAnswer(refusal: Refusal, { profile, authFailureHttp }: Profile): ErrorAnswer {
  const inExt = (ext: number, seed: number): number => (profile === 'ext' ? ext : seed);
  switch (refusal.kind) {
    case 'urlTooLong':
      return answer(414, FORBIDDEN, 'Request URL exceeds 2000 characters');
    case 'unauthenticated':
      return answer(authFailureHttp, inExt(EXT.stranger, NO_PERMISSION), 'Access denied');
    case 'tooManyTries':
      return answer(429, inExt(EXT.stranger, NO_PERMISSION), 'Access denied: too many failed attempts', {
        'Retry-After': String(Math.ceil(refusal.retryMs / 1000)),
      });
    case 'forbidden':
      return answer(403, NO_PERMISSION, 'User does not have permission to perform this operation');
    case 'csrf':
      return answer(403, 0, 'Missing or invalid Csrf token');
    case 'passwordChange':
      return answer(403, inExt(EXT.passwordChange, FORBIDDEN), 'Password change required');
    case 'input':
      return inputAnswer(refusal.problem, inExt(EXT.validation, NOT_VALID));
    case 'missing':
      return answer(400, MISSING, `Missing required parameter: ${refusal.parameter}`);
    case 'invalid':
      return answer(400, inExt(EXT.validation, NOT_VALID), refusal.message);
    case 'readOnly':
      return answer(403, inExt(EXT.readOnly, FORBIDDEN), `Property '${refusal.property}' cannot be changed`);
    case 'unsupported':
      return answer(400, NOT_VALID, `Operation '${refusal.operation}' is not supported`);
    case 'notNow':
      return answer(400, NOT_VALID, refusal.message);
    case 'notFound':
      return answer(404, NOT_FOUND, `${refusal.resource} with id '${refusal.id}' not found`);
    case 'exists':
      return answer(403, inExt(EXT.exists, FORBIDDEN), refusal.message);
    case 'inUse':
      return answer(403, inExt(EXT.inUse, FORBIDDEN), refusal.message);
    case 'licensed':
      return answer(403, FORBIDDEN, refusal.message);
    case 'backendDown':
      return answer(500, INTERNAL, refusal.message);
    case 'rejected':
      return rejectionAnswer(refusal.rejection, inExt(EXT.inUse, FORBIDDEN));
    case 'keyReused':
      return answer(400, NOT_VALID, 'Idempotency-Key was used for another request');
    case 'noRoute':
      return answer(404, NOT_FOUND, 'Resource not found');
    case 'noMethod':
      return answer(405, FORBIDDEN, 'Method not allowed', { Allow: refusal.allow.join(', ') });
  }
}

/** A throw: a failure of the house in its own words, anything else as a 500 that tells nothing. */
export function failureAnswer(error: unknown, { profile }: Profile): ErrorAnswer {
  if (!isFailure(error)) return answer(500, INTERNAL, 'Internal error');
  const [http, code] = FAILED[error.code];
  const told = error.code === 'outcomeUnknown' && profile === 'ext' ? EXT.incomplete : code;
  return answer(http, told, error.message, FAILURES[error.code] === 'same' ? { 'Retry-After': RETRY_AFTER_S } : {});
}

function inputAnswer(problem: InputProblem, validation: number): ErrorAnswer {
  const [http, code] = INPUT[problem.code];
  if (problem.code === 'bodyNotJson') return answer(http, code, 'Request body is not valid JSON');
  return answer(http, problem.code === 'badFields' ? validation : code, describeProblem(problem));
}

function rejectionAnswer(rejection: Rejection, inUse: number): ErrorAnswer {
  const [http, code] = REJECTED[rejection.code];
  if (rejection.code === 'reason' && rejection.event === 'remove')
    return answer(403, inUse, describeRejection(rejection));
  return answer(http, code, describeRejection(rejection));
}

/** One sentence. */
function describeRejection(rejection: Rejection): string {
  switch (rejection.code) {
    case 'reason':
      return REASONS[rejection.reason] ?? `Not possible at present: ${rejection.reason}`;
    case 'unhandled':
    case 'guard':
      return 'Operation is not valid for the current state';
    case 'unknownActor':
    case 'finished':
      return 'Resource not found';
    case 'badEvent':
      return `Parameter is not valid: ${rejection.problems.join('; ')}`;
    case 'staleTimer':
      return 'Too late';
    case 'tooLarge':
      return `More data than the resource can hold (${rejection.bytesMax} bytes)`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  noLine: 'User has no voice device',
  signedOut: 'User is not logged in',
  signedInOnAnotherLine: 'User is logged in on another device',
  noDestination: 'Missing a number to forward to',
  busy: 'Resource is in use',
  changed: 'Resource was changed at the same time',
  unknownKey: 'The call has no such user data',
  userDataTooLarge: 'More user data than a call can hold',
  unknownConsult: 'There is no such consult of this call',
};

function answer(
  http: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ErrorAnswer {
  return { http, code, message, headers };
}
