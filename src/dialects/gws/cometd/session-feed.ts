/**
 * The log, told to one CometD session: a follower of its own, from where the session begins (its handshake, or the `since`
 * it brought) and only as fast as its client takes it. A subscription made soon after the handshake gets everything from
 * that beginning, a later one what comes from then on. In log order; at least once.
 */
import type { Position } from '../../../model/position.ts';
import type { Following, Runtime } from '../../../model/runtime.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import type { Teller, Told } from './told.ts';
import { matches } from './topics.ts';

export interface FeedParts {
  readonly runtime: Runtime;
  readonly start: Position;
  /** A teller that has seen nothing yet: the feed may begin again. */
  readonly newTeller: () => Teller;
  /** Puts messages into the session's queue, to be sent together. */
  readonly deliver: (told: readonly Told[]) => void;
  /** Resolves when the queue has room. */
  readonly room: () => Promise<void>;
  /** The log can be followed no more. */
  readonly failed: (error: unknown) => void;
  /** How long a session counts as new. */
  readonly newForMs: number;
}

export class SessionFeed {
  readonly #parts: FeedParts;
  /** Per pattern: the position up to which it has been served. */
  readonly #served = new Map<string, Position>();
  /** Patterns that the follower at work does not serve yet. */
  readonly #fresh = new Set<string>();
  readonly #ageing: NodeJS.Timeout;
  #isNew = true;
  #following: Following | undefined;
  /** Which of the followers there have been is at work. */
  #run: symbol | undefined;
  #done: Position;
  #restart: { readonly from: Position; readonly timer: NodeJS.Immediate } | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#done = parts.start;
    this.#ageing = setTimeout(() => {
      this.#isNew = false;
    }, parts.newForMs).unref();
  }

  /** Everything up to here is in the queue or of no interest: what a client resumes from. */
  get position(): Position {
    return Math.min(this.#restart?.from ?? Number.POSITIVE_INFINITY, this.#reached);
  }

  /** `since`: where this subscription begins, if not as said above. */
  subscribe(pattern: string, since: Position | undefined): void {
    const from = Math.min(since ?? (this.#isNew ? this.#parts.start : this.#reached), this.#reached);
    this.#served.set(pattern, from);
    this.#fresh.add(pattern);
    if (this.#following === undefined || from < this.#reached) this.#beginSoon(from);
    else this.#fresh.delete(pattern);
  }

  unsubscribe(pattern: string): void {
    this.#served.delete(pattern);
    this.#fresh.delete(pattern);
  }

  stop(): void {
    clearTimeout(this.#ageing);
    if (this.#restart !== undefined) clearImmediate(this.#restart.timer);
    this.#restart = undefined;
    this.#run = undefined;
    this.#following?.stop();
  }

  get #reached(): Position {
    return Math.max(this.#done, this.#following?.position ?? 0);
  }

  /** After the request that subscribes, which may subscribe to more. */
  #beginSoon(from: Position): void {
    const earliest = Math.min(from, this.#restart?.from ?? from);
    if (this.#restart !== undefined) clearImmediate(this.#restart.timer);
    this.#restart = { from: earliest, timer: setImmediate(() => this.#begin(earliest)) };
  }

  #begin(from: Position): void {
    const { runtime, newTeller, failed } = this.#parts;
    const reached = this.#reached;
    this.#following?.stop();
    this.#restart = undefined;
    for (const pattern of this.#served.keys()) if (!this.#fresh.has(pattern)) this.#served.set(pattern, reached);
    this.#fresh.clear();
    this.#done = from;
    const run = Symbol('run');
    this.#run = run;
    const teller = newTeller();
    this.#following = runtime.follow({
      after: from,
      only: (record) => teller.wants(record),
      deliver: (records) => this.#deliver(run, teller, records),
    });
    this.#following.ended.catch(failed);
  }

  async #deliver(run: symbol, teller: Teller, records: readonly LoggedTransition[]): Promise<void> {
    for (const command of await teller.tell(records)) {
      if (this.#run !== run) return;
      const due = command.filter((told) => this.#isDue(told));
      // Before they go out: the answer that takes them says how far the client has come with them.
      this.#done = Math.max(this.#done, ...command.map(({ position }) => position));
      if (due.length > 0) this.#parts.deliver(due);
      await this.#parts.room();
    }
  }

  #isDue({ channel, position }: Told): boolean {
    const served = [...this.#served].filter(([pattern]) => matches(pattern, channel));
    return served.length > 0 && served.every(([, upTo]) => upTo < position);
  }
}
