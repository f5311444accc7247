/**
 * What all bounded readings of the log together may have on its way to us over one connection. The server cuts a connection off for
 * which it holds back too much (nats.conf, max_pending), and whatever is being stored over it at that moment with it; a
 * dozen who catch up at once would ask for more. Those who find no room wait for it, the first come first.
 */

/**
 * A quarter of what the server holds back for a connection. More keeps a slow machine busy for so long that readings take
 * the server for silent, and ask anew for what is on its way still.
 */
const BYTES_MAX = 16 * 1024 * 1024;

export class PullRoom {
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  /** False where there is no room now. What is larger than all of it is let in alone. */
  take(bytes: number): boolean {
    if (this.#taken > 0 && this.#taken + bytes > BYTES_MAX) return false;
    this.#taken += bytes;
    return true;
  }

  /** What was taken has arrived, or will not. */
  give(bytes: number): void {
    this.#taken -= bytes;
    for (const again of [...this.#waiting]) {
      if (this.#taken >= BYTES_MAX) return;
      this.#waiting.delete(again);
      again();
    }
  }

  /** Calls `again` once when there is room again, if somebody quicker has not taken it. */
  wait(again: () => void): void {
    this.#waiting.add(again);
  }

  forget(again: () => void): void {
    this.#waiting.delete(again);
  }
}
