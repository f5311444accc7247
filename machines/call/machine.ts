/**
 * A call: one conversation, from the first number dialled to the last leg hung up.
 *   created  dialing  ringing  queued  offered  established  held      computed from its legs and its queue (stage.ts)
 * People and dialects command, the switch reports facts, the distributor offers; what each event does is decided in
 * decide.ts. Every step ends in the stage its legs ask for, and agents whose legs moved are told in the same turn.
 * Facts are taken in every state, the end included; commands after the end are refused with `ended`.
 * The one timer: an offer that nobody takes in time is missed, and the call waits on.
 */
import { setup } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import { type Fed, outputs, refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { ABSENT, type CallContext, isRefused } from './context.ts';
import { decide, type Outcome, ringOver } from './decide.ts';
import { type CallEvent, callEvents } from './events.ts';
import { callForm } from './form.ts';
import type { Reason } from './reasons.ts';
import { type Stage, stageOf } from './stage.ts';

const call = setup({
  types: {} as { context: CallContext; events: Fed<CallEvent> },
  actions: outputs,
  guards: {
    isRefused: ({ context, event }) => isRefused(decide(context, event)),
    /** The stage that legs and queue ask for is this one. */
    comesTo: ({ context }, stage: Stage | 'ended') => stageOf(context) === stage,
  },
  delays: {
    ring: ({ context }) => context.offer?.ringMs ?? 0,
  },
});

/** The context becomes what was decided, and who has to know is told. */
const moveBy = (outcomeOf: (call: CallContext, event: Fed<CallEvent>) => Outcome) =>
  call.enqueueActions(({ context, event, enqueue }) => {
    const outcome = outcomeOf(context, event);
    if (isRefused(outcome)) return;
    enqueue.assign(() => outcome.call);
    for (const tell of outcome.tells) enqueue({ type: 'tell', params: tell });
  });

const move = moveBy(decide);
const offerMissed = moveBy(ringOver);

/** Refused, or moved. */
const taken = [
  {
    guard: 'isRefused' as const,
    actions: {
      type: 'reject' as const,
      params: ({ context, event }: { context: CallContext; event: Fed<CallEvent> }) => {
        const outcome = decide(context, event);
        // Never the other: the guard has seen the same.
        return isRefused(outcome) ? outcome : { reason: 'ended' };
      },
    },
  },
  { actions: move },
] as const;

const born = [taken[0], { target: 'live', actions: move }] as const;
const refused = refuse<Reason>;

/** Where a stage may lead. */
const leadsTo = (...stages: readonly (Stage | 'ended')[]) =>
  stages.map((stage) => ({
    guard: { type: 'comesTo' as const, params: stage },
    target: stage === 'ended' ? '#ended' : stage,
  }));

const births = ['arrive', 'originate', 'originateFromQueue', 'consulting', 'imported'] as const;
const facts = [
  'leg.ringing',
  'leg.answered',
  'leg.held',
  'leg.retrieved',
  'leg.failed',
  'leg.ended',
  'leg.forwarded',
  'leg.dtmf',
  'leg.displaced',
  'offer.declined',
  'consult.ended',
  'consult.detached',
  'consult.waits',
  'consult.moved',
] as const;
const onLegs = [
  'answer',
  'reject',
  'hangup',
  'hold',
  'retrieve',
  'sendDtmf',
  'mute',
  'unmute',
  'blindTransfer',
  'consult',
  'completeTransfer',
  'completeConference',
  'transferOnto',
  'handOver',
  'cancelConsult',
  'swapCalls',
  'addParty',
  'removeParty',
  'monitor',
  'stopMonitoring',
  'legs.joined',
] as const;
const onCall = [
  'setUserData',
  'deleteUserData',
  'linkReservation',
  'startSuppression',
  'stopSuppression',
  'startRecording',
  'stopRecording',
  'kill',
] as const;
const routing = ['route', 'enqueue'] as const;
const offering = ['offer', 'withdrawOffer'] as const;
const leaving = ['redirect', 'transferWaiting', 'dropWaiting'] as const;

/** The same answer to several events. */
const all = <const Type extends CallEvent['type'], Answer>(types: readonly Type[], answer: Answer) =>
  Object.fromEntries(types.map((type) => [type, answer])) as { [Each in Type]: Answer };

export const callMachine = call.createMachine({
  id: 'call',
  options: { maxIterations: 100 },
  context: ABSENT,
  initial: 'absent',
  states: {
    absent: {
      description: 'Never heard of',
      on: { ...all(births, born), imported: [taken[0], { target: 'ended', actions: move }] },
    },
    live: {
      description: 'From the first number dialled until nobody is left to talk or wait',
      initial: 'created',
      on: {
        ...all(facts, { actions: move }),
        ...all(onLegs, taken),
        ...all(onCall, taken),
        ...all(routing, taken),
        ...all(offering, refused('notWaiting')),
        ...all(leaving, refused('notWaiting')),
        ...all(births, refused('exists')),
      },
      states: {
        created: {
          description: 'A caller, and nobody called yet',
          always: leadsTo('queued', 'ringing', 'dialing', 'established', 'held', 'ended'),
        },
        dialing: {
          description: 'Somebody is called, no phone rings yet',
          always: leadsTo('ringing', 'established', 'held', 'ended', 'created', 'queued'),
        },
        ringing: {
          description: 'A phone rings',
          always: leadsTo('established', 'held', 'ended', 'dialing', 'created', 'queued'),
        },
        queued: {
          description: 'Waits in a queue for an agent',
          on: {
            ...all(leaving, taken),
            offer: taken,
            withdrawOffer: refused('notOffered'),
          },
          always: leadsTo('offered', 'ended', 'dialing', 'ringing', 'established', 'held', 'created'),
        },
        offered: {
          description: 'Is an agent’s for the ringing time',
          on: {
            ...all(leaving, taken),
            offer: refused('alreadyOffered'),
            withdrawOffer: taken,
          },
          after: { ring: { actions: offerMissed } },
          always: leadsTo('established', 'queued', 'ended', 'held', 'dialing', 'ringing', 'created'),
        },
        established: {
          description: 'Two or more talk',
          always: leadsTo('held', 'ended', 'ringing', 'dialing', 'queued', 'created'),
        },
        held: {
          description: 'One has put the other on hold',
          always: leadsTo('established', 'ended', 'ringing', 'dialing', 'queued', 'created'),
        },
      },
    },
    ended: {
      id: 'ended',
      description: 'Over; late facts are still noted',
      on: {
        ...all(facts, { actions: move }),
        ...all(onLegs, refused('ended')),
        ...all(onCall, refused('ended')),
        ...all(routing, refused('ended')),
        ...all(offering, refused('ended')),
        ...all(leaving, refused('ended')),
        ...all(births, refused('exists')),
      },
    },
  },
});

export const callKind: ActorKind = {
  name: callMachine.id,
  visibility: 'public',
  machineVersion: 1,
  machine: callMachine,
  state: stateForm(callMachine, callForm),
  ends: ['ended'],
  events: callEvents,
};
