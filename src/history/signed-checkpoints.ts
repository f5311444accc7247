/**
 * Signs what the log holds, every so many records or after a while, into a file outside the log: a follower, which may lag
 * and may be stopped at any time; the next start goes on from the last line. Never in the way of a command. A log that
 * cannot be read for a while, or a disk that takes no line, is one more start after a pause.
 * When the file and the log contradict each other it says so, once, and signs nothing more: that is for `verify`.
 */
import type { KeyObject } from 'node:crypto';
import { type FailureCode, isFailure, LedgerlineError } from '../errors.ts';
import { hashOf } from '../log/codec.ts';
import type { Log } from '../log/log.ts';
import { patiently } from '../log/patience.ts';
import { subjectOf } from '../log/subjects.ts';
import type { Position } from '../model/position.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import {
  appendLine,
  type CheckpointFiles,
  dropTornLine,
  type NewestLine,
  newestLine,
  signingKey,
  writeLeaves,
} from './checkpoint-files.ts';
import { hashOfLine, leafText, signedLine, treeOf } from './checkpoint-line.ts';
import { leafHash, MerkleTree } from './merkle.ts';

export interface SigningOptions {
  readonly runtime: Pick<Runtime, 'follow'>;
  readonly log: Pick<Log, 'id' | 'at'>;
  readonly files: CheckpointFiles;
  /** A checkpoint is signed after so many records, */
  readonly everyRecords: number;
  /** or when something is unsigned for so long, in real time; so long it also waits for a log that cannot be read. */
  readonly everyMs: number;
  /** ms since 1970, written into the line. */
  readonly now: () => number;
  /** Nothing is signed for now, and why: it is tried again. */
  postponed(error: unknown): void;
  /** Nothing is signed any more, and why. */
  failed(error: unknown): void;
}

/** What no second try mends: file and log contradict each other, or the key is none. */
const FINAL: readonly FailureCode[] = ['recordInvalid', 'logBehind', 'badConfiguration'];

export class CheckpointSigner {
  readonly #options: SigningOptions;
  #key: KeyObject | undefined;
  #tree = new MerkleTree();
  #head = '';
  /** Of the records that are in the tree and not signed yet. */
  #leaves: Buffer[] = [];
  #signed = 0;
  #previous: string | null = null;
  #following: Following | undefined;
  #timer: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: SigningOptions) {
    this.#options = options;
  }

  /** How much of the log is in the tree, signed or not. */
  get position(): Position {
    return this.#tree.size;
  }

  /** Goes on where the file ends. Never rejects: what is in the way is told to `postponed` or `failed`. */
  async start(): Promise<void> {
    try {
      await patiently('what is to be signed of the log', () => this.#carryOn());
      if (!this.#stopped) this.#follow();
    } catch (error) {
      this.#end(error);
    }
  }

  /** Signs what is unsigned, and ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#later);
    const following = this.#following;
    this.#letGo();
    await following?.ended.catch(() => undefined);
    if (following !== undefined) await this.#sign().catch((error: unknown) => this.#options.failed(error));
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#following?.stop();
    this.#following = undefined;
  }

  #end(error: unknown): void {
    const { everyMs, failed, postponed } = this.#options;
    this.#letGo();
    if (this.#stopped) return;
    if (isFailure(error) && FINAL.includes(error.code)) {
      failed(error);
      return;
    }
    if (!isFailure(error, 'unavailable')) postponed(error);
    this.#later = setTimeout(() => void this.start(), everyMs);
  }

  async #carryOn(): Promise<void> {
    const { files, log } = this.#options;
    this.#key = await signingKey(files);
    await dropTornLine(files.lines);
    const newest = await newestLine(files.lines, this.#key);
    if (newest !== undefined && 'problem' in newest) {
      const { problem } = newest;
      throw new LedgerlineError('recordInvalid', `${files.lines}, near its end: ${problem}`, { problem });
    }
    this.#goOnFrom(newest);
    if (newest === undefined) return;
    const { log: signed, position, head } = newest.checkpoint;
    const stored = signed === log.id ? await log.at(position) : undefined;
    if (stored === undefined || hashOf(stored.payload) !== head) {
      const message = `the log does not hold what was signed at position ${position} in ${files.lines}`;
      throw new LedgerlineError('logBehind', message, { position });
    }
  }

  /** Undefined: from the beginning. */
  #goOnFrom(newest: NewestLine | undefined): void {
    this.#tree = (newest && treeOf(newest.checkpoint)) ?? new MerkleTree();
    this.#head = newest?.checkpoint.head ?? '';
    this.#signed = newest?.checkpoint.position ?? 0;
    this.#previous = newest?.hash ?? null;
    this.#leaves = [];
    this.#writing = Promise.resolve();
  }

  #follow(): void {
    const { runtime } = this.#options;
    const following = runtime.follow({ after: this.#tree.size, deliver: (records) => this.#take(records) });
    this.#following = following;
    following.ended.catch((error: unknown) => this.#end(error));
  }

  async #take(records: readonly LoggedTransition[]): Promise<void> {
    const { log, everyRecords, everyMs } = this.#options;
    for (const { position, actor, visibility, hash } of records) {
      // What lies between was quarantined; it is in the log all the same.
      for (let skipped = this.#tree.size + 1; skipped < position; skipped += 1) {
        const stored = await log.at(skipped);
        if (stored !== undefined) this.#append(skipped, stored.subject, hashOf(stored.payload));
      }
      this.#append(position, subjectOf(actor, visibility), hash);
      if (this.#tree.size - this.#signed >= everyRecords) await this.#sign();
    }
    this.#timer ??= setTimeout(() => void this.#sign().catch((error: unknown) => this.#end(error)), everyMs);
  }

  #append(position: number, subject: string, hash: string): void {
    const leaf = leafHash(leafText({ position, subject, hash }));
    this.#tree.add(leaf);
    this.#leaves.push(leaf);
    this.#head = hash;
  }

  /** One line at a time, each after the one before. */
  #sign(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const { log, files, now } = this.#options;
    if (this.#key === undefined || this.#tree.size === this.#signed) return;
    const { size: position, root, peaks } = this.#tree;
    const time = new Date(now()).toISOString();
    const content = { log: log.id, position, head: this.#head, root, peaks, time, previous: this.#previous };
    const line = signedLine(content, this.#key);
    const leaves = this.#leaves.splice(0);
    await writeLeaves(files.leaves, this.#signed, leaves);
    await appendLine(files.lines, line);
    this.#signed = position;
    this.#previous = hashOfLine(line);
  }
}
