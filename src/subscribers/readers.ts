/**
 * Everybody who reads the log over a connection that lasts: each follows it at its own pace from a position of its own
 * choice and sees only what it asked for. Who may read no longer is cut off at once, who takes nothing for too long soon.
 * What a record looks like on the wire is the outlet's business.
 */
import type { Writable } from 'node:stream';
import type { Position } from '../model/position.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type EventFilter, isWanted } from './event-filter.ts';

export interface Reading {
  readonly after: Position | 'now';
  readonly filter: EventFilter;
  /** Asked again whenever sign-on records change, and at every heartbeat: who may no longer read is cut off. */
  readonly mayRead: () => boolean;
}

/** One reader's connection. */
export interface Outlet {
  /** What its bytes go to: looked at for whether they are taken. */
  readonly stream: Writable;
  write(records: readonly LoggedTransition[]): void;
  /** Writes something that is no record, so that a dead connection shows. */
  beat(): void;
  /** Ends in order: the reader may come back with the last position it has. */
  end(): void;
}

export interface StreamLimits {
  readonly heartbeatMs: number;
  /** A reader whose connection takes nothing for so long is cut off. */
  readonly stalledMs: number;
}

export const STREAM_LIMITS: StreamLimits = { heartbeatMs: 15_000, stalledMs: 20_000 };

/** Kinds whose change may take a right away. */
const SIGN_ON = new Set(['token', 'user', 'role', 'tenant']);

export class Readers {
  readonly #runtime: Runtime;
  readonly #limits: StreamLimits;
  readonly #open = new Map<Outlet, () => boolean>();
  #watch: Following | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime, limits: StreamLimits = STREAM_LIMITS) {
    this.#runtime = runtime;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Feeds the outlet until its reader leaves, is cut off, or `close`. */
  admit(outlet: Outlet, { after, filter, mayRead }: Reading): void {
    this.#keepWatch();
    const following = this.#runtime.follow({
      after,
      only: (record) => isWanted(record, filter),
      deliver: (records) => this.#send(outlet, records),
    });
    this.#open.set(outlet, mayRead);
    outlet.stream.once('close', () => {
      this.#open.delete(outlet);
      following.stop();
    });
    const end = () => outlet.end();
    following.ended.then(end, end);
  }

  /** Ends every reading. */
  close(): void {
    clearInterval(this.#beat);
    this.#watch?.stop();
    for (const outlet of this.#open.keys()) outlet.end();
  }

  #send({ stream, write }: Outlet, records: readonly LoggedTransition[]): void | Promise<void> {
    stream.cork();
    write(records);
    stream.uncork();
    if (stream.writableNeedDrain && !stream.destroyed) return this.#drained(stream);
  }

  /** While this is pending the follower is handed nothing more: nothing piles up here. */
  #drained(stream: Writable): Promise<void> {
    return new Promise((resolve) => {
      const stalled = setTimeout(() => stream.destroy(), this.#limits.stalledMs);
      const done = (): void => {
        clearTimeout(stalled);
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
  }

  #keepWatch(): void {
    if (this.#beat !== undefined) return;
    this.#beat = setInterval(() => this.#heartbeat(), this.#limits.heartbeatMs);
    this.#beat.unref();
    this.#watch = this.#runtime.follow({
      after: 'now',
      only: (record) => SIGN_ON.has(record.actor.kind),
      deliver: () => this.#cutStrangers(),
    });
    this.#watch.ended.catch(() => this.close());
  }

  #heartbeat(): void {
    this.#cutStrangers();
    for (const outlet of this.#open.keys()) if (!outlet.stream.writableNeedDrain) outlet.beat();
  }

  #cutStrangers(): void {
    for (const [outlet, mayRead] of this.#open) if (!mayRead()) outlet.end();
  }
}
