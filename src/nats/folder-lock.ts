/**
 * One process at a time on a data folder; JetStream itself would let a second server write into the same files.
 * The lock is a file `lock.<n>` naming its holder, and the highest n counts. A holder that died without releasing is
 * recognised and succeeded by creating n + 1, which only one process can: no lock file is ever deleted but by the
 * holder of a higher one.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, isFailure, isOfSystem, LedgerlineError } from '../errors.ts';
import { canJudge, identityOf, isRunning, noteDown, notedIn } from './process-identity.ts';
import { makeFolder } from './usable-folder.ts';

export interface FolderLock {
  /** Resolves when the folder is not the one that is locked any more, and may be somebody else's: removed, moved, exchanged. */
  readonly lost: Promise<LedgerlineError>;
  /** Lets the next one in. Harmless when repeated. */
  release(): void;
}

/** A holder touches its lock this often, for those who cannot see its pid (another container on the same volume). */
const PULSE_MS = 1_000;
const PULSES_AWAITED = 3;
const RELEASED = 'released';

/** Makes the folder if need be. Throws `alreadyRunning`, naming the pid, while another process holds it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await makeFolder(folder);
  for (;;) {
    const newest = newestOf(folder);
    if (newest > 0) await refuseIfHeld(folder, newest);
    const lock = tryCreate(folder, newest + 1);
    if (lock !== undefined) return lock;
  }
}

/** Pid of the process that holds the folder now; undefined when none does. Only looks. */
export async function holderOf(folder: string): Promise<number | undefined> {
  const newest = existsSync(folder) ? newestOf(folder) : 0;
  if (newest === 0) return undefined;
  try {
    await refuseIfHeld(folder, newest);
    return undefined;
  } catch (error) {
    if (isFailure(error, 'alreadyRunning')) return Number(error.details.pid);
    throw error;
  }
}

async function refuseIfHeld(folder: string, number: number): Promise<void> {
  const file = join(folder, fileName(number));
  const holder = notedIn(file);
  // Released, cut short by a full disk or a power cut, or copied with its folder: nobody holds those.
  if (holder === undefined) return;
  if (canJudge(holder) ? isRunning(holder) : await hasPulse(file)) {
    throw new LedgerlineError(
      'alreadyRunning',
      `process ${holder.pid} is already running on ${folder}: stop that one first`,
      {
        pid: holder.pid,
        folder,
      },
    );
  }
}

/** Undefined when another process was quicker: the caller looks again. */
function tryCreate(folder: string, number: number): FolderLock | undefined {
  const file = join(folder, fileName(number));
  const self = identityOf(process.pid);
  if (self === undefined) throw new Error('this process cannot tell when it began');
  // Written aside and linked, so that nobody reads a lock without its holder.
  const draft = join(folder, `lock-draft-${self.pid}-${number}`);
  const descriptor = openSync(draft, 'w');
  const { length } = noteDown(descriptor, self);
  let mine = false;
  try {
    linkSync(draft, file);
    mine = true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
    if (!mine) closeSync(descriptor);
  }
  if (!mine) return undefined;
  if (newestOf(folder) > number) {
    // Came late: between looking and creating, others took the lock and gave it back.
    closeSync(descriptor);
    unlinkSync(file);
    return undefined;
  }
  for (const older of numbersIn(folder)) if (older < number) removeIfThere(join(folder, fileName(older)));
  return held(descriptor, length, file);
}

/** `end`: of what is written in it. */
function held(descriptor: number, end: number, file: string): FolderLock {
  const { promise: lost, resolve: lose } = Promise.withResolvers<LedgerlineError>();
  const touch = () => {
    try {
      writeSync(descriptor, '\n', end);
      if (!isSameFile(file, descriptor)) {
        const folder = dirname(file);
        lose(
          new LedgerlineError('unavailable', `${folder} was removed, moved or exchanged under this process`, {
            folder,
          }),
        );
      }
    } catch (error) {
      // A disk that fails fails those who keep data on it, who say so. The lock is held all the same.
      if (!isOfSystem(error)) throw error;
    }
  };
  const pulse = setInterval(touch, PULSE_MS);
  pulse.unref();
  let released = false;
  return {
    lost,
    release() {
      if (released) return;
      released = true;
      clearInterval(pulse);
      writeSync(descriptor, RELEASED, 0);
      closeSync(descriptor);
    },
  };
}

function isSameFile(file: string, descriptor: number): boolean {
  const there = statSync(file, { throwIfNoEntry: false });
  const own = fstatSync(descriptor);
  return there?.ino === own.ino && there.dev === own.dev;
}

async function hasPulse(file: string): Promise<boolean> {
  const touched = touchedAt(file);
  await delay(PULSE_MS * PULSES_AWAITED);
  return touchedAt(file) !== touched;
}

function touchedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function newestOf(folder: string): number {
  return Math.max(0, ...numbersIn(folder));
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = /^lock\.(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

function fileName(number: number): string {
  return `lock.${number}`;
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
