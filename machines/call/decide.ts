/**
 * What each event does to a call: the table of decisions, and what always follows from one. Pure.
 */
import type { Delivery } from '../../src/model/command.ts';
import type { Fed } from '../boundary.ts';
import { arrive, consulting, imported, originate, originateFromQueue } from './births.ts';
import { complete, consultMoved, handOver, legsJoined, transferOnto } from './completing.ts';
import { cancelConsult, consult, consultDetached, consultEnded, consultWaits, swapCalls, untied } from './consult.ts';
import { type CallContext, type Decision, isRefused, type Refused } from './context.ts';
import {
  addParty,
  answer,
  blindTransfer,
  hangup,
  hold,
  kill,
  mute,
  reject,
  removeParty,
  retrieve,
  sendDtmf,
  unmute,
} from './conversation.ts';
import type { CallEvent, EventOf } from './events.ts';
import { legFact } from './facts.ts';
import { monitor, stopMonitoring, watchedOn } from './monitoring.ts';
import { agentTells } from './tells.ts';
import { deleteUserData, linkReservation, setUserData, startRecording, stopRecording, suppress } from './user-data.ts';
import {
  dropWaiting,
  enqueue,
  offer,
  offerDeclined,
  offerOver,
  redirect,
  route,
  transferWaiting,
  withdrawOffer,
} from './waiting.ts';

type Decider<Type extends CallEvent['type']> = (call: CallContext, event: Fed<EventOf<Type>>) => Decision;

const DECIDERS: { readonly [Type in CallEvent['type']]: Decider<Type> } = {
  arrive,
  originate,
  originateFromQueue,
  consulting,
  imported,
  route,
  enqueue,
  linkReservation,
  offer,
  withdrawOffer,
  redirect,
  transferWaiting,
  dropWaiting,
  answer,
  reject,
  hangup,
  hold,
  retrieve,
  sendDtmf,
  mute,
  unmute,
  blindTransfer,
  consult,
  completeTransfer: complete('transferred'),
  completeConference: complete('conferenced'),
  transferOnto,
  cancelConsult,
  swapCalls,
  addParty,
  removeParty,
  setUserData,
  deleteUserData,
  startSuppression: suppress(true),
  stopSuppression: suppress(false),
  startRecording,
  stopRecording,
  monitor,
  stopMonitoring,
  kill,
  'leg.ringing': legFact,
  'leg.answered': legFact,
  'leg.held': legFact,
  'leg.retrieved': legFact,
  'leg.failed': legFact,
  'leg.ended': legFact,
  'leg.forwarded': legFact,
  'leg.dtmf': legFact,
  'leg.displaced': legFact,
  'offer.declined': offerDeclined,
  'consult.ended': consultEnded,
  'consult.detached': consultDetached,
  'consult.waits': consultWaits,
  'consult.moved': consultMoved,
  handOver,
  'legs.joined': legsJoined,
};

export type Outcome = Refused | { readonly call: CallContext; readonly tells: readonly Delivery[] };

/** What an event does: guard, refusal and action of one step ask the same question, so the last answer is kept. */
export function decide(call: CallContext, event: Fed<CallEvent>): Outcome {
  const known = latest.get(event);
  if (known !== undefined && known.call === call) return known.outcome;
  const outcome = decided(call, event);
  latest.set(event, { call, outcome });
  return outcome;
}

const latest = new WeakMap<object, { readonly call: CallContext; readonly outcome: Outcome }>();

function decided(call: CallContext, event: Fed<CallEvent>): Outcome {
  const decider = DECIDERS[event.type] as Decider<CallEvent['type']>;
  const decision = decider(call, event);
  return isRefused(decision) ? decision : followedThrough(call, decision, event);
}

/** Nobody took the offer in time. */
export function ringOver(call: CallContext, event: Fed<{ readonly type: string }>): Outcome {
  return followedThrough(call, { call: offerOver(call, 'noAnswer', event.at) }, event);
}

function followedThrough(
  before: CallContext,
  decision: Exclude<Decision, Refused>,
  { self, at }: Fed<{ readonly type: string }>,
): Outcome {
  const { call, tells } = untied(before, watchedOn(decision.call, at), self.id);
  const others = [...(decision.tells ?? []), ...tells];
  return {
    call,
    tells: [
      ...agentTells(before, call, self),
      ...others.map(({ call: id, event }) => ({ to: { tenant: self.tenant, kind: 'call', id }, event })),
    ],
  };
}
