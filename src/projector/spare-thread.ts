/**
 * Threads that project, at most one of them idle. That which has made a past moment is kept a while for the next one: a new
 * one takes 100 ms to start, and its first 20,000 records take it twice as long as those that follow, until its code is
 * compiled. For the same reason one is begun before a start has need of it. An idle one costs memory, so it is not kept for long.
 */
import { ProjectingThread } from './projecting-thread.ts';

/** Who looks around in the past asks again soon. */
const IDLE_MS = 60_000;

export class SpareThread {
  readonly #program: URL;
  #idle: ProjectingThread | undefined;
  #forget: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(program: URL) {
    this.#program = program;
  }

  /** Starts one now, for who takes it soon. */
  begin(): void {
    void this.give(this.take());
  }

  /** The kept one, or a new one. */
  take(): ProjectingThread {
    const kept = this.#idle;
    this.#idle = undefined;
    clearTimeout(this.#forget);
    if (kept === undefined || kept.hasFailed) return new ProjectingThread(this.#program);
    kept.wake();
    return kept;
  }

  /** With nothing open in it any more. */
  async give(thread: ProjectingThread): Promise<void> {
    if (thread.hasFailed) return;
    if (this.#closed || this.#idle !== undefined) {
      await thread.end();
      return;
    }
    thread.rest();
    this.#idle = thread;
    this.#forget = setTimeout(() => void this.#endIdle(), IDLE_MS).unref();
  }

  /** Nothing is kept from here on. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#endIdle();
  }

  async #endIdle(): Promise<void> {
    const kept = this.#idle;
    this.#idle = undefined;
    clearTimeout(this.#forget);
    await kept?.end();
  }
}
