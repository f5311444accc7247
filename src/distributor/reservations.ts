/**
 * Ties calls to the service sessions that wait for them when the access code comes late: dialled after the call was
 * answered by its queue, digit by digit. (A code dialled with the number is the switch connector's, when the call arrives.)
 * Which session it is, what it stores and what moves with it, the directory says; this knows calls.
 * Digits are read from the call's own history, so nothing is forgotten by a restart.
 */
import type { CallContext } from '../../machines/call/context.ts';
import { allLiveCalls } from '../../projections/calls.ts';
import { type ActorId, encodeToken } from '../model/actor-id.ts';
import type { Command } from '../model/command.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../model/transition.ts';
import { UnderWay } from '../model/under-way.ts';
import type { Directory } from '../switch/directory.ts';

export interface ReservationLinksOptions {
  readonly runtime: Runtime;
  readonly directory: Directory;
  /** A link of this call that failed or was refused; the call goes on without it. */
  readonly report: (call: ActorId, problem: unknown) => void;
}

export class ReservationLinks {
  readonly #options: ReservationLinksOptions;
  readonly #underWay = new UnderWay();
  #following: Following | undefined;

  constructor(options: ReservationLinksOptions) {
    this.#options = options;
  }

  /** Looks at every live call, then at digits as they come. Settles when following ends. */
  start(): Promise<void> {
    const { runtime } = this.#options;
    for (const { tenant, id, version, context } of allLiveCalls(runtime.live))
      this.#consider({ tenant, kind: 'call', id }, version, context);
    this.#following = runtime.follow({
      after: runtime.live.position,
      only: ({ actor, transition }) => actor.kind === 'call' && transition.data.event.type === 'leg.dtmf',
      deliver: (records) => {
        for (const { actor, transition } of records)
          this.#consider(actor, transition.data.version, contextOf<CallContext>(transition));
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
    await this.#underWay.atRest();
  }

  #consider(actor: ActorId, version: number, { direction, reservation, endedAt, to }: CallContext): void {
    if (direction !== 'inbound' || reservation !== null || endedAt !== null) return;
    if (this.#options.directory.resolve(actor.tenant, to).kind !== 'accessNumber') return;
    this.#underWay.add(this.#link(actor, version, to));
  }

  async #link(actor: ActorId, version: number, accessNumber: string): Promise<void> {
    const { runtime, report } = this.#options;
    try {
      const command = await this.#linkOf(actor, version, accessNumber);
      const outcome = command && (await runtime.submit(command));
      if (outcome?.kind === 'rejected') report(actor, outcome.rejection);
    } catch (error) {
      report(actor, error);
    }
  }

  /** Undefined while the digits are no session's code. */
  async #linkOf(actor: ActorId, version: number, accessNumber: string): Promise<Command | undefined> {
    const { directory } = this.#options;
    const digits = await this.#digitsOf(actor);
    const found = digits === '' ? undefined : directory.resolve(actor.tenant, accessNumber, { code: digits });
    if (found?.kind !== 'accessNumber' || found.reservation === undefined) return undefined;
    const { reservation, userData, also } = found;
    const event = {
      type: 'linkReservation',
      reservation: { ...reservation },
      ...(userData === undefined ? {} : { userData }),
    };
    return {
      id: `link:${encodeToken(actor.id)}.${version}`,
      tenant: actor.tenant,
      by: 'system:distributor',
      via: 'distributor',
      deliveries: [{ to: actor, event }, ...(also?.(actor.id) ?? [])],
    };
  }

  /** Those of his last try: `*` begins another one, and `#` ends it. */
  async #digitsOf(of: ActorId): Promise<string> {
    const { runtime } = this.#options;
    let digits = '';
    for await (const record of runtime.replay({ after: runtime.reach, upTo: runtime.live.position, of }))
      digits += digitsIn(record);
    return digits.split(/[*#]/).findLast((tried) => tried !== '') ?? '';
  }
}

function digitsIn({ transition }: LoggedTransition): string {
  const { type, digits } = transition.data.event;
  return type === 'leg.dtmf' && typeof digits === 'string' ? digits : '';
}
