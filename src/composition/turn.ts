/**
 * The turn of a process to do what only one may: begun once, at the opening or when it has taken over from the one it stood
 * by for, never after it was closed; and whoever closes waits for what has begun.
 */
import { LedgerlineError } from '../errors.ts';
import type { Standby } from './standby.ts';

export class Turn {
  /** Resolves when all has begun; rejects when that will never be. */
  readonly begun: Promise<void>;
  #hasBegun = false;
  #isClosing = false;
  #beginning: Promise<void> = Promise.resolve();

  constructor(standby: Pick<Standby, 'over'> | undefined, begin: () => Promise<void>) {
    this.begun = standby === undefined ? this.#begin(begin) : standby.over.then(() => this.#begin(begin));
    this.begun.catch(() => undefined);
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#beginning.catch(() => undefined);
  }

  async #begin(begin: () => Promise<void>): Promise<void> {
    if (this.#isClosing) throw new LedgerlineError('unavailable', 'the server is shutting down');
    this.#beginning = begin();
    await this.#beginning;
    this.#hasBegun = true;
  }
}
