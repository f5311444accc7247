/**
 * The log, told to one CometD session: a follower of its own, only as fast as its client takes it. A subscription gets what
 * comes from then on; one that says `since` when, from there, and so do the first ones of a session whose handshake said
 * it: who comes again names his place before he can subscribe. In log order; at least once.
 */
import type { Position } from '../../../model/position.ts';
import type { Following, Runtime } from '../../../model/runtime.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import type { Teller, Told } from './told.ts';
import { matches } from './topics.ts';

export interface FeedParts {
  readonly runtime: Runtime;
  /** Where the log is at present. */
  readonly head: () => Position;
  /** The `since` of the handshake. */
  readonly since: Position | undefined;
  /** A teller that has seen nothing yet, of what comes after a position: the feed may begin again. */
  readonly newTeller: (after: Position) => Teller;
  /** Puts messages into the session's queue, to be sent together. */
  readonly deliver: (told: readonly Told[]) => void;
  /** Resolves when the queue has room. */
  readonly room: () => Promise<void>;
  /** The log can be followed no more. */
  readonly failed: (error: unknown) => void;
  /** For how long after the handshake its `since` is meant for subscriptions. */
  readonly resumesForMs: number;
}

/** What comes after `begin` is meant, and told up to `served`. */
interface Subscription {
  readonly begin: Position;
  served: Position;
}

export class SessionFeed {
  readonly #parts: FeedParts;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Patterns that the follower at work does not serve yet. */
  readonly #fresh = new Set<string>();
  readonly #resumption: NodeJS.Timeout | undefined;
  /** Where subscriptions begin that do not say; undefined: now. */
  #resumed: Position | undefined;
  #following: Following | undefined;
  /** Which of the followers there have been is at work. */
  #run: symbol | undefined;
  #done: Position;
  #restart: { readonly from: Position; readonly timer: NodeJS.Immediate } | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#resumed = parts.since;
    this.#done = parts.since ?? parts.head();
    if (parts.since === undefined) return;
    this.#resumption = setTimeout(() => {
      this.#resumed = undefined;
    }, parts.resumesForMs).unref();
  }

  /** Everything up to here is in the queue or of no interest: what a client resumes from. */
  get position(): Position {
    return Math.min(this.#restart?.from ?? Number.POSITIVE_INFINITY, this.#reached);
  }

  /** `since`: where this subscription begins, if not as said above. Said again without it, it goes on. */
  subscribe(pattern: string, since: Position | undefined): void {
    if (since === undefined && this.#subscriptions.has(pattern)) return;
    const head = this.#parts.head();
    const begin = Math.min(since ?? this.#resumed ?? head, head);
    this.#subscriptions.set(pattern, { begin, served: begin });
    if (this.#following !== undefined && begin >= this.#reached) return;
    this.#fresh.add(pattern);
    this.#beginSoon(Math.min(begin, this.#reached));
  }

  unsubscribe(pattern: string): void {
    // Who leaves has arrived: what he subscribes to from now on he means from now on.
    this.#resumed = undefined;
    this.#subscriptions.delete(pattern);
    this.#fresh.delete(pattern);
  }

  stop(): void {
    clearTimeout(this.#resumption);
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
    for (const [pattern, subscription] of this.#subscriptions) {
      if (!this.#fresh.has(pattern)) subscription.served = Math.max(subscription.served, reached);
    }
    this.#fresh.clear();
    this.#done = from;
    const run = Symbol('run');
    this.#run = run;
    const teller = newTeller(from);
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
    const meaning = [...this.#subscriptions].filter(([pattern, { begin }]) => {
      return begin < position && matches(pattern, channel);
    });
    return meaning.length > 0 && meaning.every(([, { served }]) => served < position);
  }
}
