/**
 * Which nats-server will do. Older ones accept atomic batches and expectations without a word and ignore them, so a
 * version is checked before anything is written. (That the stream has them switched on is checked by src/log.)
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LedgerlineError } from '../errors.ts';

/** Atomic batches that tell duplicates apart. Nothing below is started. */
export const VERSION_MIN = '2.12.1';
/** Below, a batch could be acknowledged before all of it was on disk. Started, with a warning. */
const VERSION_ADVISED = '2.15.0';

const ANSWER_MS_MAX = 10_000;
const SERVER_NAMES_ITSELF = /^nats-server: v(\d+\.\d+\.\d+\S*)/m;

/** The version a binary says it is. Rejects with the reason in one sentence: not there, not executable, not nats-server. */
export async function versionOf(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--version'], { timeout: ANSWER_MS_MAX }).catch(
    (error: Error) => {
      throw new Error(`${binary} does not run: ${error.message.trim()}`, { cause: error });
    },
  );
  const version = SERVER_NAMES_ITSELF.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${binary} does not say that it is nats-server`);
  return version;
}

/** True when `version` is `floor` or newer. A pre-release counts as older than its release. */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(floor)];
  for (const [index, least] of want.entries()) {
    const part = have[index] ?? 0;
    if (part !== least) return part > least;
  }
  return !version.includes('-');
}

/** Throws `serverUnfit` for a server that is too old, naming what was found; returns a warning for one that is not advised. */
export function checkVersion(version: string, where: string): string | undefined {
  if (!isAtLeast(version, VERSION_MIN)) {
    throw new LedgerlineError(
      'serverUnfit',
      `${where} is nats-server ${version}; Ledgerline needs ${VERSION_MIN} or newer, for older ones silently ignore atomic batches`,
      { found: version, needed: VERSION_MIN, where },
    );
  }
  if (isAtLeast(version, VERSION_ADVISED)) return undefined;
  return `${where} is nats-server ${version}: ${VERSION_ADVISED} or newer is advised, for older ones may acknowledge a batch before it is on disk`;
}

function numbersOf(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number);
}
