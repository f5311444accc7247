/**
 * The one follower of the log: keeps the live database at its end, and tells everybody who waits for that.
 * Moves by whole commands, one transaction per chunk; tables and followers change in the same breath.
 * It decides nothing and writes nothing but its database, which may be deleted at any time.
 */
import type { Recorded } from '../log/codec.ts';
import type { Log } from '../log/log.ts';
import { patiently } from '../log/patience.ts';
import type { Clock } from '../model/clock.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { HeldView } from '../model/projection.ts';
import type { Following, FollowOptions } from '../model/runtime.ts';
import { checkHistory, type Makers } from './checkpoint.ts';
import type { Chunk } from './chunk-writer.ts';
import { Feed } from './feed.ts';
import { Intake } from './intake.ts';
import type { KeptCopies } from './kept-copies.ts';
import { orNoRoom } from './no-room.ts';
import { openDatabase } from './open.ts';
import type { Projecting, ProjectingListener } from './projecting.ts';
import { ProjectingApart } from './projecting-apart.ts';
import { ProjectingHere } from './projecting-here.ts';
import type { Quarantined } from './quarantine.ts';
import type { FedRecord } from './read.ts';
import { Settling } from './settling.ts';
import type { SpareThread } from './spare-thread.ts';
import { viewOf } from './view.ts';

/** Records per transaction once the log is caught up with: who projects does nothing else for so long, about 20 ms. */
const CHUNK_RECORDS_MAX = 1024;

export interface ProjectorOptions extends Makers {
  /** Path of the database, or `:memory:`. */
  readonly file: string;
  readonly log: Log;
  readonly clock: Clock;
  /**
   * Gives a thread that projects, whose program calls `serveProjecting` with the same projections. Without it, and in memory,
   * this thread projects.
   */
  readonly spare?: SpareThread;
  readonly kept?: KeptCopies;
  /** Each bad record, once, when it is found. */
  onQuarantine?(entry: Quarantined): void;
}

/** `done` of `total` records are read; both count from where the catching up began. */
export interface CatchUpProgress {
  readonly done: number;
  readonly total: number;
}

interface CatchUp {
  readonly from: Position;
  readonly head: Position;
  readonly progress: (progress: CatchUpProgress) => void;
  readonly reached: () => void;
  /** Stored size of what was read so far. */
  bytes: number;
}

export class Projector {
  /** The newest view: reads see every chunk as soon as it is projected. */
  readonly live: HeldView;
  /** Settles when nothing is followed any more: resolves after `close`, rejects with what went wrong. */
  readonly ended: Promise<void>;
  readonly #options: ProjectorOptions;
  readonly #projecting: Projecting;
  readonly #feed: Feed;
  readonly #settling = new Settling();
  readonly #end = Promise.withResolvers<void>();
  /** Position of the newest record of each kind that was projected since the opening. */
  readonly #newest = new Map<string, Position>();
  #position: Position;
  /** How far the log was read. */
  #read: Position;
  #intake: Intake | undefined;
  #catchUp: CatchUp | undefined;
  #over = false;

  /** Opens the database, from zero if need be. Throws `logBehind`, naming the position, when the log is not the one it was made of. */
  static async open(options: ProjectorOptions): Promise<Projector> {
    let projector: Projector | undefined;
    const projecting = await openProjecting(options, {
      projected: (chunk) => {
        if (projector !== undefined) projector.#publish(chunk);
      },
      failed: (error) => {
        if (projector !== undefined) projector.#finish(error);
      },
    });
    projector = new Projector(options, projecting);
    if (projector.position === LOG_START) await options.kept?.forgetAll();
    return projector;
  }

  private constructor(options: ProjectorOptions, projecting: Projecting) {
    const { rows, openedAt } = projecting;
    this.#options = options;
    this.#projecting = projecting;
    this.#position = openedAt;
    this.#read = openedAt;
    this.#feed = new Feed(options.log, rows, openedAt);
    this.live = viewOf(rows, {
      position: () => this.#position,
      now: () => options.clock.now(),
      changedAt: (kind) => this.#newest.get(kind) ?? openedAt,
    });
    this.ended = this.#end.promise;
    this.ended.catch(() => undefined);
  }

  get position(): Position {
    return this.#position;
  }

  /** Where the log ends as far as it was read, when its last command is incomplete; undefined when all of it is projected. */
  get heldBack(): Position | undefined {
    return this.#read > this.position ? this.#read : undefined;
  }

