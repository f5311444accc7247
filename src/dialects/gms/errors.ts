/**
 * What the house can refuse or fail at, as this dialect's answers. Total over the codes, which the compiler checks.
 */
import { FILES_BYTES_MAX, KEYS_MAX, STORAGE_BYTES_MAX } from '../../../machines/service/events.ts';
import { FAILURES, type FailureCode, isFailure } from '../../errors.ts';
import { describeProblem, type InputProblem } from '../../http/parsed.ts';
import type { Rejection } from '../../model/command.ts';
import { notFound, type Refusal, type RefusalCode, refuse } from './answers.ts';

const UNREADABLE = 'org.springframework.http.converter.HttpMessageNotReadableException';
const RETRY_LATER = { headers: { 'Retry-After': '1' } } as const;

const FAILED: Record<FailureCode, RefusalCode> = {
  unavailable: 'unavailable',
  outcomeUnknown: 'unavailable',
  overloaded: 'unavailable',
  logBehind: 'serverError',
  recordInvalid: 'serverError',
  serverUnfit: 'serverError',
  alreadyRunning: 'serverError',
  machineTooOld: 'serverError',
  badConfiguration: 'serverError',
  momentUnavailable: 'badRequest',
};

const WRONG_INPUT: Record<InputProblem['code'], RefusalCode> = {
  bodyTooLarge: 'tooLarge',
  bodyEncoded: 'mediaType',
  bodyNotJson: 'badRequest',
  bodyTooComplex: 'tooLarge',
  bodyIncomplete: 'badRequest',
  mediaType: 'mediaType',
  badPath: 'badRequest',
  badParameter: 'badRequest',
  badFields: 'badRequest',
};

/** Rejections by the host; `reason` is the machine's own and told below. */
const REJECTED: Record<Exclude<Rejection['code'], 'reason'>, RefusalCode> = {
  unhandled: 'conflict',
  guard: 'conflict',
  unknownActor: 'notFound',
  finished: 'notFound',
  badEvent: 'badRequest',
  staleTimer: 'conflict',
  tooLarge: 'tooLarge',
};

const REASONS: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  ended: ['notFound', 'The service does not exist'],
  storageTooLarge: ['tooLarge', `The storage of a service takes no more than ${STORAGE_BYTES_MAX} bytes`],
  tooManyKeys: ['tooLarge', `The storage of a service takes no more than ${KEYS_MAX} keys`],
  filesTooLarge: ['tooLarge', `The storage of a service takes no more than ${FILES_BYTES_MAX} bytes of files`],
  notReserved: ['notFound', 'No matching service'],
  noChat: ['notFound', 'The service has no such request'],
};

/** Anything that was thrown: a failure of the house in its own words, unless the server is at fault, which tells the client nothing. */
export function failureAnswer(error: unknown): Refusal {
  const code = isFailure(error) ? FAILED[error.code] : 'serverError';
  if (!isFailure(error) || code === 'serverError') return refuse('serverError', 'The server failed');
  return refuse(code, error.message, FAILURES[error.code] === 'same' ? RETRY_LATER : {});
}

export function rejectionAnswer(rejection: Rejection): Refusal {
  if (rejection.code !== 'reason') {
    const detail = rejection.code === 'badEvent' ? `: ${rejection.problems.join('; ')}` : '';
    return refuse(REJECTED[rejection.code], `The request was refused (${rejection.code})${detail}`);
  }
  const [code, message] = REASONS[rejection.reason] ?? ['conflict', `The request was refused (${rejection.reason})`];
  return refuse(code, message);
}

export function inputAnswer(problem: InputProblem): Refusal {
  return refuse(WRONG_INPUT[problem.code], describeProblem(problem));
}

/** The one printed error of the document: HTTP 500 for JSON that cannot be read. */
export function badJson(message: string): Refusal {
  return refuse('serverError', message, { exception: UNREADABLE });
}

export function unknownService(): Refusal {
  return notFound('The service does not exist');
}
