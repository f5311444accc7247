/**
 * Projecting in a thread of its own, which has the writing connection: this one only hands over bytes, and reads through
 * a connection of its own. One chunk at a time is under way, and the reader's snapshot is renewed in the moment in which
 * it is announced, so that here too tables, position and followers change together. Within a chunk the next records are
 * handed over before the thread is done with those before them, so that it never waits for this one.
 */
import type { Log } from '../log/log.ts';
import type { KindForms } from '../model/form-check.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { checkHistory } from './checkpoint.ts';
import type { Chunk } from './chunk-writer.ts';
import type { Projecting, ProjectingListener } from './projecting.ts';
import { OPEN_BYTES_MAX } from './projecting-here.ts';
import type { ProjectingThread } from './projecting-thread.ts';
import {
  type ApartUse,
  buffersOf,
  type ProjectedChunk,
  pack,
  plainForms,
  type Reply,
  type Request,
} from './projecting-words.ts';
import { type FedRecord, readValid } from './read.ts';
import { Snapshot } from './snapshot.ts';

export interface ProjectingApartOptions {
  /** With nothing open in it. */
  readonly thread: ProjectingThread;
  /** Takes the thread back, with nothing open in it. */
  closed(thread: ProjectingThread): Promise<void>;
  /** Path of the database. */
  readonly file: string;
  /** A shared one can be read by `rows`; a scratch one only when it is closed. */
  readonly use: ApartUse;
  readonly log: Log;
  /** Absent: a state may have any form. */
  readonly kinds?: KindForms | undefined;
  readonly listener: ProjectingListener;
}

export class ProjectingApart implements Projecting {
  readonly inMemory = false;
  readonly #options: ProjectingApartOptions;
  /** Records handed over and not projected yet, since no more of them were to come at once. */
  #sent: FedRecord[] = [];
  /** Stored size of what is handed over and not committed. */
  #openBytes = 0;
  /** Answers the records handed over last, when they are no chunk's last. */
  #ahead: Promise<unknown> | undefined;
  /** Resolves when what is written may be seen again. */
  #quiet: Promise<void> = Promise.resolve();
  #snapshot: Snapshot | undefined;
  #openedAt: Position = 0;
  #caughtUp = false;

  /** Throws `logBehind`, or what ended the thread. */
  static async open(options: ProjectingApartOptions): Promise<ProjectingApart> {
    const projecting = new ProjectingApart(options);
    try {
      await projecting.#open();
      return projecting;
    } catch (error) {
      await options.thread.terminate();
      throw error;
    }
  }

  private constructor(options: ProjectingApartOptions) {
    this.#options = options;
    options.thread.user = { answered: (reply) => this.#take(reply), failed: (error) => options.listener.failed(error) };
  }

  get rows(): Snapshot {
    if (this.#snapshot === undefined) throw new Error('Not to be read yet');
    return this.#snapshot;
  }

  get openedAt(): Position {
    return this.#openedAt;
  }

  async project(stored: readonly FedRecord[], more: boolean): Promise<void> {
    await this.#quiet;
    if (more) this.#sent = [];
    else this.#sent.push(...stored);
    const batch = pack(stored);
    this.#openBytes += batch.payloads.length;
    const isOpen = more && this.#openBytes < OPEN_BYTES_MAX;
    const answered = this.#call({ kind: 'project', batch, more: isOpen }, buffersOf(batch));
    answered.catch(() => undefined); // the next call fails of it
    const before = this.#ahead;
    this.#ahead = isOpen ? answered : undefined;
    await before;
    if (isOpen) return;
    this.#openBytes = 0;
    const reply = await answered;
    if (reply.kind === 'projected' && reply.walIsLong) await this.#quietly({ kind: 'emptyWal' });
  }

  async finish(): Promise<void> {
    this.#caughtUp = true;
    await this.#quietly({ kind: 'finish' });
  }

  async frozen(copy: (file: string) => Promise<void>): Promise<void> {
    await this.#quietly({ kind: 'freeze' });
    try {
      await copy(this.#options.file);
    } finally {
      await this.#call({ kind: 'thaw' });
    }
  }

  async close(): Promise<void> {
    const { thread } = this.#options;
    await this.#quiet.catch(() => undefined);
    this.#snapshot?.close();
    thread.user = { answered: () => undefined, failed: () => undefined };
    // A thread that has already ended, or ends of it, is closed too: its file is carried on from what it committed.
    await this.#call({ kind: 'close' }).catch(() => undefined);
    await this.#options.closed(thread);
  }

  async #open(): Promise<void> {
    const { file, use, log, kinds } = this.#options;
    const forms = kinds && plainForms(kinds);
    let reply = await this.#call({ kind: 'open', what: { file, log: log.id, use, kinds: forms } });
    if (reply.kind === 'found') {
      await checkHistory(log, reply.checkpoint);
      reply = await this.#call({ kind: 'goOn' });
    }
    if (reply.kind === 'opened') this.#openedAt = reply.position;
    if (use === 'shared') this.#snapshot = new Snapshot(file);
  }

  /** Has something done that no reader may be in the way of; nothing is written meanwhile. */
  #quietly(request: Request): Promise<void> {
    const quiet = this.#quiet.then(async () => {
      this.rows.release();
      await this.#call(request);
      if (this.#caughtUp) this.rows.renew();
    });
    this.#quiet = quiet;
    quiet.catch(() => undefined);
    return quiet;
  }

  #call(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    return this.#options.thread.call(request, transfer);
  }

  #take(reply: Reply): void {
    if (reply.kind !== 'projected' || reply.chunk === undefined) return;
    if (this.#caughtUp) this.rows.renew();
    this.#options.listener.projected(this.#chunkOf(reply.chunk));
  }

  /** Its records are decoded here when somebody wants them: most are known, since they were written here. */
  #chunkOf(chunk: ProjectedChunk): Chunk {
    const end = this.#sent.findIndex(({ position }) => position > chunk.upTo);
    const stored = this.#sent.splice(0, end < 0 ? this.#sent.length : end);
    if (stored[0]?.position !== chunk.after + 1) return { ...chunk, valid: undefined };
    const bad = new Set(chunk.quarantined.map(({ position }) => position));
    let valid: readonly LoggedTransition[] | undefined;
    return {
      ...chunk,
      get valid() {
        valid ??= stored.filter(({ position }) => !bad.has(position)).map(readValid);
        return valid;
      },
    };
  }
}
