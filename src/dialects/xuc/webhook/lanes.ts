/**
 * One lane per user: what is put into it is posted in order, the next when the one before is done. A receiver that is not
 * there is tried again, ever more seldom, until an event has become too old; then it is given up, and the log says so.
 * Lanes do not wait for each other.
 */
import type { Clock } from '../../../model/clock.ts';
import type { Position } from '../../../model/position.ts';
import type { XucLog } from '../parts.ts';
import type { Post } from './poster.ts';

export interface Posting {
  readonly user: string;
  readonly body: string;
  /** When it was made. */
  readonly since: number;
  /** Of the record it was made of; undefined for one that is posted again on request. */
  readonly position?: Position;
}

export interface LaneOptions {
  readonly post: Post;
  readonly clock: Clock;
  readonly logger: XucLog;
  /** Until an event is given up; 0: it is tried once. */
  readonly retryForMs: number;
  /** Called whenever a posting is done. */
  readonly done: () => void;
}

const BACK_OFF_MS = { first: 500, most: 60_000 };

export class Lanes {
  readonly #options: LaneOptions;
  readonly #waiting = new Map<string, Posting[]>();
  readonly #wakes = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  #size = 0;
  #reposted = 0;
  #closed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Postings that are not done. */
  get size(): number {
    return this.#size;
  }

  /** Something that was asked for again is not done yet. */
  get isReposting(): boolean {
    return this.#reposted > 0;
  }

  /** The earliest record of which something is not done; undefined when all is. */
  get oldest(): Position | undefined {
    let oldest: Position | undefined;
    for (const lane of this.#waiting.values()) {
      const position = lane.find((posting) => posting.position !== undefined)?.position;
      if (position !== undefined && position < (oldest ?? Number.POSITIVE_INFINITY)) oldest = position;
    }
    return oldest;
  }

  put(posting: Posting): void {
    if (this.#closed) return;
    this.#size += 1;
    if (posting.position === undefined) this.#reposted += 1;
    const lane = this.#waiting.get(posting.user);
    if (lane !== undefined) {
      lane.push(posting);
      return;
    }
    this.#waiting.set(posting.user, [posting]);
    const running = this.#run(posting.user).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Posts nothing more; resolves when what is on its way has arrived or failed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#wakes) wake();
    await Promise.all(this.#running);
  }

  async #run(user: string): Promise<void> {
    const lane = this.#waiting.get(user) ?? [];
    for (let [posting] = lane; posting !== undefined && !this.#closed; [posting] = lane) {
      if (!(await this.#deliver(posting))) return;
      lane.shift();
      this.#size -= 1;
      if (posting.position === undefined) this.#reposted -= 1;
      if (lane.length === 0) this.#waiting.delete(user);
      this.#options.done();
    }
  }

  /** False when the lanes were closed before it was done. */
  async #deliver({ user, body, since, position }: Posting): Promise<boolean> {
    const { post, clock, logger, retryForMs } = this.#options;
    for (let waitMs = BACK_OFF_MS.first; !this.#closed; waitMs = Math.min(2 * waitMs, BACK_OFF_MS.most)) {
      const posted = await post(body);
      if (posted === 'taken') return true;
      if (posted === 'never' || clock.now() >= since + retryForMs) {
        logger.warn({ user, position, posted }, 'an event was not taken by the webhook receiver: given up');
        return true;
      }
      if (waitMs === BACK_OFF_MS.first)
        logger.warn({ user, position }, 'the webhook receiver is not there: trying again');
      await this.#pause(waitMs);
    }
    return false;
  }

  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakes.delete(wake);
        cancel();
        resolve();
      };
      this.#wakes.add(wake);
      const cancel = this.#options.clock.at(this.#options.clock.now() + ms, wake);
    });
  }
}
