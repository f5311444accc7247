/**
 * A bounded number of things at once, and a bounded number waiting for their turn; beyond that the answer is no.
 */
import { LedgerlineError } from '../errors.ts';

export class Slots {
  readonly #atOnceMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(atOnceMax: number, waitingMax: number) {
    this.#atOnceMax = atOnceMax;
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` when a slot is free, first come first served. Throws `overloaded` when too many wait already. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#atOnceMax) this.#running++;
    else await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Resolves with the slot of whoever finished: the count stays as it is. */
  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax) {
      throw new LedgerlineError('overloaded', 'too many sign-ins are being checked', { waiting: this.#waiting.length });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
