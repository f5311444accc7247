/**
 * What agents hear of a call: the difference between two states of it, in the words of machines/agent/events.ts.
 * Derived, not decided: whatever moved the call, each agent's phone and queue work follow in the same turn. Pure.
 */
import type { ActorId } from '../../src/model/actor-id.ts';
import type { Delivery, MachineEvent } from '../../src/model/command.ts';
import type { CallContext, Leg } from './context.ts';
import { isLive, legOf, phonesOf } from './legs.ts';
import { isMissed } from './waiting.ts';

export function agentTells(before: CallContext, after: CallContext, self: ActorId): readonly Delivery[] {
  if (before.legs === after.legs && before.offer === after.offer && before.monitors === after.monitors) return [];
  const tell = (agent: string, event: MachineEvent): Delivery => ({
    to: { tenant: self.tenant, kind: 'agent', id: agent },
    event: { ...event, call: self.id },
  });
  const tells: Delivery[] = [];
  for (const leg of phonesOf(after)) {
    if (leg.agent === undefined) continue;
    const was = legOf(before, leg.id);
    const word = hasArrived(was, leg) ? 'leg.moved' : wordFor(heardOf(was), leg);
    if (word !== undefined) tells.push(tell(leg.agent, legWord(word, leg, after)));
  }
  const offered = offerWord(before, after);
  return offered === undefined ? tells : [tell(offered.agent, offered.event), ...tells];
}

/** The leg has just come from another call, where its agent had heard of it: he need not be told of it anew. */
function hasArrived(was: Leg | undefined, leg: Leg): boolean {
  return leg.joinedFrom !== undefined && leg.joinedFrom !== was?.joinedFrom && heardOf(leg) !== 'unheard';
}

/** What the agent knows of a leg: nothing while his phone is only being dialled. */
function heardOf(leg: Leg | undefined): Leg['state'] | 'unheard' {
  if (leg === undefined || (leg.state === 'dialing' && leg.kind !== 'caller')) return 'unheard';
  return leg.state;
}

/** The event that tells an agent of his leg's change; of a leg that moved on, the call that took it over tells him. */
function wordFor(heard: Leg['state'] | 'unheard', leg: Leg): string | undefined {
  const state = leg.movedTo === undefined ? heardOf(leg) : heard;
  if (state === heard || state === 'unheard') return undefined;
  if (state === 'released') return heard === 'unheard' ? undefined : 'leg.ended';
  if (state === 'established') return heard === 'held' ? 'leg.retrieved' : 'leg.talking';
  return `leg.${state}`;
}

function legWord(type: string, leg: Leg, call: CallContext): MachineEvent {
  if (type === 'leg.ended') return { type, leg: leg.id };
  return {
    type,
    leg: leg.id,
    direction: call.direction,
    party: partyOf(call, leg),
    ...watchesOf(call, leg),
    ...(leg.work === undefined ? {} : { acd: true, queue: leg.work.queue }),
    ...(type === 'leg.talking' && leg.work?.wrapUpMs !== undefined ? { wrapUpMs: leg.work.wrapUpMs } : {}),
    ...(type === 'leg.moved' && leg.joinedFrom !== undefined ? { from: leg.joinedFrom } : {}),
  };
}

/** Whom he listens to; a party who barged in listens to nobody in particular. */
function watchesOf(call: CallContext, { watches }: Leg): { readonly watches?: string } {
  const agent = watches === undefined ? undefined : legOf(call, watches.leg)?.agent;
  return agent === undefined ? {} : { watches: agent };
}

/** Number at the far end of a leg: of the first other one, or of the one that was dialled or called. */
export function partyOf(call: CallContext, leg: Leg): string {
  if (leg.watches !== undefined) return legOf(call, leg.watches.leg)?.number ?? call.to;
  const other = call.legs.find((one) => one.id !== leg.id && isLive(one));
  return other?.number ?? (leg.kind === 'caller' ? call.to : call.from);
}

/** What the agent hears of an offer: that it is made, and how it ended unless he took it. */
function offerWord(before: CallContext, after: CallContext): { agent: string; event: MachineEvent } | undefined {
  if (before.offer?.leg === after.offer?.leg) return undefined;
  if (after.offer !== null) return { agent: after.offer.agent, event: offerOf(after.queue, after.offer.leg) };
  if (before.offer === null) return undefined;
  const { agent, leg } = before.offer;
  const cause = legOf(after, leg)?.cause;
  if (cause === undefined) return undefined;
  if (!isMissed(cause)) return { agent, event: { type: 'offer.withdrawn' } };
  return { agent, event: { type: 'offer.missed', how: cause === 'failed' ? 'unreachable' : cause } };
}

function offerOf(queue: CallContext['queue'], leg: string): MachineEvent {
  const { queue: id = '', wrapUpMs } = queue ?? {};
  return { type: 'offer', queue: id, leg, ...(wrapUpMs === undefined ? {} : { wrapUpMs }) };
}
