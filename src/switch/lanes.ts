/** Work in lanes: in order within one, side by side between them. A lane is forgotten when it is empty. */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();

  get busy(): boolean {
    return this.#tails.size > 0;
  }

  run<Result>(lane: string, work: () => Promise<Result>): Promise<Result> {
    const tail = this.#tails.get(lane) ?? Promise.resolve();
    const result = tail.then(work, work);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(lane) === settled) this.#tails.delete(lane);
      });
    this.#tails.set(lane, settled);
    return result;
  }

  /** Resolves when what is in the lanes now is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}
