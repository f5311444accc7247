/**
 * An agent: a person who takes calls. Three regions, of which only the first takes commands.
 *   presence   signedOut, ready, away, wrapUp                          set by people, and by the two rules below
 *   phone      unavailable, idle, dialing, ringing, talking, held      follows his line and his call legs
 *   queue      none, offered, talking, wrapUp                          the one queue call he works on
 * An offer needs all three to agree: each region refuses it in the states in which he is not free.
 * Rules: when the leg of an answered queue call ends, presence and queue go to wrapUp together, and leave it together when
 * its time is over or another presence is set; missedMax offers in a row not taken set a ready agent away.
 * A presence set during a call holds at once, and is what the wrap-up after it gives way to.
 */
import { and, assign, not, stateIn } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import { ABSENT } from './context.ts';
import { agentEvents } from './events.ts';
import { displaced, PHONE_STATES, type PhoneState } from './phone.ts';
import { wrapUpExtended } from './presence.ts';
import { declined, endsWorkForOther, offered } from './queue-work.ts';
import { forwardsAfter } from './settings.ts';
import { supervises } from './supervision.ts';
import { agent } from './vocabulary.ts';

const refuse = (reason: string) => ({ actions: { type: 'reject' as const, params: { reason } } });

/** One candidate per state the phone may come to, the likeliest first. */
const phoneBy = (actions: 'followPhone' | 'configure', ...likeliest: readonly PhoneState[]) =>
  [...new Set([...likeliest, ...PHONE_STATES])].map((state) => ({
    guard: { type: 'phoneBecomes' as const, params: state },
    target: `.${state}`,
    actions,
  }));

/** A presence set by somebody who is signed out: refused unless the command says that it signs him in. */
const signingInTo = (state: string) =>
  [
    { guard: 'isNoSignIn', ...refuse('signedOut') },
    { guard: { type: 'hasNoLine', params: undefined }, ...refuse('noLine') },
    { target: state, actions: 'setPresence' },
  ] as const;

/** Created into a presence and the phone that belongs to his line. */
const bornAs = (presence: 'signedOut' | 'ready' | 'away', phone: 'idle' | 'unavailable') => ({
  guard: { type: 'isBorn' as const, params: { presence, hasLine: phone === 'idle' } },
  target: [`present.presence.${presence}`, `present.phone.${phone}`],
  actions: 'create' as const,
});

const presence = agent.createStateConfig({
  description: 'What he, or somebody for him, says he does',
  initial: 'signedOut',
  on: {
    setReady: { target: '.ready', actions: 'setPresence' },
    setAway: { target: '.away', actions: 'setPresence' },
    setWrapUp: { target: '.wrapUp', actions: 'setPresence' },
    signOut: { target: '.signedOut', actions: 'setPresence' },
    signIn: [
      { guard: { type: 'staysOnLine', params: ({ event }) => event.line } },
      {
        actions: {
          type: 'reject',
          params: ({ context }) => ({ reason: 'signedInOnAnotherLine', details: { line: context.phone.line } }),
        },
      },
    ],
  },
  states: {
    signedOut: {
      description: 'Not at work: offered nothing',
      on: {
        setReady: signingInTo('ready'),
        setAway: signingInTo('away'),
        setWrapUp: signingInTo('wrapUp'),
        signIn: [
          { guard: { type: 'hasNoLine', params: ({ event }) => event.line }, ...refuse('noLine') },
          {
            guard: ({ event }) => event.initial === 'ready',
            target: 'ready',
            actions: 'setPresence',
          },
          { target: 'away', actions: 'setPresence' },
        ],
        // Without a reason it asks for nothing new.
        signOut: {
          guard: {
            type: 'isSameReason',
            params: ({ context, event }) => (event.reason === undefined ? context.presence : event),
          },
        },
        offer: refuse('signedOut'),
      },
    },
    ready: {
      description: 'Takes queue calls',
      on: {
        setReady: { guard: { type: 'isSameReason', params: ({ event }) => event } },
        'leg.ended': {
          guard: { type: 'endsWorkWithWrapUp', params: ({ event }) => event },
          target: 'wrapUp',
          actions: { type: 'beginWrapUp', params: 'ready' },
        },
        'offer.missed': { guard: 'missedTooMany', target: 'away', actions: 'setAwayForMissedCalls' },
      },
    },
    away: {
      description: 'At work, but takes no queue calls',
      on: {
        setAway: { guard: { type: 'isSameReason', params: ({ event }) => event } },
        'leg.ended': {
          guard: { type: 'endsWorkWithWrapUp', params: ({ event }) => event },
          target: 'wrapUp',
          actions: { type: 'beginWrapUp', params: 'away' },
        },
        offer: refuse('away'),
      },
    },
    wrapUp: {
      description: 'Finishes the work of a call',
      on: {
        setWrapUp: { actions: assign(({ context, event }) => wrapUpExtended(context, event)) },
        'wrapUp.over': [
          { guard: { type: 'returnsTo', params: 'ready' }, target: 'ready', actions: 'endWrapUp' },
          { guard: { type: 'returnsTo', params: 'away' }, target: 'away', actions: 'endWrapUp' },
        ],
        offer: refuse('wrapUp'),
      },
    },
  },
});

