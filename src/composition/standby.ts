/**
 * A ledger whose log another process writes: it follows, with the same projections as a writer, and takes over when that one
 * gives up the lease or dies. It is the writer's equal but for commands, which are refused until it has read everything
 * that was written before it.
 */
import type { Logger } from 'pino';
import type { Lease } from '../log/lease.ts';
import type { Log } from '../log/log.ts';
import type { LedgerRuntime } from '../runtime.ts';

export interface StandbyParts {
  readonly lease: Lease;
  readonly log: Log;
  readonly runtime: LedgerRuntime;
  readonly logger: Logger;
}

/** How often it is looked how far the log is. */
const LOOK_MS = 1_000;

export class Standby {
  /**
   * Resolves when this process has the lease and has read all that is in the log: commands are taken. Rejects when that will
   * never be: the log is not the one that was followed.
   */
  readonly over: Promise<void>;
  readonly #parts: StandbyParts;
  readonly #looking: NodeJS.Timeout;
  #head: number | undefined;

  constructor(parts: StandbyParts) {
    this.#parts = parts;
    this.#looking = setInterval(() => void this.#look(), LOOK_MS);
    void this.#look();
    this.over = this.#takeOver().finally(() => this.stop());
    this.over.catch(() => undefined);
  }

  /** Who takes the commands; undefined once that is this process. */
  get of(): string | undefined {
    return this.#parts.lease.holder;
  }

  /** Records of the log, as it was seen last, that are not projected here; undefined while it cannot be seen. */
  get behind(): number | undefined {
    const { log, runtime } = this.#parts;
    if (this.#head === undefined || log.status === 'down') return undefined;
    return Math.max(0, this.#head - runtime.live.position);
  }

  stop(): void {
    clearInterval(this.#looking);
  }

  async #takeOver(): Promise<void> {
    const { lease, runtime, logger } = this.#parts;
    const stopped = runtime.stopped.then((error) => Promise.reject(error));
    await Promise.race([lease.held, stopped]);
    logger.warn('the right to write the log is held here: taking over');
    await Promise.race([runtime.caughtUp(), stopped]);
  }

  async #look(): Promise<void> {
    this.#head = await this.#parts.log.head().catch(() => undefined);
  }
}
