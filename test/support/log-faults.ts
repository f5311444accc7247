/** Faults for the memory log, one append at a time: what a test or a simulation wants to go wrong next. */
import type { AppendOutcome, Entry } from '../../src/log/log.ts';
import type { AppendFault } from '../../src/log/memory-log.ts';

export class LogFaults {
  readonly #next: AppendFault[] = [];
  readonly #late: (() => AppendOutcome)[] = [];

  /** To be given to the memory log. */
  readonly fault = (_entries: readonly Entry[]): AppendFault | undefined => this.#next.shift();

  /** The next append throws `unavailable`; nothing is stored. */
  failNext(): void {
    this.#next.push('unavailable');
  }

  /** The next append is stored or lost; either way its outcome is unknown. */
  loseNextAck(stored: boolean): void {
    this.#next.push(stored ? 'stored' : 'lost');
  }

  /** The next append has an unknown outcome and is under way until `landAll`. */
  delayNext(): void {
    this.#next.push({ late: (land) => this.#late.push(land) });
  }

  /** Lets delayed appends arrive, oldest first; each is stored if its expectations hold by now. */
  landAll(): readonly AppendOutcome[] {
    return this.#late.splice(0).map((land) => land());
  }
}
