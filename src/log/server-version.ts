/**
 * Which nats-server will do. Older ones accept atomic batches and expectations without a word and ignore them, so a
 * version is checked before anything is written. (That the stream has them switched on is checked by stream.ts.)
 */
import { LedgerlineError } from '../errors.ts';

/** Atomic batches that tell duplicates apart. Nothing below is used. */
export const VERSION_MIN = '2.12.1';
/** Below, a batch could be acknowledged before all of it was on disk. Used, with a warning. */
const VERSION_ADVISED = '2.15.0';

/** True when `version` is `floor` or newer. A pre-release counts as older than its release; what is no version, as older than any. */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(floor)];
  for (const [index, least] of want.entries()) {
    const part = have[index] ?? 0;
    if (part !== least) return part > least;
  }
  return !version.includes('-');
}

/**
 * Throws `serverUnfit` for a server that is too old, naming what was found; returns a warning for one that is not advised.
 * `where`: what it is the version of, as messages call it.
 */
export function checkVersion(version: string, where: string): string | undefined {
  if (!isAtLeast(version, VERSION_MIN)) {
    throw new LedgerlineError(
      'serverUnfit',
      `${where} is nats-server ${version}; Ledgerline needs ${VERSION_MIN} or newer, for older ones silently ignore atomic batches`,
      { found: version, needed: VERSION_MIN, where },
    );
  }
  if (isAtLeast(version, VERSION_ADVISED)) return undefined;
  return `${where} is nats-server ${version}: ${VERSION_ADVISED} or newer is advised, for older ones may lose acknowledged records in a power cut`;
}

function numbersOf(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number);
}
