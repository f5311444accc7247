/** The form of what a call remembers (context.ts): a record of which the state has another is none. */
import type { FormOf } from '../../src/model/form.ts';
import type { CallContext, Leg, Queued } from './context.ts';
import type { End } from './parts.ts';

const leg: FormOf<Leg> = {
  fields: { id: 'text', kind: 'text', number: 'text', state: 'text', since: 'number', startedAt: 'number' },
  optional: {
    name: 'text',
    line: 'text',
    agent: 'text',
    answeredAt: 'number',
    muted: 'flag',
    work: { fields: { queue: 'text' }, optional: { name: 'text', wrapUpMs: 'number' } },
    recording: 'text',
    ringMs: 'number',
    incoming: 'flag',
    joinedFrom: 'text',
    shares: 'text',
    watches: { fields: { leg: 'text', how: 'text', scope: 'text' } },
    order: 'number',
    cause: 'text',
    movedTo: 'text',
  },
};

const queued: FormOf<Queued> = {
  fields: {
    queue: 'text',
    priority: 'number',
    skills: { mapOf: 'number' },
    shortAbandonMs: 'number',
    enteredAt: 'number',
    waitingSince: 'number',
    waiting: 'flag',
    offers: 'number',
    missedBy: { listOf: 'text' },
  },
  optional: { name: 'text', wrapUpMs: 'number', rings: 'flag', leftAt: 'number', outcome: 'text' },
};

const end: FormOf<End> = {
  fields: { leg: 'text', number: 'text' },
  optional: { name: 'text', line: 'text', agent: 'text', recording: 'text', acd: 'flag', ringMs: 'number' },
};

export const callForm: FormOf<CallContext> = {
  fields: {
    linkedId: 'text',
    direction: 'text',
    from: 'text',
    to: 'text',
    legs: { listOf: leg },
    queue: { orNull: queued },
    offer: { orNull: { fields: { agent: 'text', leg: 'text', since: 'number', ringMs: 'number' } } },
    next: { orNull: end },
    consults: {
      listOf: {
        fields: { call: 'text', leg: 'text', consultLeg: 'text', purpose: 'text' },
        optional: { waits: 'flag' },
      },
    },
    consultOf: { orNull: { fields: { call: 'text', leg: 'text', purpose: 'text' } } },
    userData: { mapOf: 'json' },
    recording: { fields: { mode: 'text', active: 'flag', suppressed: 'flag' } },
    reservation: { orNull: { fields: { service: 'text', accessNumber: 'text' }, optional: { accessCode: 'text' } } },
    startedAt: 'number',
    answeredAt: { orNull: 'number' },
    endedAt: { orNull: 'number' },
    cause: { orNull: 'text' },
    endedBy: { orNull: 'text' },
    abandoned: 'flag',
    shortAbandoned: 'flag',
  },
  optional: { fromName: 'text', toName: 'text', monitors: { listOf: leg } },
};
