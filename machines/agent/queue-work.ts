/**
 * Queue work: the one queue call an agent is offered, talks on or wraps up, and how it changes. Pure.
 */
import type { ActorId } from '../../src/model/actor-id.ts';
import type { Delivery } from '../../src/model/command.ts';
import type { Fed } from '../boundary.ts';
import type { AgentContext } from './context.ts';
import type { LegFact, LegMoved, LegTalking, Offer } from './events.ts';
import { otherQueueLeg } from './phone.ts';

type Change = Pick<AgentContext, 'queue'> & Partial<Pick<AgentContext, 'consecutiveMissed'>>;

export function offered({ rules }: AgentContext, { at, call, queue, leg, wrapUpMs }: Fed<Offer>): Change {
  return {
    queue: {
      since: at,
      work: { call, queue, offeredAt: at, ...(leg === undefined ? {} : { leg }), wrapUpMs: wrapUpMs ?? rules.wrapUpMs },
    },
  };
}

/** The offered call, or a queue call nobody offered, is answered: missed offers are forgiven. */
export function answered(context: AgentContext, { at, call, leg, queue: of, wrapUpMs }: Fed<LegTalking>): Change {
  const { work } = context.queue;
  const pulled = { call, queue: of ?? '', offeredAt: at, wrapUpMs: wrapUpMs ?? context.rules.wrapUpMs };
  const begun = work !== null && isOffered(context, { call, leg }) ? work : pulled;
  return { queue: { since: at, work: { ...begun, leg, answeredAt: at } }, consecutiveMissed: 0 };
}

/** His work is over, or was never begun, and another queue call he is connected to is his work from now on. */
export function worksOn({ queue, phone, rules }: AgentContext, at: number, about: Partial<LegFact>): Change {
  const other = otherQueueLeg(phone, about);
  if (other === undefined) return { queue };
  const { call, leg, queue: of = '', wrapUpMs = rules.wrapUpMs } = other;
  return { queue: { since: at, work: { call, queue: of, offeredAt: at, leg, answeredAt: at, wrapUpMs } } };
}

/** The leg that carries his work is another call's now. */
export function workMoved({ queue }: AgentContext, { from, leg, call }: LegMoved): Change {
  const { work } = queue;
  return {
    queue: work !== null && work.call === from && work.leg === leg ? { ...queue, work: { ...work, call } } : queue,
  };
}

export function wrapsUp({ queue }: AgentContext, at: number): Change {
  return { queue: { since: at, work: queue.work } };
}

export function noWork(at: number): Change {
  return { queue: { since: at, work: null } };
}

/** He signs out before he answers: the call gets its offer back and looks for somebody else, in the same turn. */
export function declined({ queue }: AgentContext, self: ActorId): Delivery {
  return {
    to: { tenant: self.tenant, kind: 'call', id: queue.work?.call ?? '' },
    event: { type: 'offer.declined', agent: self.id },
  };
}

/** He did not take an offer; it ends here unless it had ended before. */
export function missed(context: AgentContext, { at, call }: Fed<{ readonly call: string }>): Change {
  const queue = isOffered(context, { call }) ? noWork(at).queue : context.queue;
  return { queue, consecutiveMissed: context.consecutiveMissed + 1 };
}

/** He signs out in the middle of a queue call. */
export function withoutWrapUp({ queue }: AgentContext): Change {
  return { queue: queue.work === null ? queue : { ...queue, work: { ...queue.work, wrapUpMs: 0 } } };
}

/** Whether a fact is about the leg that rings for the offer. */
export function isOffered(
  { queue: { work } }: AgentContext,
  about: { readonly call: string; readonly leg?: string },
): boolean {
  if (work === null || work.answeredAt !== undefined || work.call !== about.call) return false;
  return work.leg === undefined || about.leg === undefined || work.leg === about.leg;
}

/** The same, and there is another queue call he is connected to. */
export function endsWorkForOther(context: AgentContext, leg: Pick<LegFact, 'call' | 'leg'>): boolean {
  return endsWork(context, leg) && otherQueueLeg(context.phone, leg) !== undefined;
}

/** True for the end of the very leg that carries the queue call he talks on. */
export function endsWork({ queue }: AgentContext, { call, leg }: Pick<LegFact, 'call' | 'leg'>): boolean {
  const { work } = queue;
  return work !== null && work.answeredAt !== undefined && work.call === call && work.leg === leg;
}
