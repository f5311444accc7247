/**
 * What the house can refuse or fail at, as this dialect's answers. Total over the codes, which the compiler checks.
 */
import { FAILURES, type FailureCode, isFailure } from '../../errors.ts';
import type { Rejection } from '../../model/command.ts';
import { type Answer, type Refusal, refuse } from './answers.ts';
import { REASONS, type Reason } from './reasons.ts';

/** The printed answers know one failure, 500; only what lies at the client is a 400. */
const FAILED: Record<FailureCode, 'failed' | Reason> = {
  unavailable: 'failed',
  outcomeUnknown: 'failed',
  overloaded: 'failed',
  logBehind: 'failed',
  recordInvalid: 'failed',
  serverUnfit: 'failed',
  alreadyRunning: 'failed',
  machineTooOld: 'failed',
  badConfiguration: 'failed',
  momentUnavailable: REASONS.momentUnavailable,
};

const REJECTED: Record<Exclude<Rejection['code'], 'reason'>, Reason> = {
  unhandled: REASONS.refused,
  guard: REASONS.refused,
  unknownActor: REASONS.refused,
  finished: REASONS.refused,
  badEvent: REASONS.invalidRequest,
  staleTimer: REASONS.refused,
  tooLarge: REASONS.tooLarge,
};

/** The words in which machines refuse what this dialect asks of them. */
const MACHINE_REASONS: Readonly<Record<string, Reason>> = {
  changed: REASONS.conflict,
  belowZero: REASONS.conflict,
  noLine: REASONS.noLine,
  phoneBusy: REASONS.extensionBusy,
  exists: REASONS.conflict,
  ended: REASONS.callNotFound,
  notAnswered: REASONS.callNotAnswered,
  notWaiting: REASONS.callNotWaiting,
  alreadySuppressed: REASONS.suppressionStarted,
  notSuppressed: REASONS.suppressionNotStarted,
};

/** Anything that was thrown. What is no failure of the house tells the client nothing. */
export function failureAnswer(error: unknown): Answer {
  if (!isFailure(error)) return { kind: 'failed', mayRetry: false };
  const answer = FAILED[error.code];
  return answer === 'failed' ? { kind: 'failed', mayRetry: FAILURES[error.code] === 'same' } : refuse(answer);
}

export function rejectionAnswer(rejection: Rejection): Refusal {
  if (rejection.code === 'reason') return refuse(MACHINE_REASONS[rejection.reason] ?? REASONS.refused);
  const gone = GONE.has(rejection.code) ? NOT_THERE[rejection.actor.kind] : undefined;
  return refuse(gone ?? REJECTED[rejection.code]);
}

/** What is told of an actor that is gone, or never was, by its kind. */
const NOT_THERE: Readonly<Record<string, Reason>> = { call: REASONS.callNotFound, agent: REASONS.notAnAgent };
const GONE: ReadonlySet<Rejection['code']> = new Set(['unknownActor', 'finished']);
