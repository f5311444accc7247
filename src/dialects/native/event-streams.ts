/**
 * The log as server-sent events: every stream follows the log at its own pace from a position its reader names, sees
 * only public records of what it asked for, and carries the position as event id, so that a reader that was cut off goes
 * on where it was. A record is serialised once, however many read it. A reader that takes nothing for too long is cut.
 */
import type { ServerResponse } from 'node:http';
import type { Position } from '../../model/position.ts';
import type { Following, Runtime } from '../../model/runtime.ts';
import type { LoggedTransition } from '../../model/transition.ts';
import type { WhoAsks } from './auth.ts';

export interface EventFilter {
  readonly tenant?: string;
  readonly kinds: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

export interface StreamRequest {
  readonly after: Position | 'now';
  readonly filter: EventFilter;
  /** Asked again whenever sign-on records change, and at every heartbeat: who may no longer read is cut off. */
  readonly who: WhoAsks;
}

export interface StreamLimits {
  readonly heartbeatMs: number;
  /** A reader whose connection takes nothing for so long is cut off. */
  readonly stalledMs: number;
}

export const STREAM_LIMITS: StreamLimits = { heartbeatMs: 15_000, stalledMs: 20_000 };

interface Open {
  readonly response: ServerResponse;
  readonly who: WhoAsks;
  readonly following: Following;
}

/** Kinds whose change may take a right away. */
const SIGN_ON = new Set(['token', 'user', 'role', 'tenant']);

export class EventStreams {
  readonly #runtime: Runtime;
  readonly #limits: StreamLimits;
  readonly #open = new Set<Open>();
  #watch: Following | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime, limits: StreamLimits = STREAM_LIMITS) {
    this.#runtime = runtime;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes the response over until its reader leaves, is cut off, or the streams end. */
  open(response: ServerResponse, { after, filter, who }: StreamRequest): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write(': open\n\n');
    this.#keepWatch();
    const following = this.#runtime.follow({
      after,
      only: (record) => isWanted(record, filter),
      deliver: (records) => this.#send(response, records),
    });
    const stream: Open = { response, who, following };
    this.#open.add(stream);
    response.once('close', () => {
      this.#open.delete(stream);
      following.stop();
    });
    // Ended by the log or by us: the reader comes back with the last id it has.
    following.ended.then(
      () => response.end(),
      () => response.end(),
    );
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#beat);
    this.#watch?.stop();
    for (const { response } of this.#open) response.end();
  }

  #send(response: ServerResponse, records: readonly LoggedTransition[]): void | Promise<void> {
    response.cork();
    let taken = true;
    for (const record of records) taken = response.write(frameOf(record));
    response.uncork();
    if (!taken && !response.destroyed) return this.#drained(response);
  }

  /** While this is pending the follower is handed nothing more: nothing piles up here. */
  #drained(response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const stalled = setTimeout(() => response.destroy(), this.#limits.stalledMs);
      const done = (): void => {
        clearTimeout(stalled);
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
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
    for (const { response } of this.#open) if (!response.writableNeedDrain) response.write(': beat\n\n');
  }

  #cutStrangers(): void {
    for (const { response, who } of this.#open) if (who() === undefined) response.end();
  }
}

function isWanted({ visibility, actor, transition }: LoggedTransition, filter: EventFilter): boolean {
  return (
    visibility === 'public' &&
    (filter.tenant === undefined || actor.tenant === filter.tenant) &&
    (filter.kinds.size === 0 || filter.kinds.has(actor.kind)) &&
    (filter.ids.size === 0 || filter.ids.has(actor.id)) &&
    (filter.types.size === 0 || filter.types.has(transition.type))
  );
}

/** As long as the record is in memory its frame is, so that a thousand readers share one. */
const frames = new WeakMap<LoggedTransition, Buffer>();

function frameOf(record: LoggedTransition): Buffer {
  const known = frames.get(record);
  if (known !== undefined) return known;
  const frame = Buffer.from(`id: ${record.position}\ndata: ${JSON.stringify(record.transition)}\n\n`);
  frames.set(record, frame);
  return frame;
}
