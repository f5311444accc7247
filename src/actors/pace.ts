/**
 * Limits how many commands are decided in one turn of the event loop; the others follow, in order, in the next turns.
 * Callers who were answered together come back together. If all of them were decided at once, the loop would not hear the
 * log's acknowledgement meanwhile: the log would stand idle during the deciding, and the deciding during the log's writing.
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

  /** Decides at once or, when this turn is full, in a later one; always in the order of the calls. */
  run(decide: () => void): void {
    this.#count();
    if (this.#left === 0) {
      this.#waiting.push(decide);
      return;
    }
    this.#left -= 1;
    decide();
  }

  /** Begins to count, unless this turn is counted already; the count ends with the turn. */
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
