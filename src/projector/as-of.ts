/**
 * Views of the past. A few stay open for the next question about the same moment, any other for as long as somebody reads
 * it, and whoever asks for one that is being made waits for the same. One is made at a time, the others after it: so much
 * memory, and so many threads, at most.
 */
import { LedgerlineError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { HeldView } from '../model/projection.ts';
import type { Moment } from '../model/runtime.ts';
import { HeldPast } from './held-past.ts';
import { positionAt } from './moments.ts';
import { makePast, type Past, type PastOptions } from './past.ts';
import { viewOf } from './view.ts';

/** Views that stay open, least recently asked for first to go. */
const VIEWS_MAX = 4;

export interface AsOfOptions extends PastOptions {
  readonly clock: Clock;
}

interface KeptOpen {
  readonly held: HeldPast;
  readonly keeping: Disposable;
}

export class AsOf {
  readonly #options: AsOfOptions;
  readonly #views = new Map<Position, KeptOpen>();
  #building: Promise<unknown> = Promise.resolve();

  constructor(options: AsOfOptions) {
    this.#options = options;
  }

  /**
   * The view of a moment; its `now` is that moment. Before the log began it is empty. Throws `momentUnavailable` for a
   * moment that has not come yet.
   */
  async viewAt(moment: Moment): Promise<HeldView> {
    const held = this.#heldAt(await this.#resolve(moment));
    const holding = held.hold();
    const { database, position, time } = await held.past;
    const now = 'time' in moment ? moment.time : time;
    return viewOf(database, {
      position: () => position,
      now: () => now,
      changedAt: () => position,
      letGo: () => holding[Symbol.dispose](),
    });
  }

  async #resolve(moment: Moment): Promise<Position> {
    const { live } = this.#options;
    if ('position' in moment) {
      const { position } = moment;
      if (Number.isSafeInteger(position) && position >= LOG_START && position <= live.position) return position;
      throw unavailable(`Position ${position} is not in the log yet`, { position, newest: live.position });
    }
    return this.positionAt(moment.time);
  }

  /** The last record by that time. Throws `momentUnavailable` for one that has not come yet. */
  async positionAt(time: number): Promise<Position> {
    const { live, log, clock } = this.#options;
    if (Number.isFinite(time) && time <= clock.now()) return positionAt(log, live, live.position, time);
    throw unavailable('The time asked for has not come yet', { time });
  }

  #heldAt(position: Position): HeldPast {
    const view = this.#views.get(position) ?? this.#build(position);
    this.#views.delete(position);
    this.#views.set(position, view);
    for (const [oldest, { keeping }] of this.#views) {
      if (this.#views.size <= VIEWS_MAX) break;
      this.#views.delete(oldest);
      keeping[Symbol.dispose]();
    }
    return view.held;
  }

  #build(position: Position): KeptOpen {
    const making = this.#building.then(async () => {
      using reading = new DisposableStack();
      return await makePast(this.#options, position, this.#open(reading));
    });
    const held = new HeldPast(making);
    this.#building = making.catch(() => {
      if (this.#views.get(position)?.held === held) this.#views.delete(position);
    });
    return { held, keeping: held.hold() };
  }

  /** Those that are made, held until `reading` ends. */
  #open(reading: DisposableStack): Past[] {
    return [...this.#views.values()].flatMap(({ held }) => {
      if (held.made !== undefined) reading.use(held.hold());
      return held.made ?? [];
    });
  }
}

function unavailable(message: string, details: Record<string, unknown>): LedgerlineError {
  return new LedgerlineError('momentUnavailable', message, details);
}
