/**
 * The people of a simulation: callers who come at random, wait as long as their patience lasts, talk and hang up; and
 * agents who answer. They act by the commands and facts of the real call machine, and know what they follow from the log.
 */
import type { CallContext } from '../../machines/call/context.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Clock } from '../model/clock.ts';
import type { Delivery, MachineEvent } from '../model/command.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../model/transition.ts';
import { UnderWay } from '../model/under-way.ts';
import { draw, type Law, type Random, randomOf } from './random.ts';

export interface TrafficPlan {
  readonly seed: number;
  readonly calls: number;
  /** Poisson. */
  readonly arrivalsPerHour: number;
  readonly service: Law;
  /** Absent: nobody gives up. */
  readonly patience?: Law;
}

/** One caller to come. */
export interface Caller {
  /** ms after the caller before him. */
  readonly afterMs: number;
  readonly talkMs: number;
  readonly patienceMs: number | undefined;
}

const HOUR_MS = 3_600_000;
const STREAMS = 3;

/** The callers of a plan, in order; each kind of chance has a stream of its own, so that plans can be compared. */
export function* callersOf({ seed, calls, arrivalsPerHour, service, patience }: TrafficPlan): Generator<Caller> {
  const [coming, talking, waiting] = [
    randomOf(seed * STREAMS),
    randomOf(seed * STREAMS + 1),
    randomOf(seed * STREAMS + 2),
  ];
  const arrivals: Law = { kind: 'exponential', meanMs: (TICKS * HOUR_MS) / arrivalsPerHour };
  let lateMs = 0;
  for (let index = 0; index < calls; index += 1) {
    const exact = lateMs + draw(arrivals, coming) / TICKS;
    const afterMs = Math.floor(exact);
    lateMs = exact - afterMs;
    yield {
      afterMs,
      talkMs: draw(service, talking),
      patienceMs: patience === undefined ? undefined : draw(patience, waiting),
    };
  }
}

/** Fractions of a ms are carried over to the next arrival, so that rounding does not slow the traffic. */
const TICKS = 1024;

export interface TrafficOptions {
  readonly runtime: Pick<Runtime, 'submit' | 'follow'>;
  readonly clock: Clock;
  readonly callers: Iterable<Caller>;
  readonly tenant: string;
  readonly queue: string;
  /** How long an agent lets it ring. */
  readonly answerMs: Random;
  /** Before the first id. */
  readonly prefix: string;
  /** A command that was refused, or failed. */
  readonly report: (what: Delivery, problem: unknown) => void;
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #callers: Iterator<Caller>;
  /** Of calls that are not over. */
  readonly #live = new Map<string, Caller & { readonly cancelPatience: (() => void) | undefined }>();
  readonly #underWay = new UnderWay();
  #following: Following | undefined;
  #called = 0;
  #allCame = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#callers = options.callers[Symbol.iterator]();
  }

  /** True when all came and went. */
  get isOver(): boolean {
    return this.#allCame && this.#live.size === 0;
  }

  get called(): number {
    return this.#called;
  }

  start(): void {
    const { runtime, tenant } = this.#options;
    this.#following = runtime.follow({
      after: 'now',
      only: ({ actor }) => actor.kind === 'call' && actor.tenant === tenant && this.#live.has(actor.id),
      deliver: (records) => {
        for (const record of records) this.#hear(record);
      },
    });
    this.#expectNext();
  }

  stop(): void {
    this.#following?.stop();
  }

  /** Resolves when nothing that somebody did is on its way. */
  async atRest(): Promise<void> {
    await this.#underWay.atRest();
  }

  #expectNext(): void {
    const { value, done } = this.#callers.next();
    if (done === true) {
      this.#allCame = true;
      return;
    }
    const { clock } = this.#options;
    clock.at(clock.now() + value.afterMs, () => {
      this.#come(value);
      this.#expectNext();
    });
  }

  #come(caller: Caller): void {
    const { clock, queue, prefix } = this.#options;
    this.#called += 1;
    const call = `${prefix}${String(this.#called).padStart(9, '0')}`;
    const { patienceMs } = caller;
    const cancelPatience =
      patienceMs === undefined
        ? undefined
        : clock.at(clock.now() + patienceMs, () => this.#do(call, { type: 'leg.ended', leg: `${call}-1` }));
    this.#live.set(call, { ...caller, cancelPatience });
    this.#do(call, {
      type: 'arrive',
      direction: 'inbound',
      to: queue,
      caller: { leg: `${call}-1`, number: String(this.#called) },
      queue: { queue },
    });
  }

  #hear({ actor, transition }: LoggedTransition): void {
    const { to } = transition.data;
    const { id } = actor;
    const caller = this.#live.get(id);
    if (caller === undefined) return;
    if (to === 'ended') {
      caller.cancelPatience?.();
      this.#live.delete(id);
      return;
    }
    const { offer } = contextOf<CallContext>(transition);
    const { type } = transition.data.event;
    if (type === 'offer' && offer !== null) this.#answerLater(id, offer.leg);
    if (type === 'leg.answered') {
      const { clock } = this.#options;
      caller.cancelPatience?.();
      clock.at(clock.now() + caller.talkMs, () => this.#do(id, { type: 'leg.ended', leg: `${id}-1` }));
    }
  }

  #answerLater(call: string, leg: string): void {
    const { clock, answerMs } = this.#options;
    const ms = Math.round(answerMs());
    // A phone that has stopped ringing is not picked up.
    const answer = () => {
      if (this.#live.has(call)) this.#do(call, { type: 'leg.answered', leg });
    };
    if (ms === 0) answer();
    else clock.at(clock.now() + ms, answer);
  }

  #do(call: string, event: MachineEvent): void {
    this.#underWay.add(this.#submit(call, event));
  }

  async #submit(call: string, event: MachineEvent): Promise<void> {
    const { runtime, tenant, report, clock } = this.#options;
    const to: ActorId = { tenant, kind: 'call', id: call };
    // Two things in one ms are two commands: a fact may come twice.
    const id = `traffic:${call}:${event.type}:${clock.now()}:${typeof event.leg === 'string' ? event.leg : ''}`;
    const delivery = { to, event };
    const command = { id, tenant, by: 'system:traffic', via: 'simulate', deliveries: [delivery] };
    const outcome = await runtime.submit(command).catch((error: unknown) => error);
    if (!isAccepted(outcome)) report(delivery, outcome);
  }
}

function isAccepted(outcome: unknown): boolean {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'accepted';
}