  /**
   * Follows the log from here to the end of the process. Resolves when everything that was in the log at the call has
   * been read; rejects as `ended` does.
   */
  async start(progress: (progress: CatchUpProgress) => void = () => undefined): Promise<void> {
    const head = await patiently('the end of the log', () => this.#options.log.head());
    const from = this.position;
    const caughtUp = new Promise<void>((reached) => {
      this.#catchUp = { from, head, progress, reached, bytes: 0 };
    });
    await this.#caughtUpTo(from);
    const deliver = (records: readonly FedRecord[]) => this.#deliver(records);
    this.#intake = new Intake({ log: this.#options.log, after: from, deliver });
    this.#intake.ended.then(
      () => this.#finish(),
      (error: unknown) => this.#finish(error),
    );
    await Promise.race([caughtUp, this.ended]);
  }

  /** True once `position` is projected; false when that takes longer than `boundMs`, or will never be. */
  settled(position: Position, boundMs: number): Promise<boolean> {
    if (position <= this.position) return Promise.resolve(true);
    if (this.#over) return Promise.resolve(false);
    this.#intake?.expect(position);
    return this.#settling.wait(position, boundMs);
  }

  /** See `Intake.written`. Only once `start` has resolved. */
  written(records: readonly Recorded[]): void {
    this.#intake?.written(records);
    this.#feed.acknowledged(records);
  }

  /** See `Runtime.follow`. */
  follow(options: FollowOptions): Following {
    return this.#feed.follow(options);
  }

  /** Why `start` failed, as it is told; to be asked once this is closed. See no-room.ts. */
  async reasonOf(error: unknown): Promise<unknown> {
    if (this.#catchUp === undefined) return error;
    const { from, head, bytes } = this.#catchUp;
    const { file } = this.#options;
    return orNoRoom(error, {
      file,
      fromNothing: from === LOG_START,
      done: this.#read - from,
      total: head - from,
      bytes,
    });
  }

  /** Stops following, ends all followers, closes the database. Views of it must not be read any more. */
  async close(): Promise<void> {
    this.#intake?.stop();
    await this.#intake?.ended.catch(() => undefined);
    this.#finish();
    await this.#options.kept?.idle();
    await this.#projecting.close();
  }

  async #deliver(stored: readonly FedRecord[]): Promise<void> {
    for (let start = 0; start < stored.length && !this.#over; start += CHUNK_RECORDS_MAX) {
      if (start > 0) await new Promise((resolve) => setImmediate(resolve));
      const slice = stored.slice(start, start + CHUNK_RECORDS_MAX);
      const position = slice.at(-1)?.position ?? this.position;
      if (this.#catchUp !== undefined) this.#catchUp.bytes += bytesOf(slice);
      const more = this.#catchUp !== undefined && position < this.#catchUp.head;
      const pending = this.#projecting.project(slice, more);
      if (pending !== undefined) await pending;
      this.#read = position;
      await this.#caughtUpTo(position);
    }
  }

  #publish(chunk: Chunk): void {
    this.#position = chunk.upTo;
    for (const [kind, position] of chunk.newest) this.#newest.set(kind, position);
    for (const entry of chunk.quarantined) this.#options.onQuarantine?.(entry);
    this.#feed.publish(chunk);
    this.#settling.advance(chunk.upTo);
    this.#options.kept?.offer(this.#projecting, chunk.upTo);
  }

  /** The log is read up to `position`; a command of which a part is still missing may not be projected yet. */
  async #caughtUpTo(position: Position): Promise<void> {
    const catchUp = this.#catchUp;
    if (catchUp === undefined) return;
    catchUp.progress({ done: Math.min(position, catchUp.head) - catchUp.from, total: catchUp.head - catchUp.from });
    if (position < catchUp.head) return;
    await this.#options.kept?.idle();
    await this.#projecting.finish();
    this.#catchUp = undefined;
    catchUp.reached();
  }

  #finish(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#intake?.stop();
    this.#settling.end();
    this.#feed.end(error);
    if (error === undefined) this.#end.resolve();
    else this.#end.reject(error);
  }
}

async function openProjecting(options: ProjectorOptions, listener: ProjectingListener): Promise<Projecting> {
  const { spare, file, projections, kinds, log } = options;
  if (spare !== undefined) {
    const thread = spare.take();
    return ProjectingApart.open({ thread, closed: () => thread.end(), file, use: 'shared', log, kinds, listener });
  }
  const database = await openDatabase({ file, projections, kinds, log: log.id }, (found) => checkHistory(log, found));
  return new ProjectingHere({ database, projections, kinds, log: log.id, projected: listener.projected });
}

function bytesOf(records: readonly FedRecord[]): number {
  return records.reduce((sum, { payload }) => sum + payload.length, 0);
}
