/**
 * The delivery log of an endpoint: its newest attempts, kept over restarts. Written seldom, since it is for people: a
 * process that is killed loses the last seconds of it, and nothing else.
 */
import type { Attempt, Kept } from './place.ts';

const KEPT_MAX = 200;
const SAVE_EVERY_MS = 2_000;

export class AttemptLog {
  readonly #kept: Kept<readonly Attempt[]>;
  readonly #failed: (error: unknown) => void;
  #attempts: Attempt[] = [];
  #saving: NodeJS.Timeout | undefined;
  #saved: Promise<void> = Promise.resolve();

  /** `failed` is told what could not be kept, and why. */
  constructor(kept: Kept<readonly Attempt[]>, failed: (error: unknown) => void) {
    this.#kept = kept;
    this.#failed = failed;
  }

  /** Oldest first. */
  get newest(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Takes up what an earlier process kept. */
  async open(): Promise<void> {
    this.#attempts = [...((await this.#kept.read()) ?? []), ...this.#attempts].slice(-KEPT_MAX);
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
    this.#saved = this.#saved.then(() => this.#kept.write(attempts)).catch(this.#failed);
    return this.#saved;
  }
}
