/**
 * Tells whether a process that was noted down is still the same one: a pid alone is not enough, for pids are reused, and
 * neither is a file, for folders are copied.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, fstatSync, readFileSync, readlinkSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the system's own words: equal texts, same process. */
  readonly began: string;
  /** The boot and pid namespace in which the pid means something. */
  readonly place: string;
}

const HAS_PROC = existsSync('/proc/self/stat');
/** Counted from 0 after the name in /proc/<pid>/stat, which is in brackets and may hold anything. */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/** Undefined when no such process runs (one that has ended and waits to be reaped does not run). */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const began = HAS_PROC ? beganByProc(pid) : beganByPs(pid);
  return began === undefined ? undefined : { pid, began, place: place() };
}

export function isRunning(process: ProcessIdentity): boolean {
  const now = identityOf(process.pid);
  return now !== undefined && now.began === process.began && now.place === process.place;
}

/** False when the pid was noted down in another boot, container or machine, where only its own kernel knows it. */
export function canJudge(process: ProcessIdentity): boolean {
  return process.place === place();
}

/**
 * Notes a process down in an empty file, beside the file's own inode; the text that was written. So a copy of the file, in a
 * backup that was taken meanwhile, is known to say nothing of the folder it lies in.
 */
export function noteDown(descriptor: number, process: ProcessIdentity): string {
  const text = JSON.stringify({ ...process, inode: fstatSync(descriptor).ino });
  writeSync(descriptor, text);
  return text;
}

/** Undefined for a file that is not there, notes nobody down, was cut short, or is a copy. */
export function notedIn(file: string): ProcessIdentity | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isProcessIdentity(note)) return undefined;
    const { ino } = statSync(file);
    // Earlier versions noted none, and another machine may see other ones.
    const { inode = ino } = note as { readonly inode?: number };
    return inode === ino || !canJudge(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, began, place } = value as Record<string, unknown>;
  return Number.isSafeInteger(pid) && typeof began === 'string' && typeof place === 'string';
}

function place(): string {
  if (!HAS_PROC) return hostname();
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
}

function beganByProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE_FIELD];
  return state === 'Z' || state === 'X' ? undefined : fields[START_TIME_FIELD];
}

function beganByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
