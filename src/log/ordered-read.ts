/**
 * The stream from one position on, in order and without a gap, as chunks of what has arrived. Behind `read` and `follow`.
 * At most two pulls of records are buffered or under way. A lost session is replaced at once, where it stopped, so no
 * position comes twice. An endless reading waits for a server that is down or silent; a bounded one fails with `unavailable`,
 * at once or when the server was silent for long.
 */
import { setTimeout as delay, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { isFailure } from '../errors.ts';
import type { Position } from '../model/position.ts';
import type { Connection } from './connection.ts';
import type { StoredRecord } from './log.ts';
import { endsBefore, unavailable } from './log-failures.ts';
import { NEWEST, readOne } from './point-reads.ts';
import { PullSession } from './pull-session.ts';

const CHUNK_RECORDS_MAX = 2000;
/** Between two sessions of which the first brought nothing. */
const RETRY_MS = 50;
/** So many in a row that bring nothing, some 2 s each, are the end of a bounded reading: a busy server may be silent for some seconds. */
const FRUITLESS_MAX = 4;

export interface OrderedReadOptions {
  readonly connection: Connection;
  readonly after: Position;
  /** The last position to read; without it the reading is endless. */
  readonly upTo?: Position;
  /**
   * Asked before a lost session is replaced: throws when the stream is not the one any more that was read so far, which
   * may be why the session was lost.
   */
  readonly assertSame?: () => Promise<void>;
}

export class OrderedRead {
  readonly #connection: Connection;
  readonly #upTo: Position;
  readonly #endless: boolean;
  readonly #assertSame: OrderedReadOptions['assertSame'];
  #session: PullSession | undefined;
  readonly #buffer: StoredRecord[] = [];
  #received: Position;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  readonly #closing = Promise.withResolvers<void>();
  /** Resolved when there is something to look at: records, a failure, the end. */
  #news = Promise.withResolvers<void>();

  constructor({ connection, after, upTo = Number.POSITIVE_INFINITY, assertSame }: OrderedReadOptions) {
    this.#connection = connection;
    this.#assertSame = assertSame;
    this.#received = after;
    this.#upTo = upTo;
    this.#endless = upTo === Number.POSITIVE_INFINITY;
  }

  /**
   * Until `close` or `upTo`. Throws `logBehind` when the stream ends before `upTo` or before what was already read, or is
   * another one, `recordInvalid` at a gap.
   * To be iterated once.
   */
  async *chunks(): AsyncGenerator<readonly StoredRecord[], void> {
    void this.#keepOpen();
    try {
      for (;;) {
        await this.#news.promise;
        // A whole socket's worth arrives in one turn of the loop: fewer, larger chunks.
        await turnOfTheLoop();
        this.#news = Promise.withResolvers();
        while (this.#buffer.length > 0 && !this.#closed) yield this.#takeChunk();
        if (this.#closed || (this.#received === this.#upTo && this.#buffer.length === 0)) return;
        if (this.#failure !== undefined) throw this.#failure.error;
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#closing.resolve();
    this.#session?.close();
    this.#news.resolve();
  }

  #takeChunk(): readonly StoredRecord[] {
    const chunk = this.#buffer.splice(0, CHUNK_RECORDS_MAX);
    this.#session?.refill();
    return chunk;
  }

  /** Opens session after session, until closed or failed. */
  async #keepOpen(): Promise<void> {
    try {
      let fruitless = 0;
      while (!this.#closed) {
        await this.#untilUp();
        const before = this.#received;
        const cause = await this.#runSession();
        fruitless = this.#received === before ? fruitless + 1 : 0;
        if (!this.#endless && !this.#closed && fruitless === FRUITLESS_MAX) throw unavailable(cause);
      }
    } catch (error) {
      this.#failure = { error };
      this.#news.resolve();
    }
  }

  async #untilUp(): Promise<void> {
    if (this.#connection.status === 'up') return;
    if (!this.#endless) throw unavailable();
    const { promise, resolve } = Promise.withResolvers<void>();
    const off = this.#connection.onStatus(() => resolve());
    await Promise.race([promise, this.#closing.promise]);
    off();
  }

  /** Resolves when the session is over for a reason that another one may mend: with what kept it from beginning, if anything did. */
  async #runSession(): Promise<unknown> {
    const ended = Promise.withResolvers<void>();
    try {
      if (this.#session !== undefined) await this.#assertSame?.();
      await this.#assertReached();
      this.#session = await PullSession.open({
        connection: this.#connection,
        upTo: this.#upTo,
        from: this.#received + 1,
        buffered: () => this.#buffer.length,
        onRecord: (record) => {
          this.#received = record.position;
          this.#buffer.push(record);
          this.#news.resolve();
        },
        onEnd: (failure) => (failure === undefined ? ended.resolve() : ended.reject(failure)),
      });
    } catch (error) {
      if (!isFailure(error, 'unavailable')) throw error;
      await delay(RETRY_MS);
      return error;
    }
    if (this.#closed) this.#session.close();
    this.#session.refill();
    const before = this.#received;
    await Promise.race([ended.promise, this.#closing.promise]);
    if (this.#received === before && !this.#closed) await delay(RETRY_MS);
    return undefined;
  }

  async #assertReached(): Promise<void> {
    const head = (await readOne(this.#connection, NEWEST))?.position ?? 0;
    const known = this.#endless ? this.#received : this.#upTo;
    if (head < known) throw endsBefore(known, head);
  }
}
