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
import { assign } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import { refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { ABSENT } from './context.ts';
import { agentEvents, CHECKS } from './events.ts';
import { agentForm } from './form.ts';
import { phone } from './phone-states.ts';
import { presence } from './presence-states.ts';
import { queue } from './queue-states.ts';
import { forwardsAfter } from './settings.ts';
import { supervises } from './supervision.ts';
import { agent } from './vocabulary.ts';

/** Created into a presence and the phone that belongs to his line. */
const bornAs = (presence: 'signedOut' | 'ready' | 'away', phone: 'idle' | 'unavailable') => ({
  guard: { type: 'isBorn' as const, params: { presence, hasLine: phone === 'idle' } },
  target: [`present.presence.${presence}`, `present.phone.${phone}`],
  actions: 'create' as const,
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
        check: [{ guard: 'isOnPhone', ...refuse('phoneBusy') }, {}],
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
  machineVersion: 2,
  machine,
  state: stateForm(machine, agentForm),
  events: agentEvents,
  checks: CHECKS,
};
