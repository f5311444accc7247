/**
 * So many decisions in one turn of the event loop; those that come after them, in their order, in the turns that follow.
 * Callers who were answered together come back together. Decided in one breath they would keep the loop from hearing what
 * the log acknowledges meanwhile: it would stand idle while all are decided, and nothing be decided while it writes.
 */
export class Pace {
  readonly #perTurn: number;
  #left: number;
  #isCounting = false;
  readonly #waiting: (() => void)[] = [];

  constructor(perTurn: number) {
    this.#perTurn = perTurn;
    this.#left = perTurn;
  }

  /** At once, or in its turn. */
  run(decide: () => void): void {
    this.#count();
    if (this.#left === 0) {
      this.#waiting.push(decide);
      return;
    }
    this.#left -= 1;
    decide();
  }

  /** From now to the end of this turn. */
  #count(): void {
    if (this.#isCounting) return;
    this.#isCounting = true;
    setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#isCounting = false;
    const due = this.#waiting.splice(0, this.#perTurn);
    this.#left = this.#perTurn - due.length;
    if (due.length > 0) this.#count();
    for (const decide of due) decide();
  }
}
