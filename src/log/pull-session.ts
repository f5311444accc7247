/**
 * One throw-away consumer of the stream and the records it hands over, from one position on, in order.
 * It proves of every delivery that none is missing before it. It ends at the first doubt (records lost on the way, silence,
 * a broken connection, the server's word) and never mends itself: its owner opens the next one where this one stopped.
 * Hand-made, since the client's ordered consumer was seen to be silent for 43 s after a server restart (notes/nats.md §5).
 */
import { createInbox, type Msg, nanos, type Subscription } from 'nats';
import type { LedgerlineError } from '../errors.ts';
import type { Position } from '../model/position.ts';
import { type Connection, callApi, isNoResponders, refused } from './connection.ts';
import type { StoredRecord } from './log.ts';
import { gap } from './log-failures.ts';
import type { PullRoom } from './pull-room.ts';
import { STREAM } from './subjects.ts';

/** Records asked for by one pull; up to two pulls are open, so the server never waits for us while we wait for it. */
const PULL_RECORDS = 4000;
const PULL_BYTES_MIN = 4 * 1024 * 1024;
const PULL_EXPIRES_MS = 30_000;
/** How often the server confirms an open pull. */
const HEARTBEAT_MS = 500;
/**
 * After so many looks in a row, each longer than a heartbeat, without a word from the server the pull counts as lost. More
 * than one, since our own process may have paused.
 */
const SILENT_LOOKS_MAX = 2;
const LOOK_MS = 1.5 * HEARTBEAT_MS;
/** How a pull ends that could not hold the next record any more: by its bytes. The rest of it is asked for again. */
const BYTES_USED_UP: ReadonlySet<string> = new Set(['Batch Completed', 'Message Size Exceeds MaxBytes']);
/** The server forgets a consumer that nobody pulls from. */
const FORGET_MS = 60_000;

export interface PullSessionOptions {
  readonly connection: Connection;
  readonly from: Position;
  /** The last record to ask for. */
  readonly upTo: Position;
  /** Records handed over and not yet taken further. */
  buffered(): number;
  onRecord(record: StoredRecord): void;
  /** Called once. With an error: the stream itself has a gap. Without: open another session. */
  onEnd(failure?: LedgerlineError): void;
}

/** With a subscription of its own, for the server serves open pulls by turns, and a record says nothing of whose it is. */
interface Pull {
  readonly inbox: string;
  readonly subscription: Subscription;
  /** Records asked for and not yet here. */
  due: number;
}

export class PullSession {
  readonly #options: PullSessionOptions;
  readonly #consumer: string;
  readonly #silence: NodeJS.Timeout;
  readonly #offStatus: () => void;
  readonly #pull: { readonly max_bytes: number; readonly expires: number; readonly idle_heartbeat: number };
  /** Undefined for a reading without an end: there is one of them, and it must never wait for others. */
  readonly #room: PullRoom | undefined;
  readonly #pulls = new Set<Pull>();
  /** Records to ask for in pulls to come. */
  #unasked: number;
  #silentLooks = 0;
  readonly #askAgain = () => this.refill();
  #due: Position;
  #delivery = 0;
  #ended = false;

  /** Throws `unavailable`. */
  static async open(options: PullSessionOptions): Promise<PullSession> {
    const call = `CONSUMER.CREATE.${STREAM}`;
    const reply = await callApi<{ name: string }>(options.connection, call, {
      stream_name: STREAM,
      config: {
        deliver_policy: 'by_start_sequence',
        opt_start_seq: options.from,
        ack_policy: 'none',
        replay_policy: 'instant',
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: nanos(FORGET_MS),
      },
    });
    if (reply.error !== undefined) throw refused(call, reply.error);
    return new PullSession(options, reply.name);
  }

  private constructor(options: PullSessionOptions, consumer: string) {
    this.#options = options;
    this.#consumer = consumer;
    this.#due = options.from;
    const { nats, room } = options.connection;
    this.#room = options.upTo === Number.POSITIVE_INFINITY ? undefined : room;
    this.#unasked = options.upTo - options.from + 1;
    this.#pull = {
      // At least two of the largest messages: one that does not fit would never come.
      max_bytes: Math.max(PULL_BYTES_MIN, 2 * (nats.info?.max_payload ?? 0)),
      expires: nanos(PULL_EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    };
    this.#silence = setInterval(() => this.#look(), LOOK_MS);
    this.#offStatus = options.connection.onStatus(() => this.#end());
    if (options.connection.status === 'down') this.#end();
  }

