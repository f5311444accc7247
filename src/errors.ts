/**
 * The closed table of failures: what can go wrong with the world around a command, and who may retry. Beside it, how the
 * refusals of the system are known, which are told in their own words.
 * Expected refusals (a rejected command, bad input) are values, not errors: see model/command.ts.
 * HTTP statuses are not here; each dialect's errors.ts maps every code to its own form.
 */

/** `never`: repeating cannot help. `same`: repeat the identical request, with the same command id. `reload`: start over. */
export type Retry = 'never' | 'same' | 'reload';

export const FAILURES = {
  /** The log cannot be reached (server restarting, connection lost, draining). Nothing was recorded. */
  unavailable: 'same',
  /** The log took the command or did not: the acknowledgement was lost. Repeat with the same command id. */
  outcomeUnknown: 'same',
  /** More commands are waiting than the process accepts. Nothing was recorded. */
  overloaded: 'same',
  /** The log went backwards or was exchanged: its head disagrees with the high-water mark. Commands stop. */
  logBehind: 'never',
  /** A record the reader depends on does not decode or breaks its chain. */
  recordInvalid: 'never',
  /** The NATS server or its stream lacks something the log needs (version, atomic batches, settings). */
  serverUnfit: 'never',
  /** Another process holds the data folder or the writer's lease. */
  alreadyRunning: 'never',
  /** A record was written by a newer machine than this process has. */
  machineTooOld: 'never',
  /** The configuration cannot be used: a variable is malformed, missing or contradicts another. */
  badConfiguration: 'never',
  /** A past moment cannot be shown: it lies in the future, or its history is not kept. */
  momentUnavailable: 'never',
} as const satisfies Record<string, Retry>;

export type FailureCode = keyof typeof FAILURES;

/** A broken world. `details` is JSON and safe to log; it never holds a secret. */
export class LedgerlineError extends Error {
  readonly code: FailureCode;
  readonly retry: Retry;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: FailureCode, message: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LedgerlineError';
    this.code = code;
    this.retry = FAILURES[code];
    this.details = details;
  }
}

export function isFailure(error: unknown, code?: FailureCode): error is LedgerlineError {
  return error instanceof LedgerlineError && (code === undefined || error.code === code);
}

/** What the system refused. */
export function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** What the file system refused: a folder that is not there, a full disk, a file of somebody else. */
export function isOfFile(error: unknown): error is Error & { readonly path: string } {
  return isOfSystem(error) && 'path' in error && typeof error.path === 'string';
}

/** True for what was refused with one of these codes of the system, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** For `catch`: undefined for what was refused with one of these codes; everything else is thrown on. */
export function unless(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!hasCode(error, ...codes)) throw error;
  };
}

/** What whatever was thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
