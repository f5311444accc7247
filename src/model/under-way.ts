/** Work that was begun and that nobody waits for, until somebody must: at a stop, or in a test. */
export class UnderWay {
  readonly #works = new Set<Promise<void>>();

  get size(): number {
    return this.#works.size;
  }

  /** Counts it until it ends. It must not reject: nobody is there to hear it. */
  add(work: Promise<void>): void {
    const counted = work.finally(() => this.#works.delete(counted));
    this.#works.add(counted);
  }

  /** Resolves when none is left, nor has been begun meanwhile. */
  async atRest(): Promise<void> {
    while (this.#works.size > 0) await Promise.all(this.#works);
  }
}
