/**
 * The newest record of each actor in a chunk, for the projections that need no other. While a chunk stays open only its
 * bytes are held, a fifth of what they take when read, and those that are still the newest at its end are read again.
 */
import type { PlacedRecord } from '../log/log.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { inOrder } from './heads.ts';
import { readValid } from './read.ts';

export class Newest {
  /** By the position of the actor's first record. */
  readonly #stored = new Map<Position, PlacedRecord>();
  readonly #read = new Map<Position, LoggedTransition>();

  note(created: Position, stored: PlacedRecord, record: LoggedTransition): void {
    this.#stored.set(created, stored);
    this.#read.set(created, record);
  }

  /** Holds nothing but bytes from here on. */
  letGo(): void {
    this.#read.clear();
  }

  *records(): Generator<readonly [created: Position, record: LoggedTransition]> {
    for (const [created, stored] of inOrder(this.#stored))
      yield [created, this.#read.get(created) ?? readValid(stored)];
  }
}
