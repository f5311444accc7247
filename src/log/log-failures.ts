/** The failures both logs raise, worded once. */
import { isFailure, LedgerlineError } from '../errors.ts';
import type { Position } from '../model/position.ts';
import type { Log } from './log.ts';

/** Which log, and where in it its stream begins. */
type LogStart = Pick<Log, 'id' | 'generation'>;

/** Nothing was asked of the log, or nothing that could have been stored. */
export function unavailable(cause?: unknown): LedgerlineError {
  return new LedgerlineError('unavailable', 'the log cannot be reached', {}, cause);
}

/** The log is shorter than a reader knows it to have been. */
export function endsBefore(position: Position, head: Position): LedgerlineError {
  const message = `the log ends at position ${head}, before position ${position}`;
  return new LedgerlineError('logBehind', message, { position, head });
}

/** The log that was read is not the one that is there now. */
export function exchanged(read: LogStart, found: LogStart | undefined): LedgerlineError {
  const isNext = found?.id === read.id && found.generation.number > read.generation.number;
  const message = isNext
    ? `the log began generation ${found.generation.number} while generation ${read.generation.number} of it was read: start again`
    : `the log is ${found?.id ?? 'none of ours'}, where ${read.id} was read: it was exchanged`;
  return new LedgerlineError('logBehind', message, { read: read.id, found: found?.id });
}

/** The server skipped records: they are gone. */
export function gap(due: Position, found: Position): LedgerlineError {
  const message = `record ${due} is missing from the log: it goes on with record ${found}`;
  return new LedgerlineError('recordInvalid', message, { position: due, found });
}

/** The first position that is missing, and where the log goes on, if that is what the failure says. */
export function gapIn(error: unknown): { readonly due: Position; readonly found: Position } | undefined {
  if (!isFailure(error, 'recordInvalid')) return undefined;
  const { position, found } = error.details;
  return typeof position === 'number' && typeof found === 'number' ? { due: position, found } : undefined;
}

/** A record of an older generation is asked for, and its archive is not at hand. */
export function notAtHand(position: Position, seam: Position, folder: string): LedgerlineError {
  const message = `record ${position} is archived, and its archive is not in ${folder}; the log goes on after position ${seam}`;
  return new LedgerlineError('momentUnavailable', message, { position, after: seam, folder });
}
