/**
 * Views of the past. A few stay open for the next question about the same moment, and whoever asks for one that is being
 * made waits for the same. One is made at a time, the others after it: so much memory, and so many threads, at most.
 */
import { LedgerlineError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { View } from '../model/projection.ts';
import type { Moment } from '../model/runtime.ts';
import { positionAt } from './moments.ts';
import { makePast, type Past, type PastOptions } from './past.ts';
import { viewOf } from './view.ts';

/** Views that stay open, least recently asked for first to go. */
const VIEWS_MAX = 4;

export interface AsOfOptions extends PastOptions {
  readonly clock: Clock;
}

export class AsOf {
  readonly #options: AsOfOptions;
  readonly #views = new Map<Position, Promise<Past>>();
  /** Those of the views that are made. */
  readonly #made = new WeakMap<Promise<Past>, Past>();
  #building: Promise<unknown> = Promise.resolve();

  constructor(options: AsOfOptions) {
    this.#options = options;
  }

  /**
   * The view of a moment; its `now` is that moment. Before the log began it is empty. Throws `momentUnavailable` for a
   * moment that has not come yet. The view stays readable for as long as it is held.
   */
  async viewAt(moment: Moment): Promise<View> {
    const past = await this.#past(await this.#resolve(moment));
    const now = 'time' in moment ? moment.time : past.time;
    return viewOf(
      past.database,
      () => past.position,
      () => now,
      () => past.position,
    );
  }

  async #resolve(moment: Moment): Promise<Position> {
    const { live, log, clock } = this.#options;
    if ('position' in moment) {
      const { position } = moment;
      if (Number.isSafeInteger(position) && position >= LOG_START && position <= live.position) return position;
      throw unavailable(`Position ${position} is not in the log yet`, { position, newest: live.position });
    }
    const { time } = moment;
    if (Number.isFinite(time) && time <= clock.now()) return positionAt(log, live, live.position, time);
    throw unavailable('The time asked for has not come yet', { time });
  }

  #past(position: Position): Promise<Past> {
    const known = this.#views.get(position);
    const past = known ?? this.#build(position);
    this.#views.delete(position);
    this.#views.set(position, past);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= VIEWS_MAX) break;
      this.#views.delete(oldest); // closed with the last view that holds it, by the garbage collector
    }
    return past;
  }

  #build(position: Position): Promise<Past> {
    const past = this.#building.then(() => makePast(this.#options, position, this.#open()));
    this.#building = past.then(
      (made) => this.#made.set(past, made),
      () => this.#views.delete(position),
    );
    return past;
  }

  #open(): Past[] {
    return [...this.#views.values()].flatMap((view) => this.#made.get(view) ?? []);
  }
}

function unavailable(message: string, details: Record<string, unknown>): LedgerlineError {
  return new LedgerlineError('momentUnavailable', message, details);
}
