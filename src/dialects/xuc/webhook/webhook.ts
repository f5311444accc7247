/**
 * The event webhook (contract 2.4): phone events of every user, posted to the operator's `eventUrl`, in order per user.
 * Durable unless said otherwise: it follows the log from where it was, so a receiver that was down gets what it missed, at
 * least once. It follows on its own and holds nobody up; when too much waits it stops reading, and the log keeps the rest.
 */

import type { CallContext } from '../../../../machines/call/context.ts';
import { allLiveCalls } from '../../../../projections/calls.ts';
import { isFailure } from '../../../errors.ts';
import { patiently } from '../../../log/patience.ts';
import type { Clock } from '../../../model/clock.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Position } from '../../../model/position.ts';
import type { HeldView } from '../../../model/projection.ts';
import type { Following, Runtime } from '../../../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../../../model/transition.ts';
import { hintAt } from '../hints.ts';
import type { EventKind, XucLog } from '../parts.ts';
import { loginOf } from '../people.ts';
import { type CallAt, currentPhoneEvents, type PhoneEvent, phoneEventsBetween } from '../phone-events.ts';
import type { Cursor } from './cursor.ts';
import { Lanes } from './lanes.ts';
import type { Post } from './poster.ts';

export interface WebhookOptions {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly logger: XucLog;
  readonly post: Post;
  /** Absent: fire and forget. Each event is tried once, and what happens while we are down is not posted. */
  readonly cursor?: Cursor;
  readonly kind: EventKind;
}

const RETRY_FOR_MS = 86_400_000;
const WAITING_MAX = 10_000;

export class Webhook {
  readonly #options: WebhookOptions;
  readonly #lanes: Lanes;
  /** Live calls as they were after the last record that was read, by `<tenant> <id>`. */
  readonly #calls = new Map<string, CallContext>();
  readonly #room: (() => void)[] = [];
  #following: Following | undefined;
  #writing: Promise<void> | undefined;
  #written: Position = 0;

  constructor(options: WebhookOptions) {
    const { post, clock, logger, cursor } = options;
    this.#options = options;
    const retryForMs = cursor === undefined ? 0 : RETRY_FOR_MS;
    this.#lanes = new Lanes({ post, clock, logger, retryForMs, done: () => this.#done() });
  }

  /** Takes up where it was. */
  async start(): Promise<void> {
    const { runtime, logger } = this.#options;
    const after = await this.#beginning();
    this.#written = after;
    using then = await this.#viewAt(after);
    for (const { tenant, id, context } of allLiveCalls(then)) this.#calls.set(`${tenant} ${id}`, context);
    this.#following = runtime.follow({
      after,
      only: ({ actor }) => actor.kind === 'call',
      deliver: (records) => this.#deliver(records),
    });
    this.#following.ended.catch((error: unknown) =>
      logger.error({ err: error }, 'the webhook follows the log no more'),
    );
  }

  /** Posts the last event of each telephone in a live call again, unless that is on its way: what waits stays bounded. */
  repost(): void {
    if (this.#lanes.isReposting) return;
    const view = this.#options.runtime.live;
    for (const call of allLiveCalls(view))
      for (const event of currentPhoneEvents(view, call)) this.#put(event, undefined);
  }

  async stop(): Promise<void> {
    this.#following?.stop();
    for (const resume of this.#room.splice(0)) resume();
    await this.#lanes.close();
    await this.#writing;
    await this.#keep();
  }

  async #beginning(): Promise<Position> {
    const { runtime, cursor, logger } = this.#options;
    const newest = runtime.live.position;
    const kept = await cursor?.read();
    if (kept === undefined || kept <= newest) return kept ?? newest;
    logger.warn({ kept, newest }, 'the webhook was further than the log is: it goes on from the end');
    return newest;
  }

  /** The calls of that moment say what the next record changes; where it is not kept, or cannot be read, today's must do. */
  async #viewAt(position: Position): Promise<HeldView> {
    const { runtime } = this.#options;
    if (position >= runtime.live.position) return runtime.query();
    try {
      return await patiently('the calls that the event webhook was told of', () => runtime.query({ position }));
    } catch (error) {
      if (!isFailure(error, 'momentUnavailable') && !isFailure(error, 'unavailable')) throw error;
      return runtime.query();
    }
  }

  #deliver(records: readonly LoggedTransition[]): void | Promise<void> {
    const view = this.#options.runtime.live;
    for (const { actor, position, transition } of records) {
      const context = contextOf<CallContext>(transition);
      const key = `${actor.tenant} ${actor.id}`;
      const call: CallAt = { tenant: actor.tenant, id: actor.id, context };
      // A call of the past never rang here.
      const events =
        transition.data.event.type === 'imported' ? [] : phoneEventsBetween(view, this.#calls.get(key), call);
      for (const event of events) this.#put(event, position);
      if (context.endedAt === null) this.#calls.set(key, context);
      else this.#calls.delete(key);
    }
    if (this.#lanes.size >= WAITING_MAX) return new Promise((resolve) => this.#room.push(resolve));
    this.#done();
  }

  #put({ person, printed }: PhoneEvent, position: Position | undefined): void {
    const username = loginOf(person);
    const at = position === undefined ? {} : { position };
    const since = this.#options.clock.now();
    const put = (body: JsonObject) => this.#lanes.put({ user: username, body: JSON.stringify(body), since, ...at });
    const { kind, runtime } = this.#options;
    if (kind !== 'status') put({ username, message: { msgType: 'PhoneEvent', ctiMessage: printed } });
    if (kind !== 'event') put({ username, status: hintAt(runtime.live, person.actor.tenant, String(printed.DN)) });
  }

  #done(): void {
    if (this.#lanes.size < WAITING_MAX / 2) for (const resume of this.#room.splice(0)) resume();
    if (this.#options.cursor === undefined || this.#writing !== undefined) return;
    this.#writing = this.#keep().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Writes the cursor until it is where the postings are. */
  async #keep(): Promise<void> {
    const { cursor, logger } = this.#options;
    for (let reached = this.#reached(); cursor !== undefined && reached > this.#written; reached = this.#reached()) {
      try {
        await cursor.write(reached);
        this.#written = reached;
      } catch (error) {
        logger.error({ err: error }, 'the place of the webhook could not be kept');
        return;
      }
    }
  }

  #reached(): Position {
    const { oldest } = this.#lanes;
    return oldest === undefined ? (this.#following?.position ?? this.#written) : oldest - 1;
  }
}
