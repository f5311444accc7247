/**
 * What a simulation measured: counts and means over the calls that ended after the start was forgotten, and how sure the
 * means are. Waits of neighbours depend on one another, so the standard error comes from the means of consecutive batches
 * (the method of batch means: A. M. Law, "Simulation Modeling and Analysis", 9.5.3).
 */
import type { CallContext } from '../../machines/call/context.ts';
import { errorOf } from './error-of.ts';

export interface Measured {
  readonly mean: number;
  /** Standard error of the mean; NaN with fewer than two batches. */
  readonly error: number;
}

export interface SimulationResult {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Left the queue in any other way. */
  readonly otherwise: number;
  /** Of all calls. */
  readonly waitMs: Measured;
  readonly waitMsMax: number;
  /** Share of answered calls that were answered within the time asked for. */
  readonly serviceLevel: Measured;
  readonly serviceLevelMs: number;
  readonly talkMsMean: number;
  /** Share of the agents' time spent talking. */
  readonly occupancy: number;
}

export interface TallyOptions {
  readonly agents: number;
  readonly serviceLevelMs: number;
  /** Calls left out, in the order of ending: the system was still empty then. */
  readonly warmUpCalls: number;
  readonly batchCalls: number;
}

export class Tally {
  readonly #options: TallyOptions;
  readonly #waits: Batches;
  readonly #within: Batches;
  #ended = 0;
  #answered = 0;
  #abandoned = 0;
  #otherwise = 0;
  #waitMsMax = 0;
  #talkMs = 0;
  /** When counting began: at the end of the last call left out, else at the start of the first. */
  #from: number | undefined;
  #to = 0;

  constructor(options: TallyOptions) {
    this.#options = options;
    this.#waits = new Batches(options.batchCalls);
    this.#within = new Batches(options.batchCalls);
  }

  /** Counts a call that has ended; one that was in no queue does not count. */
  add({ queue, startedAt, endedAt, answeredAt, abandoned }: CallContext): void {
    if (queue === null || queue.leftAt === undefined || endedAt === null) return;
    this.#ended += 1;
    if (this.#ended <= this.#options.warmUpCalls) {
      this.#from = endedAt;
      return;
    }
    this.#from ??= startedAt;
    this.#to = endedAt;
    const waitMs = queue.leftAt - queue.enteredAt;
    this.#waits.add(waitMs);
    this.#waitMsMax = Math.max(this.#waitMsMax, waitMs);
    if (queue.outcome === 'answered') {
      this.#answered += 1;
      this.#within.add(waitMs <= this.#options.serviceLevelMs ? 1 : 0);
      this.#talkMs += endedAt - (answeredAt ?? endedAt);
    } else if (abandoned) this.#abandoned += 1;
    else this.#otherwise += 1;
  }

  get result(): SimulationResult {
    const { agents, serviceLevelMs } = this.#options;
    return {
      offered: this.#waits.count,
      answered: this.#answered,
      abandoned: this.#abandoned,
      otherwise: this.#otherwise,
      waitMs: this.#waits.measured,
      waitMsMax: this.#waitMsMax,
      serviceLevel: this.#within.measured,
      serviceLevelMs,
      talkMsMean: this.#answered === 0 ? 0 : this.#talkMs / this.#answered,
      occupancy: this.#waits.count === 0 ? 0 : this.#talkMs / (agents * (this.#to - (this.#from ?? 0))),
    };
  }
}

class Batches {
  readonly #size: number;
  readonly #means: number[] = [];
  #batch = 0;
  #sum = 0;
  count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(value: number): void {
    this.#sum += value;
    this.#batch += value;
    this.count += 1;
    if (this.count % this.#size > 0) return;
    this.#means.push(this.#batch / this.#size);
    this.#batch = 0;
  }

  get measured(): Measured {
    return {
      mean: this.count === 0 ? 0 : this.#sum / this.count,
      error: errorOf(this.#means),
    };
  }
}
