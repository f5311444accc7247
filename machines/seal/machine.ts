/**
 * The seal of the log, one per installation: its records stand behind what was stored and never acknowledged, so that it is
 * on disk and no server can add to it any more (src/actors/seal.ts). They say nothing else. Private: nobody's business.
 */
import { assign, setup } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { FormOf } from '../../src/model/form.ts';
import { type Fed, outputs } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { type SealEvent, sealEvents } from './events.ts';

export interface SealContext {
  /** Where the log ended when it was last sealed; 0 before. */
  readonly after: number;
}

const machine = setup({
  types: {} as { context: SealContext; events: Fed<SealEvent> },
  actions: outputs,
}).createMachine({
  id: 'seal',
  options: { maxIterations: 100 },
  context: { after: 0 },
  initial: 'ready',
  states: {
    ready: {
      description: 'Seals the log wherever it is asked to',
      on: { seal: { actions: assign(({ event }) => ({ after: event.after })) } },
    },
  },
});

const form: FormOf<SealContext> = { fields: { after: 'number' } };

export const sealKind: ActorKind = {
  name: machine.id,
  visibility: 'private',
  machineVersion: 1,
  machine,
  state: stateForm(machine, form),
  events: sealEvents,
};
