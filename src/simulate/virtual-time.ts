/**
 * A clock for simulations: jumps from one wake to the next, as fast as the machine can. Whoever runs it lets the system
 * come to rest between two wakes.
 */
import type { Clock } from '../model/clock.ts';

interface Wake {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | undefined;
}

export class VirtualTime implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap, the next one first; one that was taken back stays until its time. */
  readonly #heap: Wake[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(at: number, wake: () => void): () => void {
    const entry: Wake = { at, order: ++this.#order, wake };
    this.#push(entry);
    return () => {
      entry.wake = undefined;
    };
  }

  /** Goes to the next wake and wakes it; false when there is none up to `until`. */
  next(until = Number.POSITIVE_INFINITY): boolean {
    for (let first = this.#heap[0]; first !== undefined && first.at <= until; first = this.#heap[0]) {
      this.#pop();
      const { wake } = first;
      if (wake === undefined) continue;
      this.#now = Math.max(this.#now, first.at);
      wake();
      return true;
    }
    return false;
  }

  #push(entry: Wake): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      let child = left;
      if (left !== undefined && right !== undefined && isBefore(right, left)) {
        child = right;
        below += 1;
      }
      if (child === undefined || !isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}

function isBefore(one: Wake, other: Wake): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