  /**
   * Asks for more, unless what is buffered and under way is enough, or there is no room for more on the way just now. To be
   * called when a buffer has been emptied.
   */
  refill(): void {
    while (!this.#ended && this.#unasked > 0 && this.#outstanding + this.#options.buffered() <= PULL_RECORDS) {
      if (this.#room?.take(this.#pull.max_bytes) === false) {
        this.#room.wait(this.#askAgain);
        return;
      }
      const batch = Math.min(PULL_RECORDS, this.#unasked);
      this.#unasked -= batch;
      const { inbox } = this.#begun(batch);
      const asked = JSON.stringify({ ...this.#pull, batch });
      this.#publish(`CONSUMER.MSG.NEXT.${STREAM}.${this.#consumer}`, asked, inbox);
    }
  }

  /** Ends without a word, and removes the consumer from the server. */
  close(): void {
    if (this.#ended) return;
    this.#dispose();
    this.#publish(`CONSUMER.DELETE.${STREAM}.${this.#consumer}`, '', undefined);
  }

  #begun(due: number): Pull {
    const inbox = createInbox();
    const subscription = this.#options.connection.nats.subscribe(inbox, {
      callback: (error, message) => (error === null ? this.#take(message, pull) : this.#end()),
    });
    const pull = { inbox, subscription, due };
    this.#pulls.add(pull);
    return pull;
  }

  #take(message: Msg, pull: Pull): void {
    if (this.#ended) return;
    this.#silentLooks = 0;
    if (message.subject === pull.inbox) {
      this.#takeStatus(message, pull);
      return;
    }
    const { position, delivery, storedAt } = placeIn(message.reply ?? '');
    pull.due -= 1;
    if (pull.due === 0) this.#over(pull);
    this.#delivery += 1;
    if (delivery !== this.#delivery) {
      // The server sent it, and it did not arrive: another session will fetch it.
      this.#end();
    } else if (position !== this.#due) {
      this.#end(gap(this.#due, position));
    } else {
      this.#due = position + 1;
      this.#options.onRecord({ position, subject: message.subject, payload: message.data, storedAt });
    }
  }

  #takeStatus(message: Msg, pull: Pull): void {
    const { code = 0, description = '' } = message.headers ?? {};
    if (code === 100) return;
    const finished = code === 408 || (code === 409 && BYTES_USED_UP.has(description));
    if (isNoResponders(message) || !finished) {
      this.#end();
      return;
    }
    this.#unasked += pull.due;
    this.#over(pull);
    this.refill();
  }

  get #outstanding(): number {
    let due = 0;
    for (const pull of this.#pulls) due += pull.due;
    return due;
  }

  #over(pull: Pull): void {
    pull.subscription.unsubscribe();
    this.#pulls.delete(pull);
    this.#room?.give(this.#pull.max_bytes);
  }

  #look(): void {
    this.#silentLooks = this.#outstanding > 0 ? this.#silentLooks + 1 : 0;
    if (this.#silentLooks > SILENT_LOOKS_MAX) this.#end();
  }

  #end(failure?: LedgerlineError): void {
    if (this.#ended) return;
    if (this.#options.connection.status === 'up') this.close();
    else this.#dispose();
    this.#options.onEnd(failure);
  }

  #dispose(): void {
    this.#ended = true;
    clearInterval(this.#silence);
    this.#offStatus();
    this.#room?.forget(this.#askAgain);
    for (const pull of this.#pulls) this.#over(pull);
  }

  #publish(call: string, payload: string, reply: string | undefined): void {
    const { connection } = this.#options;
    if (connection.status === 'down') return;
    connection.nats.publish(`$JS.API.${call}`, payload, reply === undefined ? {} : { reply });
  }
}

interface Place {
  readonly position: Position;
  /** Counts this consumer's deliveries from 1. */
  readonly delivery: number;
  readonly storedAt: number;
}

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<tries>.<position>.<delivery>.<stored at, ns>.<pending>[.<token>]` */
function placeIn(ackSubject: string): Place {
  const tokens = ackSubject.split('.');
  const offset = tokens.length === 9 ? 5 : 7;
  return {
    position: Number(tokens[offset]),
    delivery: Number(tokens[offset + 1]),
    // ns do not fit a double; the last six digits are less than a millisecond.
    storedAt: Number(tokens[offset + 2]?.slice(0, -6)),
  };
}
