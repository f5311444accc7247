/**
 * What is to be delivered, one lane per actor: within a lane the next goes out when the one before is done, so order per
 * actor holds however often something is tried; lanes do not wait for each other. Keeps the books, sends nothing.
 */
import type { Position } from '../../model/position.ts';
import type { LoggedTransition } from '../../model/transition.ts';

export interface Parcel {
  readonly lane: string;
  readonly record: LoggedTransition;
  /** Times it was tried. */
  tries: number;
}

export class Lanes {
  readonly #waiting = new Map<string, Parcel[]>();
  /** Lanes whose first parcel may go out now, longest ready first. */
  readonly #ready = new Set<string>();
  /** Everything that is not done, in log order. */
  readonly #undone = new Map<Position, Parcel>();

  get size(): number {
    return this.#undone.size;
  }

  /** The earliest record that is not done. */
  get oldest(): Position | undefined {
    return this.#undone.keys().next().value;
  }

  put(lane: string, record: LoggedTransition): void {
    const parcel: Parcel = { lane, record, tries: 0 };
    this.#undone.set(record.position, parcel);
    const before = this.#waiting.get(lane);
    if (before !== undefined) {
      before.push(parcel);
      return;
    }
    this.#waiting.set(lane, [parcel]);
    this.#ready.add(lane);
  }

  /** The first parcel of the lane that has been ready longest; its lane is busy until `done` or `again`. */
  next(): Parcel | undefined {
    const lane = this.#ready.values().next().value;
    if (lane === undefined) return undefined;
    this.#ready.delete(lane);
    return this.#waiting.get(lane)?.[0];
  }

  done({ lane, record }: Parcel): void {
    this.#undone.delete(record.position);
    const rest = this.#waiting.get(lane);
    rest?.shift();
    if (rest === undefined || rest.length === 0) this.#waiting.delete(lane);
    else this.#ready.add(lane);
  }

  /** May be tried once more. */
  again({ lane }: Parcel): void {
    this.#ready.add(lane);
  }
}
