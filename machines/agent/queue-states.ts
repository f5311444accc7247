/** The third region of the agent's statechart: the one queue call he works on. The pure part: queue-work.ts. */
import { and, assign, not, stateIn } from 'xstate';
import { refuse } from '../boundary.ts';
import { declined, endsWorkForOther, offered } from './queue-work.ts';
import { agent } from './vocabulary.ts';

const isAtWork = not(stateIn({ present: { presence: 'signedOut' } }));

export const queue = agent.createStateConfig({
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
