/**
 * A unique name within a tenant or the installation: a login, an agent number, a telephone number.
 *   free -> held (by one owner) -> free
 * The actor is named after the value it guards, so that two owners of one name meet in one actor and the log's
 * compare-and-set decides. Private: names people sign in with are nobody else's business.
 */
import { assign, setup } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { FormOf } from '../../src/model/form.ts';
import { type Fed, outputs, refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { type ClaimEvent, claimEvents } from './events.ts';

export interface ClaimContext {
  /** `tenant/kind/id` of the holder; null while it is free. */
  readonly owner: string | null;
  /** When it was last taken or given back. */
  readonly since: number;
}

const machine = setup({
  types: {} as { context: ClaimContext; events: Fed<ClaimEvent> },
  actions: outputs,
  guards: {
    isOwner: ({ context, event }) => context.owner === event.owner,
  },
}).createMachine({
  id: 'claim',
  options: { maxIterations: 100 },
  context: { owner: null, since: 0 },
  initial: 'free',
  states: {
    free: {
      description: 'Nobody holds the name',
      on: { hold: { target: 'held', actions: assign(({ event }) => ({ owner: event.owner, since: event.at })) } },
    },
    held: {
      description: 'One owner holds the name',
      on: {
        hold: [
          { guard: 'isOwner' },
          {
            actions: {
              type: 'reject',
              params: ({ context, event }) => ({
                reason: 'taken',
                details: { claim: event.self.id, owner: context.owner },
              }),
            },
          },
        ],
        release: [
          { guard: 'isOwner', target: 'free', actions: assign(({ event }) => ({ owner: null, since: event.at })) },
          refuse('notOwner'),
        ],
      },
    },
  },
});

const form: FormOf<ClaimContext> = { fields: { owner: { orNull: 'text' }, since: 'number' } };

export const claimKind: ActorKind = {
  name: machine.id,
  visibility: 'private',
  machineVersion: 1,
  machine,
  state: stateForm(machine, form),
  events: claimEvents,
};
