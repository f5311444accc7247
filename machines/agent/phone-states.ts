/** The second region of the agent's statechart: his telephone, as his line and his call legs have it. The pure part: phone.ts. */
import { refuse } from '../boundary.ts';
import { displaced, PHONE_STATES, type PhoneState } from './phone.ts';
import { agent } from './vocabulary.ts';

/** One candidate per state the phone may come to, the likeliest first. */
const phoneBy = (actions: 'followPhone' | 'configure', ...likeliest: readonly PhoneState[]) =>
  [...new Set([...likeliest, ...PHONE_STATES])].map((state) => ({
    guard: { type: 'phoneBecomes' as const, params: state },
    target: `.${state}`,
    actions,
  }));

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

export const phone = agent.createStateConfig({
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
