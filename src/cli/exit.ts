/**
 * How a command ends: the exit codes, and the error that carries one. `--help` of every command states them.
 */
import { isFailure, isOfFile } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import { fileWords } from './file-words.ts';

export const EXIT = {
  done: 0,
  /** Refused, not found, or only part of it was done. */
  failed: 1,
  /** The command line or a file cannot be used as it is. */
  usage: 2,
  /** Nobody answers, or not now: the same may be tried again. */
  unavailable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_TEXT =
  'Exit codes: 0 done; 1 refused, not found or only partly done; 2 wrong use; 3 no server answers now, try again.';

/** Ends the command with a message and a code. `details` is shown by --json. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;
  readonly details: JsonObject;

  constructor(exitCode: ExitCode, message: string, details: JsonObject = {}) {
    super(message);
    this.name = 'CliFailure';
    this.exitCode = exitCode;
    this.details = details;
  }
}

export function wrongUse(message: string): CliFailure {
  return new CliFailure(EXIT.usage, message, { code: 'usage' });
}

/** A failure of the house, or of a file, as a command ends with it; anything else is given back as it is. */
export function asCliFailure(error: unknown): unknown {
  if (isOfFile(error)) return new CliFailure(EXIT.failed, fileWords(error), { code: 'file', path: error.path });
  if (!isFailure(error)) return error;
  const exitCode = error.retry === 'same' ? EXIT.unavailable : EXIT.failed;
  return new CliFailure(exitCode, error.message, { code: error.code, retry: error.retry });
}
