/**
 * The live calls as the follower has seen them, and which call each leg is in. Memory only: it is derived from the log.
 */
import type { CallContext, Leg } from '../../machines/call/context.ts';
import { isLive, legOf, phonesOf } from '../../machines/call/legs.ts';
import type { CallRef } from './orders.ts';
import type { LegRef } from './switch.ts';

export interface KnownCall {
  readonly ref: CallRef;
  readonly context: CallContext;
}

export class KnownCalls {
  readonly #calls = new Map<string, KnownCall>();
  readonly #callOfLeg = new Map<string, string>();

  get(ref: CallRef): CallContext | undefined {
    return this.#calls.get(callKey(ref))?.context;
  }

  all(): readonly KnownCall[] {
    return [...this.#calls.values()];
  }

  leg(ref: CallRef, leg: string): Leg | undefined {
    const call = this.get(ref);
    return call && legOf(call, leg);
  }

  callOf(leg: LegRef): string | undefined {
    return this.#callOfLeg.get(legKey(leg));
  }

  /** A leg whose call is on its way into the log. */
  expect(leg: LegRef, call: string): void {
    this.#callOfLeg.set(legKey(leg), call);
  }

  forget(leg: LegRef): void {
    this.#callOfLeg.delete(legKey(leg));
  }

  /** A call that is over is forgotten, with every leg that no other call has taken over. */
  set(ref: CallRef, context: CallContext): void {
    const { tenant, call } = ref;
    if (context.endedAt === null) this.#calls.set(callKey(ref), { ref, context });
    else this.#calls.delete(callKey(ref));
    for (const leg of phonesOf(context)) {
      const key = legKey({ tenant, leg: leg.id });
      if (isLive(leg)) this.#callOfLeg.set(key, call);
      else if (leg.movedTo !== undefined) this.#callOfLeg.set(key, leg.movedTo);
      else if (this.#callOfLeg.get(key) === call) this.#callOfLeg.delete(key);
    }
  }
}

function callKey({ tenant, call }: CallRef): string {
  return `${tenant} ${call}`;
}

function legKey({ tenant, leg }: LegRef): string {
  return `${tenant} ${leg}`;
}
