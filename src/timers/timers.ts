/**
 * Fires what is due. Armed timers are a read model; this wakes at the earliest due time and submits each firing as an
 * ordinary command whose id is made of actor, timer and arming, so that however many processes see it due, it fires once.
 */
import { isFailure } from '../errors.ts';
import { type ActorId, keyOf } from '../model/actor-id.ts';
import type { Clock } from '../model/clock.ts';
import type { Command } from '../model/command.ts';
import type { View } from '../model/projection.ts';
import type { Following, Runtime } from '../model/runtime.ts';

export interface DueTimer {
  readonly actor: ActorId;
  readonly name: string;
  readonly due: number;
  readonly armed: number;
}

/** The queries of the timers projection that firing needs. */
export interface ArmedTimers {
  nextDue(view: View): number | undefined;
  dueBy(view: View, time: number, limit: number): readonly DueTimer[];
}

export interface TimersOptions {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly armed: ArmedTimers;
  /** Between two tries while the log cannot be reached. */
  readonly retryMs: number;
  /** A firing that failed for a reason of its own. */
  readonly report: (timer: DueTimer, problem: unknown) => void;
}

const FIRED_TOGETHER_MAX = 512;

export class Timers {
  readonly #options: TimersOptions;
  /** Firings that failed, and when each is tried again; the earliest first. */
  readonly #failed = new Map<string, number>();
  #following: Following | undefined;
  #cancelWake: (() => void) | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;
  #firing: Promise<void> | undefined;
  #stopped = false;

  constructor(options: TimersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#following = this.#options.runtime.follow({
      after: 'now',
      only: (record) => record.transition.data.state.timers !== undefined,
      deliver: () => this.#arm(),
    });
    this.#arm();
  }

  /** Stops waking; resolves when the firings under way are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake?.();
    this.#following?.stop();
    await this.#firing;
  }

  /** Resolves when everything due now has been fired. */
  async atRest(): Promise<void> {
    await this.#firing;
  }

  #arm(): void {
    const next = this.#next();
    if (next < this.#wakeAt) this.#wakeAgain(Math.max(next, this.#options.clock.now()));
  }

  /** When the next timer is to be fired, or fired again. */
  #next(): number {
    const { runtime, armed } = this.#options;
    if (this.#failed.size === 0) return armed.nextDue(runtime.live) ?? Number.POSITIVE_INFINITY;
    const earliest = armed.dueBy(runtime.live, Number.MAX_SAFE_INTEGER, this.#failed.size + 1);
    const { due = Number.POSITIVE_INFINITY } = earliest.find((timer) => !this.#failed.has(firingId(timer))) ?? {};
    const [again = due] = this.#failed.values();
    return Math.min(due, again);
  }

  #wakeAgain(at: number): void {
    if (this.#stopped) return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    this.#cancelWake = this.#options.clock.at(at, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#firing ??= this.#fireDue().finally(() => {
        this.#firing = undefined;
        if (this.#wakeAt === Number.POSITIVE_INFINITY) this.#arm();
      });
    });
  }

  async #fireDue(): Promise<void> {
    const { runtime, clock, armed, retryMs } = this.#options;
    for (const [id, again] of this.#failed) if (again <= clock.now()) this.#failed.delete(id);
    // Stale rows (fired, not projected yet) come back: they are not fired again. Under load there is always one more due.
    let fired: ReadonlySet<string> = new Set();
    for (;;) {
      if (this.#stopped) return;
      const most = FIRED_TOGETHER_MAX + fired.size + this.#failed.size;
      const listed = armed.dueBy(runtime.live, clock.now(), most);
      const due = listed.filter((timer) => !fired.has(firingId(timer)) && !this.#failed.has(firingId(timer)));
      if (due.length === 0) return;
      await Promise.all(
        due.map(async (timer) => {
          if (!(await this.#fire(timer))) this.#failed.set(firingId(timer), clock.now() + retryMs);
        }),
      );
      fired = new Set(listed.map(firingId));
    }
  }

  /** False when the timer is still armed: it is tried again later, never at once. */
  async #fire(timer: DueTimer): Promise<boolean> {
    try {
      const outcome = await this.#options.runtime.submit(firingOf(timer));
      // Fired before, by another process or before a restart, its row goes in a moment. One whose id somebody else has used
      // for a command of his own stays.
      if (outcome.kind === 'accepted') return !outcome.repeated;
      if (outcome.rejection.code === 'staleTimer') return true;
      this.#options.report(timer, outcome.rejection);
    } catch (error) {
      if (!isFailure(error) || error.retry !== 'same') this.#options.report(timer, error);
    }
    return false;
  }
}

function firingId(timer: DueTimer): string {
  return `timer:${keyOf(timer.actor)}:${timer.name}:${timer.armed}`;
}

function firingOf(timer: DueTimer): Command {
  return {
    id: firingId(timer),
    tenant: timer.actor.tenant,
    by: 'timer',
    via: 'timers',
    deliveries: [{ to: timer.actor, event: { type: 'timer', timer: timer.name, armed: timer.armed } }],
  };
}
