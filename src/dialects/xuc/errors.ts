/**
 * Everything the XUC dialect can refuse or fail at: its code, and the HTTP status of each code in one table. The only place
 * of this dialect that knows the status of an error; total over the codes of the house, which the compiler checks.
 * The document prints statuses for contacts, qualifications and mobile push; those of authentication and of 1.0 are ours.
 */
import { FAILURES, type FailureCode, isFailure } from '../../errors.ts';
import type { Submitted } from '../../http/command-id.ts';
import { describeProblem, type InputProblem } from '../../http/parsed.ts';
import type { Rejection } from '../../model/command.ts';

export const STATUS = {
  /** Authentication. */
  InvalidCredentials: 401,
  InvalidJson: 400,
  UnhandledError: 500,
  UserNotFound: 404,
  SsoAuthenticationFailed: 401,
  CasServerUrlNotSet: 500,
  CasServerInvalidResponse: 502,
  CasServerInvalidParameter: 400,
  CasServerInvalidRequest: 400,
  CasServerInvalidTicketSpec: 400,
  CasServerUnauthorizedServiceProxy: 401,
  CasServerInvalidProxyCallback: 401,
  CasServerInvalidTicket: 401,
  CasServerInvalidService: 401,
  CasServerInternalError: 502,
  OidcNotEnabled: 500,
  OidcInvalidParameter: 400,
  OidcAuthenticationFailed: 401,
  InvalidToken: 401,
  BearerNotFound: 401,
  AuthorizationHeaderNotFound: 401,
  TokenExpired: 401,
  /** Personal contacts. */
  InvalidContact: 400,
  ContactNotFound: 404,
  DuplicateContact: 409,
  JsonParsingError: 500,
  /** Qualifications and mobile push. */
  JsonBodyNotFound: 400,
  JsonErrorDecoding: 400,
  /** Whatever is behind. */
  Unreachable: 503,
  NotHandledError: 500,
  /** 1.0 and paths that are not there. */
  Forbidden: 403,
  InvalidRequest: 400,
  AgentNotFound: 404,
  NotFound: 404,
  MethodNotAllowed: 405,
} as const;

export type XucCode = keyof typeof STATUS;

/** A request that is not answered with what it asked for. */
export interface Refusal {
  readonly code: XucCode;
  readonly message: string;
  /** Where it is not the code's own. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The words a part of the document has for what can go wrong in every part. */
export interface Family {
  readonly notJson: XucCode;
  /** JSON that lacks a field, or has one of another type. */
  readonly badFields: XucCode;
  readonly invalid: XucCode;
  /** The log cannot be reached, and the same request may work later. */
  readonly unreachable: XucCode;
  readonly failed: XucCode;
}

export const AUTHENTICATION: Family = {
  notJson: 'InvalidJson',
  badFields: 'InvalidJson',
  invalid: 'InvalidJson',
  unreachable: 'UnhandledError',
  failed: 'UnhandledError',
};

export const CONTACTS: Family = {
  notJson: 'JsonParsingError',
  badFields: 'InvalidContact',
  invalid: 'InvalidContact',
  unreachable: 'Unreachable',
  failed: 'NotHandledError',
};

export const QUALIFICATIONS: Family = {
  notJson: 'JsonErrorDecoding',
  badFields: 'JsonErrorDecoding',
  invalid: 'JsonErrorDecoding',
  unreachable: 'Unreachable',
  failed: 'NotHandledError',
};

export const MOBILE: Family = { ...QUALIFICATIONS, unreachable: 'NotHandledError' };

export const DEPRECATED: Family = {
  notJson: 'InvalidJson',
  badFields: 'InvalidJson',
  invalid: 'InvalidRequest',
  unreachable: 'Unreachable',
  failed: 'NotHandledError',
};

const KEY_REUSED = 'Idempotency-Key was used for another request';

const RETRY_AFTER: Readonly<Record<string, string>> = { 'Retry-After': '1' };

const INPUT: Record<InputProblem['code'], { readonly word: keyof Family; readonly status?: number }> = {
  bodyTooLarge: { word: 'invalid', status: 413 },
  bodyEncoded: { word: 'invalid', status: 415 },
  bodyNotJson: { word: 'notJson' },
  bodyTooComplex: { word: 'notJson' },
  bodyIncomplete: { word: 'notJson' },
  mediaType: { word: 'invalid', status: 415 },
  badPath: { word: 'invalid' },
  badParameter: { word: 'invalid' },
  badFields: { word: 'badFields' },
};

const FAILED: Record<FailureCode, 'unreachable' | 'failed' | 'invalid'> = {
  unavailable: 'unreachable',
  outcomeUnknown: 'unreachable',
  overloaded: 'unreachable',
  logBehind: 'unreachable',
  recordInvalid: 'failed',
  serverUnfit: 'unreachable',
  alreadyRunning: 'failed',
  machineTooOld: 'unreachable',
  badConfiguration: 'failed',
  momentUnavailable: 'invalid',
};

export function refusal(code: XucCode, message: string, headers: Refusal['headers'] = {}): Refusal {
  return { code, message, headers };
}

/** Trying is slowed down. The document has no code for it, so the status and the message tell it apart. */
export function tooManyTries(retryMs: number, code: XucCode = 'InvalidCredentials'): Refusal {
  const seconds = Math.ceil(retryMs / 1000);
  return {
    code,
    message: `Too many failed logins: try again in ${seconds} s`,
    status: 429,
    headers: { 'Retry-After': String(seconds) },
  };
}

export function inputRefusal(problem: InputProblem, family: Family): Refusal {
  const { word, status } = INPUT[problem.code];
  const message = describeProblem(problem);
  return { code: family[word], message, ...(status === undefined ? {} : { status }) };
}

/** A throw: a failure of the house in its own words; anything else tells the client nothing. */
export function failureRefusal(error: unknown, family: Family): Refusal {
  if (!isFailure(error)) return refusal(family.failed, 'Internal error');
  const headers = FAILURES[error.code] === 'same' ? RETRY_AFTER : {};
  return refusal(family[FAILED[error.code]], error.message, headers);
}

/** Why a command of a request was not recorded. */
export function unrecordedRefusal(outcome: Exclude<Submitted, { kind: 'accepted' }>, family: Family): Refusal {
  const reused = outcome.kind === 'keyReused';
  return refusal(family.invalid, reused ? KEY_REUSED : describeRejection(outcome.rejection));
}

/** One sentence; also the text of an Error frame. */
export function describeRejection(rejection: Rejection): string {
  switch (rejection.code) {
    case 'reason':
      return REASONS[rejection.reason] ?? `Not possible at present: ${rejection.reason}`;
    case 'unhandled':
    case 'guard':
      return 'Not possible at present';
    case 'unknownActor':
    case 'finished':
      return 'There is no such object (any more)';
    case 'badEvent':
      return rejection.problems.join('; ');
    case 'staleTimer':
      return 'Too late';
    case 'tooLarge':
      return `More data than can be kept (${rejection.bytesMax} bytes)`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  noLine: 'The user has no line',
  signedOut: 'The agent is not logged in',
  signedInOnAnotherLine: 'The agent is logged in on another line',
  noDestination: 'A forward needs a destination',
  changed: 'It was changed at the same time: try again',
  ended: 'The call is over',
  nobodyElse: 'There is nobody else in the call',
  noConsult: 'No attended transfer was begun',
  notEstablished: 'The call is not established',
  notRinging: 'Nothing rings',
  notWaiting: 'No such call waits in a queue',
  userDataTooLarge: 'More variables than a call can hold',
};
