/**
 * A folder in memory for what a server stages: whose it is, who uses it, and when it is nobody's any more. It lies where
 * others of this machine have theirs, so nothing is believed of one that is not private to its user.
 */
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { canJudge, identityOf, isProcessIdentity, isRunning } from './process-identity.ts';

const PREFIX = 'ledgerline-';
/** As mkdtemp makes them. */
const NAME = /^ledgerline-\w{6}$/;
/** Path, device and inode of the data folder it belongs to. */
const OWNER = 'owner';
const OWNER_FORMAT = /^(\/[^\n]*) \d+:\d+\n$/;
/** The process that stages there, or did last. */
const USER = 'user';

export function makeStagingFolder(memory: string, dataDir: string): string {
  const folder = mkdtempSync(join(memory, PREFIX));
  writeFileSync(join(folder, OWNER), ownerOf(dataDir));
  noteUser(folder);
  return folder;
}

/** Notes that this process stages there. */
export function noteUser(folder: string): void {
  writeFileSync(join(folder, USER), JSON.stringify(identityOf(process.pid) ?? null));
}

/** False where it is gone, somebody else's, or of a copy of this log. */
export function isOwnFolder(folder: string, dataDir: string): boolean {
  return isPrivate(folder) && textIn(folder, OWNER) === ownerOf(dataDir);
}

/**
 * Removes those that servers left behind whose data folder is no more, or is another one by now. Never one whose user still
 * runs or cannot be seen from here: in another container on the same memory its data folder may be there.
 */
export function sweepAbandoned(memory: string): void {
  if (!existsSync(memory)) return;
  for (const name of readdirSync(memory)) {
    const folder = join(memory, name);
    try {
      if (NAME.test(name) && isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Whatever cannot be looked at is not known to be nobody's.
    }
  }
}

function isAbandoned(folder: string): boolean {
  const owner = isPrivate(folder) ? textIn(folder, OWNER) : '';
  const dataDir = OWNER_FORMAT.exec(owner)?.[1];
  if (dataDir === undefined) return false;
  const isThere = statSync(dataDir, { throwIfNoEntry: false }) !== undefined && ownerOf(dataDir) === owner;
  if (isThere) return false;
  const user = jsonOf(textIn(folder, USER));
  return isProcessIdentity(user) && canJudge(user) && !isRunning(user);
}

function isPrivate(folder: string): boolean {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  return there?.isDirectory() === true && there.uid === process.getuid?.() && (there.mode & 0o077) === 0;
}

/** A copy of a data folder has another inode. */
function ownerOf(dataDir: string): string {
  const { dev, ino } = lstatSync(realpathSync(dataDir));
  return `${realpathSync(dataDir)} ${dev}:${ino}\n`;
}

/** Empty where there is no such file. */
function textIn(folder: string, name: string): string {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Undefined for what is no JSON, such as what was being written when its process was killed. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
