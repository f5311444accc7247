/**
 * One actor of one kind for machine tests: fed events through the real step, with a clock that only `wait` moves.
 */
import { type Live, type StepResult, stepperOf } from '../../src/actors/step.ts';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Delivery, MachineEvent } from '../../src/model/command.ts';

export const START = 1_000_000;

export interface TestActor<Context> {
  readonly self: ActorId;
  readonly value: unknown;
  readonly context: Context;
  readonly now: number;
  /** What the last accepted event told others. */
  readonly tells: readonly Delivery[];
  readonly live: Live;
  /** Feeds events that must be in the kind's schema and be accepted. */
  given(...events: readonly MachineEvent[]): TestActor<Context>;
  /** Feeds one event; a refused one changes nothing. */
  when(event: MachineEvent): StepResult;
  /** Moves the clock, firing the timers that come due. */
  wait(ms: number): TestActor<Context>;
}

export function actorOf<Context>(kind: ActorKind, id = 'a1'): TestActor<Context> {
  const self = { tenant: 'acme', kind: kind.name, id };
  const stepper = stepperOf(kind);
  let live = stepper.initial;
  let version = 0;
  let now = START;
  let tells: readonly Delivery[] = [];

  const when = (event: MachineEvent): StepResult => {
    const result = stepper.step(live, event, version + 1, now, self);
    if (result.kind === 'moved') {
      live = result.live;
      tells = result.tells;
      version += 1;
    }
    return result;
  };

  const actor: TestActor<Context> = {
    self,
    get value() {
      return live.snapshot.value;
    },
    get context() {
      return live.snapshot.context as Context;
    },
    get now() {
      return now;
    },
    get tells() {
      return tells;
    },
    get live() {
      return live;
    },
    when,
    given(...events) {
      for (const event of events) {
        const checked = kind.events[event.type]?.safeParse(event);
        if (checked?.success !== true) throw new Error(`no such event: ${JSON.stringify([event, checked])}`);
        const result = when(event);
        if (result.kind !== 'moved') throw new Error(`not accepted: ${JSON.stringify([event, result, actor.value])}`);
      }
      return actor;
    },
    wait(ms) {
      const until = now + ms;
      for (;;) {
        const due = live.timers.filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0];
        if (due === undefined) break;
        now = due.due;
        when({ type: 'timer', timer: due.name, armed: due.armed });
      }
      now = until;
      return actor;
    },
  };
  return actor;
}
