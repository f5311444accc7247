/** What calls and agents tell a call within a turn. Dialects never send these, nor do connectors. */
import { z } from 'zod';
import { id } from '../fields.ts';
import { about, CONSULTS_MAX, end, LEGS_MAX, leg, movedLeg, purpose } from './parts.ts';

export const toldEvents = {
  /** The agent, to whom it is offered: he signed out. Counts as withdrawn. */
  'offer.declined': z.strictObject({ type: z.literal('offer.declined'), agent: id }),
  /** The agent, who talks elsewhere now: a phone has one voice, so this leg of his is held. */
  'leg.displaced': z.strictObject({ type: z.literal('leg.displaced'), ...leg }),

  /** The original, to the consult that is to be. */
  consulting: z.strictObject({
    type: z.literal('consulting'),
    ...about,
    caller: end,
    target: end,
    consultOf: z.strictObject({ call: id, leg: id, purpose: purpose }),
  }),
  /** The consult, to its original: it is over, or goes on without who consulted. */
  'consult.ended': z.strictObject({ type: z.literal('consult.ended'), consult: id }),
  /** The original, to its consult: I am over, or my leg of yours is; you are a call like any other. */
  'consult.detached': z.strictObject({ type: z.literal('consult.detached') }),
  /** The call that its person's phone joins this one to: hand your people over. */
  handOver: z.strictObject({
    type: z.literal('handOver'),
    ...leg,
    original: z.strictObject({ call: id, leg: id, purpose }),
  }),
  /** The consult, to its original: I wait in a queue from now on, or do so no more. */
  'consult.waits': z.strictObject({ type: z.literal('consult.waits'), consult: id, waits: z.boolean() }),
  /** The call that took the consulting leg over, to the consult: I am your original now. */
  'consult.moved': z.strictObject({ type: z.literal('consult.moved'), to: id }),
  /** The consult, to its original: these legs are yours now, with the state they are in. */
  'legs.joined': z.strictObject({
    type: z.literal('legs.joined'),
    consult: id,
    legs: z.array(movedLeg).max(LEGS_MAX),
    /** That those legs have begun in their turn. */
    consults: z
      .array(z.strictObject({ call: id, leg: id, consultLeg: id, purpose, waits: z.literal(true).exactOptional() }))
      .max(CONSULTS_MAX),
    how: z.enum(['transferred', 'conferenced']),
  }),
};
