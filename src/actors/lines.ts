/**
 * Commands that cannot be decided yet, since an actor must be loaded first, and those that came after them for the same
 * actors: each waits for those ahead of it, so that commands which deliver to one actor are decided in the order in which
 * they came. Where nobody waits, nobody is kept waiting; who has waited is decided in the same breath as the one ahead.
 */
import { type ActorKey, keyOf } from '../model/actor-id.ts';
import type { Command } from '../model/command.ts';

/** Who comes to be decided. */
export interface Comer {
  readonly command: Command;
  /** Undefined when it was decided; otherwise what to wait for before the next attempt. */
  attempt(): Promise<unknown> | undefined;
  /** It was given up, with what an attempt or a wait ended with. */
  fail(error: unknown): void;
}

interface Waiting {
  readonly comer: Comer;
  readonly actors: readonly ActorKey[];
}

export class Lines {
  /** By actor, who waits for it, the first one first. */
  readonly #lines = new Map<ActorKey, Waiting[]>();
  #held: Promise<void> | undefined;
  /** Those who became first in all their lines while deciding is held up. */
  #due: Waiting[] = [];

  enter(comer: Comer): void {
    if (this.#lines.size === 0 && this.#held === undefined) {
      const wait = attemptOf(comer);
      if (wait !== undefined) this.#resume(this.#lineUp(comer), wait);
      return;
    }
    const waiting = this.#lineUp(comer);
    if (this.#isFirst(waiting)) this.#decide([waiting]);
  }

  /** Nobody is decided until `until` resolves, which does not reject. */
  hold(until: Promise<void>): void {
    this.#held = until;
    void until.then(() => {
      if (this.#held !== until) return;
      this.#held = undefined;
      this.#decide(this.#due.splice(0));
    });
  }

  #lineUp(comer: Comer): Waiting {
    const actors = [...new Set(comer.command.deliveries.map(({ to }) => keyOf(to)))];
    const waiting: Waiting = { comer, actors };
    for (const actor of actors) {
      const line = this.#lines.get(actor);
      if (line === undefined) this.#lines.set(actor, [waiting]);
      else line.push(waiting);
    }
    return waiting;
  }

  #isFirst(waiting: Waiting): boolean {
    return waiting.actors.every((actor) => this.#lines.get(actor)?.[0] === waiting);
  }

  /** All of them are first in their lines; so is, once they are decided, whoever stood behind them. */
  #decide(firsts: Waiting[]): void {
    for (const first of firsts) {
      if (this.#held !== undefined) {
        this.#due.push(first);
        continue;
      }
      const wait = attemptOf(first.comer);
      if (wait === undefined) firsts.push(...this.#leave(first));
      else this.#resume(first, wait);
    }
  }

  #resume(first: Waiting, wait: Promise<unknown>): void {
    wait.then(
      () => this.#decide([first]),
      (error: unknown) => {
        first.comer.fail(error);
        this.#decide(this.#leave(first));
      },
    );
  }

  /** Gives those who are first everywhere from now on. */
  #leave(first: Waiting): Waiting[] {
    const firsts: Waiting[] = [];
    for (const actor of first.actors) {
      const line = this.#lines.get(actor);
      line?.shift();
      const next = line?.[0];
      if (next === undefined) this.#lines.delete(actor);
      else if (this.#isFirst(next)) firsts.push(next);
    }
    return firsts;
  }
}

function attemptOf(comer: Comer): Promise<unknown> | undefined {
  try {
    return comer.attempt();
  } catch (error) {
    comer.fail(error);
    return undefined;
  }
}
