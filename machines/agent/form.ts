/** The form of what an agent remembers (context.ts): a record of which the state has another is none. */
import type { FormOf } from '../../src/model/form.ts';
import type { AgentContext, Forward, PresenceStamp } from './context.ts';
import type { Leg } from './phone.ts';

const reason: FormOf<NonNullable<PresenceStamp['reason']>> = { fields: { name: 'text' }, optional: { id: 'text' } };

const leg: FormOf<Leg> = {
  fields: { call: 'text', leg: 'text', state: 'text', since: 'number' },
  optional: { direction: 'text', acd: 'flag', queue: 'text', wrapUpMs: 'number', party: 'text', watches: 'text' },
};

const forward: FormOf<Forward> = { fields: { enabled: 'flag', destination: 'text' } };

export const agentForm: FormOf<AgentContext> = {
  fields: {
    presence: {
      fields: { since: 'number', cause: 'text' },
      optional: {
        reason,
        workMode: 'text',
        by: 'text',
        takenAt: 'number',
        returnTo: { fields: { kind: 'text' }, optional: { reason, workMode: 'text' } },
      },
    },
    phone: {
      fields: {
        since: 'number',
        line: { orNull: 'text' },
        homeLine: { orNull: 'text' },
        reachable: 'flag',
        legs: { listOf: leg },
      },
    },
    queue: {
      fields: {
        since: 'number',
        work: {
          orNull: {
            fields: { call: 'text', queue: 'text', offeredAt: 'number', wrapUpMs: 'number' },
            optional: { answeredAt: 'number', leg: 'text' },
          },
        },
      },
    },
    consecutiveMissed: 'number',
    dnd: 'flag',
    forwards: { fields: { unconditional: forward, noAnswer: forward, busy: forward } },
    rules: { fields: { wrapUpMs: 'number', missedMax: 'number', ringMs: 'number' } },
  },
  optional: {
    supervision: {
      orNull: { fields: { agent: 'text', how: 'text', calls: 'text', scope: 'text', since: 'number' } },
    },
  },
};
