/**
 * Ties calls from outside to the service sessions that wait for them: when one arrives at an access number, and whenever
 * its caller dials more digits. Who knows services says which session it is and what moves with it; this knows calls.
 * Digits are read from the call's own history, so nothing is forgotten by a restart.
 */
import type { CallContext } from '../../machines/call/context.ts';
import type { Reservation, UserData } from '../../machines/call/events.ts';
import { allLiveCalls } from '../../projections/calls.ts';
import { type ActorId, encodeToken } from '../model/actor-id.ts';
import type { Command, Delivery } from '../model/command.ts';
import type { View } from '../model/projection.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';

/** A call that no session is tied to yet. */
export interface Arrival {
  readonly tenant: string;
  readonly call: string;
  /** Dialled, and by whom. */
  readonly accessNumber: string;
  readonly from: string;
  /** All that its caller has dialled since. */
  readonly digits: string;
}

export interface Claim {
  readonly reservation: Reservation;
  /** What the session stores, for the call. */
  readonly userData?: UserData;
  /** For the session itself: in the same turn, after the call took the link. */
  readonly deliveries?: readonly Delivery[];
}

/** Written by whoever knows services. Undefined: no session waits for this call, or not by these digits. */
export type Reservations = (view: View, arrival: Arrival) => Claim | undefined;

export interface LinksOptions {
  readonly runtime: Runtime;
  readonly reservations: Reservations;
  /** A link that failed or was refused; the call goes on without it. */
  readonly report: (command: Command, problem: unknown) => void;
}

export class ReservationLinks {
  readonly #options: LinksOptions;
  readonly #underWay = new Set<Promise<void>>();
  #following: Following | undefined;

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** Looks at every live call, then at what comes. Settles when following ends. */
  start(): Promise<void> {
    const { runtime } = this.#options;
    for (const { tenant, id, version, context } of allLiveCalls(runtime.live))
      this.#consider({ tenant, kind: 'call', id }, version, context);
    this.#following = runtime.follow({
      after: runtime.live.position,
      only: ({ actor, transition }) => actor.kind === 'call' && TELLING.has(transition.data.event.type),
      deliver: (records) => {
        for (const { actor, transition } of records)
          this.#consider(actor, transition.data.version, transition.data.state.context as unknown as CallContext);
      },
    });
    return this.#following.ended;
  }

  async stop(): Promise<void> {
    this.#following?.stop();
    await this.atRest();
  }

  /** Resolves when no link is being made. */
  async atRest(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #consider(actor: ActorId, version: number, { direction, reservation, endedAt, to, from }: CallContext): void {
    if (direction !== 'inbound' || reservation !== null || endedAt !== null) return;
    const linked = this.#link(actor, version, { accessNumber: to, from }).finally(() => this.#underWay.delete(linked));
    this.#underWay.add(linked);
  }

  async #link(actor: ActorId, version: number, dialled: Pick<Arrival, 'accessNumber' | 'from'>): Promise<void> {
    const { runtime, reservations, report } = this.#options;
    const { tenant, id: call } = actor;
    const digits = await this.#digitsOf(actor);
    const claim = reservations(runtime.live, { tenant, call, ...dialled, digits });
    if (claim === undefined) return;
    const { reservation, userData, deliveries = [] } = claim;
    const event = { type: 'linkReservation', reservation, ...(userData === undefined ? {} : { userData }) };
    const command: Command = {
      id: `link:${encodeToken(call)}.${version}`,
      tenant,
      by: 'system:distributor',
      via: 'distributor',
      deliveries: [{ to: actor, event }, ...deliveries],
    };
    try {
      const outcome = await runtime.submit(command);
      if (outcome.kind === 'rejected') report(command, outcome.rejection);
    } catch (error) {
      report(command, error);
    }
  }

  async #digitsOf(of: ActorId): Promise<string> {
    const { runtime } = this.#options;
    let digits = '';
    for await (const record of runtime.replay({ after: 0, upTo: runtime.live.position, of }))
      digits += digitsIn(record);
    return digits;
  }
}

const TELLING = new Set(['arrive', 'leg.dtmf']);

function digitsIn({ transition }: LoggedTransition): string {
  const { type, digits } = transition.data.event;
  return type === 'leg.dtmf' && typeof digits === 'string' ? digits : '';
}