const isAtWork = not(stateIn({ present: { presence: 'signedOut' } }));

/** He begins to talk while he talks elsewhere: those calls are told to hold their legs. */
const oneVoice = {
  guard: 'talksElsewhere',
  target: '.talking',
  actions: [
    agent.enqueueActions(({ context, event, enqueue }) => {
      for (const tell of displaced(context.phone, event)) enqueue({ type: 'tell', params: tell });
    }),
    'followPhone',
  ],
} as const;

const phone = agent.createStateConfig({
  description: 'His telephone: the leg that binds him most',
  initial: 'unavailable',
  on: {
    'leg.dialing': phoneBy('followPhone', 'dialing', 'held'),
    'leg.ringing': phoneBy('followPhone', 'ringing', 'talking'),
    'leg.talking': [oneVoice, ...phoneBy('followPhone', 'talking')],
    'leg.held': phoneBy('followPhone', 'held', 'talking'),
    'leg.retrieved': [oneVoice, ...phoneBy('followPhone', 'talking')],
    'leg.moved': phoneBy('followPhone', 'talking', 'held', 'ringing'),
    'leg.ended': phoneBy('followPhone', 'idle', 'talking', 'held'),
    'line.reachable': phoneBy('followPhone', 'idle'),
    'line.unreachable': phoneBy('followPhone', 'unavailable'),
    signIn: phoneBy('followPhone', 'idle'),
    signOut: phoneBy('followPhone', 'idle', 'unavailable'),
    configure: phoneBy('configure', 'idle', 'unavailable'),
  },
  states: {
    unavailable: { description: 'No line, or one that cannot be reached', on: { offer: refuse('phoneUnavailable') } },
    idle: { description: 'Nothing on the line' },
    dialing: { description: 'Calls somebody', on: { offer: refuse('phoneBusy') } },
    ringing: { description: 'Is called', on: { offer: refuse('phoneBusy') } },
    talking: { description: 'Talks', on: { offer: refuse('phoneBusy') } },
    held: { description: 'Has put a caller on hold', on: { offer: refuse('phoneBusy') } },
  },
});

