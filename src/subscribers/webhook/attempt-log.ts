/**
 * The delivery log of an endpoint: its newest attempts, kept over restarts. Written seldom, since it is for people: a
 * process that is killed loses the last seconds of it, and nothing else.
 */
import type { Attempt } from './place.ts';

const KEPT_MAX = 200;
const SAVE_EVERY_MS = 2_000;

export class AttemptLog {
  readonly #keep: (attempts: readonly Attempt[]) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #attempts: Attempt[] = [];
  #saving: NodeJS.Timeout | undefined;
  #saved: Promise<void> = Promise.resolve();

  /** `failed` is told what could not be kept, and why. */
  constructor(keep: (attempts: readonly Attempt[]) => Promise<void>, failed: (error: unknown) => void) {
    this.#keep = keep;
    this.#failed = failed;
  }

  /** Oldest first. */
  get newest(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Takes up what was kept of earlier ones. */
  open(earlier: readonly Attempt[]): void {
    this.#attempts = [...earlier].slice(-KEPT_MAX);
  }

  note(attempt: Attempt): void {
    this.#attempts.push(attempt);
    if (this.#attempts.length > KEPT_MAX) this.#attempts.shift();
    this.#saving ??= setTimeout(() => void this.#save(), SAVE_EVERY_MS).unref();
  }

  /** Resolves when everything that was noted is kept. */
  close(): Promise<void> {
    return this.#saving === undefined ? this.#saved : this.#save();
  }

  #save(): Promise<void> {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    const attempts = [...this.#attempts];
    this.#saved = this.#saved.then(() => this.#keep(attempts)).catch(this.#failed);
    return this.#saved;
  }
}
