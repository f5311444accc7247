/** Work that must not overlap: one piece after the other, or so only within a lane. What fails holds up nothing behind it. */

/** One after the other. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the work does. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when what was given so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

/** In order within a lane, side by side between them. A lane is forgotten when it is empty. */
export class Lanes {
  readonly #lanes = new Map<string, Promise<unknown>>();

  get busy(): boolean {
    return this.#lanes.size > 0;
  }

  /** Settles as the work does. */
  run<Result>(lane: string, work: () => Promise<Result>): Promise<Result> {
    const last = this.#lanes.get(lane) ?? Promise.resolve();
    const result = last.then(work);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (this.#lanes.get(lane) === settled) this.#lanes.delete(lane);
      });
    this.#lanes.set(lane, settled);
    return result;
  }

  /** Resolves when what is in the lanes now, or in this one, is done. */
  async idle(lane?: string): Promise<void> {
    await (lane === undefined ? Promise.all(this.#lanes.values()) : this.#lanes.get(lane));
  }
}
