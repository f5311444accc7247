/**
 * Everybody who reads the log over a connection that lasts: each at its own pace from a position of its own choice, and
 * only what it asked for. Those who have caught up are handed new records by one follower and an index of their filters;
 * who is behind, or does not take what it is sent, follows on its own until it has caught up. Who may read no longer is
 * cut off at once, who takes nothing for too long soon. What a record looks like on the wire is the outlet's business.
 */
import type { Writable } from 'node:stream';
import type { Position } from '../model/position.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type EventFilter, isWanted } from './event-filter.ts';
import { EventIndex } from './event-index.ts';

export interface Reading {
  readonly after: Position | 'now';
  readonly filter: EventFilter;
  /** Asked again whenever sign-on records change, and at every heartbeat: who may no longer read is cut off. */
  readonly mayRead: () => boolean;
}

/** One reader's connection. */
export interface Outlet {
  /** Where its bytes go: watched, to see whether the reader takes them. */
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

interface Reader {
  readonly outlet: Outlet;
  readonly filter: EventFilter;
  readonly mayRead: () => boolean;
  /** Everything it wants up to here was written. */
  at: Position;
  /** What is to be written in this turn. */
  due: LoggedTransition[];
  /** While it is behind. */
  following: Following | undefined;
}

export class Readers {
  readonly #runtime: Runtime;
  readonly #limits: StreamLimits;
  readonly #open = new Set<Reader>();
  readonly #caughtUp = new EventIndex<Reader>();
  readonly #behind = new Set<Reader>();
  #live: Following | undefined;
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
    // Of who left before he was let in nothing more is heard.
    if (outlet.stream.closed) return;
    const { position } = this.#follow();
    const at = after === 'now' ? position : after;
    const reader: Reader = { outlet, filter, mayRead, at, due: [], following: undefined };
    this.#open.add(reader);
    outlet.stream.once('close', () => this.#leave(reader));
    if (after === 'now') this.#caughtUp.add(reader);
    else this.#catchUp(reader);
  }

  /** Ends every reading. */
  close(): void {
    clearInterval(this.#beat);
    this.#live?.stop();
    for (const reader of this.#open) this.#dismiss(reader);
  }

  /** The follower that all who have caught up share. It came before every other one, and is told first. */
  #follow(): Following {
    if (this.#live !== undefined) return this.#live;
    this.#beat = setInterval(() => this.#heartbeat(), this.#limits.heartbeatMs);
    this.#beat.unref();
    this.#live = this.#runtime.follow({ after: 'now', deliver: (records) => this.#deliver(records) });
    const ended = () => this.close();
    this.#live.ended.then(ended, ended);
    return this.#live;
  }

  #deliver(records: readonly LoggedTransition[]): void {
    if (records.some(({ actor }) => SIGN_ON.has(actor.kind))) this.#cutStrangers();
    for (const reader of this.#behind) this.#joinIfCaughtUp(reader);
    const concerned = new Set<Reader>();
    for (const record of records)
      this.#caughtUp.forEach(record, (reader) => {
        if (record.position <= reader.at) return;
        reader.due.push(record);
        concerned.add(reader);
      });
    for (const reader of concerned) {
      const taken = this.#send(reader, reader.due.splice(0));
      if (taken !== undefined) void this.#fallBehind(reader, taken);
    }
  }

  #joinIfCaughtUp(reader: Reader): void {
    const { following } = reader;
    if (following === undefined || following.position < this.#follow().position) return;
    reader.at = Math.max(reader.at, following.position);
    reader.following = undefined;
    following.stop();
    this.#behind.delete(reader);
    this.#caughtUp.add(reader);
  }

  async #fallBehind(reader: Reader, taken: Promise<void>): Promise<void> {
    this.#caughtUp.delete(reader);
    await taken;
    if (this.#open.has(reader)) this.#catchUp(reader);
  }

  #catchUp(reader: Reader): void {
    const following = this.#runtime.follow({
      after: reader.at,
      only: (record) => isWanted(record, reader.filter),
      deliver: (records) => this.#send(reader, records),
    });
    reader.following = following;
    this.#behind.add(reader);
    const ended = () => {
      if (reader.following === following) this.#dismiss(reader);
    };
    following.ended.then(ended, ended);
  }

  #dismiss(reader: Reader): void {
    this.#leave(reader);
    reader.outlet.end();
  }

  #leave(reader: Reader): void {
    this.#open.delete(reader);
    this.#behind.delete(reader);
    this.#caughtUp.delete(reader);
    const { following } = reader;
    reader.following = undefined;
    following?.stop();
  }

  /** Pending for as long as the connection takes nothing more. */
  #send(reader: Reader, records: readonly LoggedTransition[]): void | Promise<void> {
    const { stream, write } = reader.outlet;
    reader.at = records.at(-1)?.position ?? reader.at;
    stream.cork();
    write(records);
    stream.uncork();
    if (stream.writableNeedDrain && !stream.destroyed) return this.#drained(stream);
  }

  /** While this is pending the reader is handed nothing more: nothing piles up here. */
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

  #heartbeat(): void {
    this.#cutStrangers();
    for (const { outlet } of this.#open) if (!outlet.stream.writableNeedDrain) outlet.beat();
  }

  #cutStrangers(): void {
    for (const reader of this.#open) if (!reader.mayRead()) this.#dismiss(reader);
  }
}
