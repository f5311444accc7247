/**
 * Keeps in memory what the server stages of an atomic batch before it writes it: a folder on a tmpfs, to which `batches` in
 * the stream's folder is a link. The server stages each batch in some twenty files of its own, never synced (2.15), which is
 * most of what a small batch costs. A killed server finds them again, through the link; only a power cut loses them, as it
 * loses what is not synced. The server removes the link whenever it starts, once it has looked through it.
 * Nothing here may fail a start: where it cannot be done, or a later server lays out its files otherwise, all is as without.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../errors.ts';
import { STREAM } from '../log/subjects.ts';
import { isOwnFolder, makeStagingFolder, noteUser, sweepAbandoned } from './staging-folder.ts';

export interface StagingOptions {
  /** Of the server; below it lies its `jetstream`. */
  readonly dataDir: string;
  /** A folder on a tmpfs; undefined: stage on disk, and make nothing of what an earlier start left in memory. */
  readonly memory: string | undefined;
  readonly warn: (message: string) => void;
}

/** statfs calls a tmpfs so. */
const TMPFS = 0x01021994;
/** One batch is open at a time, of some MB at most. */
const ROOM_BYTES_MIN = 24 * 1024 * 1024;
/** Somebody is staging there, or was quicker; or too many files and connections are open just now. */
const PASSING = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EMFILE', 'ENFILE'];

export class Staging {
  readonly #options: StagingOptions;
  /** Our folder in memory: a folder per account, and a note that says whose it is. */
  #folder: string | undefined;
  /** Nothing is linked any more until the next start. */
  #isOff = false;

  constructor(options: StagingOptions) {
    this.#options = options;
  }

  /**
   * Before the server is started: a link that leads to our own folder stays, for what the server had not finished; what
   * servers of logs that are gone left behind is removed.
   */
  prepare(): void {
    this.#isOff = false;
    this.#attempt(() => {
      for (const link of this.#links()) {
        this.#folder = this.#ownBehind(link);
        if (this.#folder === undefined) unlinkSync(link);
        else noteUser(this.#folder);
      }
      if (this.#options.memory !== undefined) sweepAbandoned(this.#options.memory);
    });
  }

  /**
   * While the server starts and runs, now and then: makes the link that is missing, makes the folder again that somebody
   * has cleaned away, and goes back to the disk where memory runs out.
   */
  attend(): void {
    const { memory, warn } = this.#options;
    if (memory === undefined || this.#isOff) return;
    this.#attempt(() => {
      const hasRoom = isTmpfsWithRoom(memory);
      if (!hasRoom) {
        this.#isOff = true;
        if (existsSync(memory))
          warn(`batches are staged on disk, which is slower: ${memory} is no tmpfs, or has no room`);
      }
      for (const stream of this.#streams()) {
        const link = join(stream, 'batches');
        if (isLink(link) && (!hasRoom || !existsSync(link))) unlinkSync(link);
        if (hasRoom && !isLink(link)) this.#link(link, memory);
      }
    });
  }

  /** When the server has ended: leaves nothing behind but what it had not finished, for the next start. */
  close(): void {
    this.#attempt(() => {
      if (this.#links().every((link) => isEmpty(link))) this.discard();
    });
  }

  /** For a log that is thrown away. */
  discard(): void {
    for (const link of this.#links()) {
      this.#folder ??= this.#ownBehind(link);
      unlinkSync(link);
    }
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #link(link: string, memory: string): void {
    const batches = this.#emptied(memory, basename(dirname(dirname(dirname(link)))));
    if (existsSync(link)) rmdirSync(link);
    symlinkSync(batches, link);
  }

  #emptied(memory: string, account: string): string {
    if (this.#folder === undefined || !existsSync(this.#folder))
      this.#folder = makeStagingFolder(memory, this.#options.dataDir);
    const batches = join(this.#folder, account);
    rmSync(batches, { recursive: true, force: true });
    mkdirSync(batches);
    return batches;
  }

  /** The folder in memory that a link leads to; undefined where it is gone, somebody else's, or of a copy of this log. */
  #ownBehind(link: string): string | undefined {
    const folder = dirname(readlinkSync(link));
    return isOwnFolder(folder, this.#options.dataDir) ? folder : undefined;
  }

  #links(): readonly string[] {
    return this.#streams()
      .map((stream) => join(stream, 'batches'))
      .filter(isLink);
  }

  /** Where the log's stream lies: in the folder of its account. */
  #streams(): readonly string[] {
    const accounts = join(this.#options.dataDir, 'jetstream');
    if (!existsSync(accounts)) return [];
    return readdirSync(accounts)
      .map((account) => join(accounts, account, 'streams', STREAM))
      .filter((stream) => existsSync(stream));
  }

  /** What fails for another reason than a batch that is staged just now is not tried again. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (hasCode(error, ...PASSING)) return;
      this.#isOff = true;
      this.#options.warn(`batches are staged on disk, which is slower: ${error}`);
    }
  }
}

function isTmpfsWithRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { type, bavail, bsize } = statfsSync(folder);
  return type === TMPFS && bavail * bsize >= ROOM_BYTES_MIN;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}
