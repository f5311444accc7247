/**
 * The two clocks. The manual one stands still until it is advanced, and then steps through everything that is due,
 * in order, letting the system come to rest after each: a wrap-up of 30 s is tested without waiting.
 */
import type { Clock } from './model/clock.ts';
import { InTurn } from './model/turns.ts';

/**
 * Node's timers count what the machine is awake, by a clock that nobody sets. So nobody sleeps longer without a look at the
 * time: else he would be late by as long as a machine was suspended, or its clock set forward.
 */
const SLEEP_MS_MAX = 30_000;

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    at(at, wake) {
      let timer: NodeJS.Timeout;
      const sleep = (ms: number) => {
        timer = setTimeout(look, Math.min(ms, SLEEP_MS_MAX)).unref();
      };
      const look = () => {
        const ms = at - Date.now();
        if (ms > 0) sleep(ms);
        else wake();
      };
      sleep(Math.max(0, at - Date.now()));
      return () => clearTimeout(timer);
    },
  };
}

interface Wake {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #wakes = new Set<Wake>();
  readonly #advances = new InTurn();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(at: number, wake: () => void): () => void {
    this.#order += 1;
    const entry = { at, order: this.#order, wake };
    this.#wakes.add(entry);
    return () => this.#wakes.delete(entry);
  }

  /**
   * Moves time forward by `ms`, waking what falls due on the way. After each wake, and once at the end, `atRest` is
   * awaited: it resolves when everything the wake set off has been recorded and followed. Calls queue up.
   */
  advance(ms: number, atRest: () => Promise<void>): Promise<void> {
    return this.#advances.run(() => this.#walk(ms, atRest));
  }

  async #walk(ms: number, atRest: () => Promise<void>): Promise<void> {
    const target = this.#now + ms;
    await atRest();
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#wakes.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await atRest();
    }
    this.#now = target;
  }

  #next(upTo: number): Wake | undefined {
    let first: Wake | undefined;
    for (const wake of this.#wakes) {
      if (wake.at > upTo) continue;
      if (first === undefined || wake.at < first.at || (wake.at === first.at && wake.order < first.order)) first = wake;
    }
    return first;
  }
}
