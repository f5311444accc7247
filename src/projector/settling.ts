/**
 * Callers who wait until a position is projected, so that they can read what they wrote. The wait is bounded in real
 * time, whatever clock the domain runs by: it is somebody's patience, not a fact.
 */
import type { Position } from '../model/position.ts';

interface Waiter {
  readonly position: Position;
  readonly done: (reached: boolean) => void;
}

export class Settling {
  readonly #waiters = new Set<Waiter>();

  /** True once `advance` has reached `position`; false when `boundMs` pass before, or nothing will advance any more. */
  wait(position: Position, boundMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        done: (reached) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => waiter.done(false), boundMs);
      this.#waiters.add(waiter);
    });
  }

  advance(position: Position): void {
    for (const waiter of this.#waiters) if (waiter.position <= position) waiter.done(true);
  }

  end(): void {
    for (const waiter of this.#waiters) waiter.done(false);
  }
}