const queue = agent.createStateConfig({
  description: 'The queue call he works on',
  initial: 'none',
  on: {
    'offer.missed': { actions: { type: 'missOffer', params: ({ event }) => event } },
    'offer.withdrawn': {},
    'leg.moved': { actions: { type: 'moveWork', params: ({ event }) => event } },
  },
  states: {
    none: {
      description: 'No queue work',
      on: {
        offer: [
          { guard: 'hasDnd', ...refuse('doNotDisturb') },
          { target: 'offered', actions: assign(({ context, event }) => offered(context, event)) },
        ],
        'leg.talking': {
          guard: and(['isQueueCall', isAtWork]),
          target: 'talking',
          actions: { type: 'answer', params: ({ event }) => event },
        },
      },
    },
    offered: {
      description: 'A queue call is his for the ringing time',
      on: {
        offer: refuse('alreadyOffered'),
        'leg.talking': {
          guard: { type: 'isOffered', params: ({ event }) => event },
          target: 'talking',
          actions: { type: 'answer', params: ({ event }) => event },
        },
        'leg.ended': [
          {
            guard: { type: 'isOfferedBesideOther', params: ({ event }) => event },
            target: 'talking',
            actions: 'workOn',
          },
          { guard: { type: 'isOffered', params: ({ event }) => event }, target: 'none', actions: 'endWork' },
        ],
        'offer.missed': [
          {
            guard: { type: 'isOfferedBesideOther', params: ({ event }) => event },
            target: 'talking',
            actions: [{ type: 'missOffer', params: ({ event }) => event }, 'workOn'],
          },
          {
            guard: { type: 'isOffered', params: ({ event }) => event },
            target: 'none',
            actions: { type: 'missOffer', params: ({ event }) => event },
          },
        ],
        'offer.withdrawn': [
          {
            guard: { type: 'isOfferedBesideOther', params: ({ event }) => event },
            target: 'talking',
            actions: 'workOn',
          },
          { guard: { type: 'isOffered', params: ({ event }) => event }, target: 'none', actions: 'endWork' },
        ],
        signOut: {
          target: 'none',
          actions: [{ type: 'tell', params: ({ context, event }) => declined(context, event.self) }, 'endWork'],
        },
      },
    },
    talking: {
      description: 'Talks on a queue call, or holds it',
      on: {
        offer: refuse('onQueueCall'),
        'leg.ended': [
          { guard: and([({ context, event }) => endsWorkForOther(context, event), isAtWork]), actions: 'workOn' },
          { guard: { type: 'endsWorkWithWrapUp', params: ({ event }) => event }, target: 'wrapUp', actions: 'wrapUp' },
          { guard: { type: 'endsWork', params: ({ event }) => event }, target: 'none', actions: 'endWork' },
        ],
        signOut: { actions: 'giveUpWrapUp' },
      },
    },
    wrapUp: {
      id: 'afterCall',
      description: 'After a queue call, until its time is over or another presence is set',
      after: { wrapUp: { target: 'none', actions: ['endWork', 'tellWrapUpOver'] } },
      on: {
        offer: refuse('wrapUp'),
        'leg.talking': {
          guard: 'isQueueCall',
          target: 'talking',
          actions: [{ type: 'answer', params: ({ event }) => event }, 'tellWrapUpOver'],
        },
        setReady: { target: 'none', actions: 'endWork' },
        setAway: { target: 'none', actions: 'endWork' },
        signOut: { target: 'none', actions: 'endWork' },
      },
    },
  },
});

const machine = agent.createMachine({
  id: 'agent',
  options: { maxIterations: 100 },
  context: ABSENT,
  initial: 'absent',
  states: {
    absent: {
      description: 'Not created yet',
      on: {
        create: [
          bornAs('signedOut', 'idle'),
          bornAs('signedOut', 'unavailable'),
          bornAs('ready', 'idle'),
          bornAs('away', 'idle'),
          refuse('noLine'),
        ],
      },
    },
    present: {
      description: 'Three regions, side by side',
      type: 'parallel',
      states: { presence, phone, queue },
      on: {
        supervise: [
          { guard: 'watchesSelf', ...refuse('self') },
          { guard: { type: 'hasNoLine', params: undefined }, ...refuse('noLine') },
          { actions: assign(({ event }) => supervises(event)) },
        ],
        stopSupervising: [{ guard: 'supervises', actions: 'endSupervision' }, refuse('notSupervising')],
        setDnd: { actions: assign({ dnd: ({ event }) => event.on }) },
        setForward: [
          {
            guard: { type: 'hasNoDestination', params: ({ event }) => event },
            ...refuse('noDestination'),
          },
          { actions: assign(({ context, event }) => ({ forwards: forwardsAfter(context.forwards, event) })) },
        ],
        remove: [{ guard: 'isBusy', ...refuse('busy') }, { target: 'removed' }],
        create: refuse('exists'),
      },
    },
    removed: { type: 'final', description: 'Gone for good' },
  },
});

export const agentKind: ActorKind = {
  name: machine.id,
  visibility: 'public',
  machineVersion: 1,
  machine,
  events: agentEvents,
};
