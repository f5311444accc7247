/**
 * A database of the past, and those who hold it: made once for all of them, closed when the last one has let go. Who held
 * it and never says so leaves that to the garbage collector.
 */
import type { Past } from './past.ts';

export class HeldPast {
  /** Rejects as making it did. To be read while it is held. */
  readonly past: Promise<Past>;
  #made: Past | undefined;
  #holders = 0;

  constructor(making: Promise<Past>) {
    this.past = making;
    making.then(
      (made) => {
        this.#made = made;
      },
      () => undefined,
    );
  }

  /** Undefined until it is made. */
  get made(): Past | undefined {
    return this.#made;
  }

  /** From now on, also while it is being made, until the answer is disposed of; doing that again does nothing. */
  hold(): Disposable {
    this.#holders += 1;
    const holding = new DisposableStack();
    holding.defer(() => this.#letGo());
    return holding;
  }

  #letGo(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.past.then(
      ({ database }) => database.close(),
      () => undefined,
    );
  }
}
