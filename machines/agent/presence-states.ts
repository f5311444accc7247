/** The first region of the agent's statechart: what he says he does. The pure part: presence.ts. */
import { assign } from 'xstate';
import { refuse } from '../boundary.ts';
import { wrapUpExtended } from './presence.ts';
import { agent } from './vocabulary.ts';

/** A presence set by somebody who is signed out: refused unless the command says that it signs him in. */
const signingInTo = (state: string) =>
  [
    { guard: 'isNoSignIn', ...refuse('signedOut') },
    { guard: { type: 'hasNoLine', params: undefined }, ...refuse('noLine') },
    { target: state, actions: 'setPresence' },
  ] as const;

export const presence = agent.createStateConfig({
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
