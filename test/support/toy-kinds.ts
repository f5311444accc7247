/**
 * Small kinds that exercise the host without the contact centre: a wallet that pays another, and waits.
 */
import { setup } from 'xstate';
import { z } from 'zod';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { ActorKind, ActorKinds } from '../../src/model/actor-kind.ts';

interface Fed {
  readonly type: string;
  readonly at: number;
  readonly self: ActorId;
  readonly amount?: number;
  readonly to?: string;
}

const amount = z.int().positive();

const wallet = setup({
  types: {} as { context: { coins: number }; events: Fed },
  actions: {
    tell: (_, _params: { to: ActorId; event: { type: string } }) => undefined,
    reject: (_, _params: { reason: string; details?: object }) => undefined,
  },
  guards: {
    hasEnough: ({ context, event }) => context.coins >= (event.amount ?? 0),
    isRich: ({ context }) => context.coins > 1_000_000,
  },
  delays: { patience: 5_000 },
});

const gain = wallet.assign(({ context, event }) => ({ coins: context.coins + (event.amount ?? 0) }));
const lose = wallet.assign(({ context, event }) => ({ coins: context.coins - (event.amount ?? 0) }));

const walletMachine = wallet.createMachine({
  id: 'wallet',
  context: { coins: 0 },
  initial: 'absent',
  states: {
    absent: { on: { open: 'open' } },
    open: {
      initial: 'calm',
      on: {
        put: { actions: gain },
        retire: { guard: 'isRich', target: 'closed' },
        close: 'closed',
        pay: [
          {
            guard: 'hasEnough',
            actions: [
              lose,
              {
                type: 'tell',
                params: ({ event }) => ({
                  to: { tenant: event.self.tenant, kind: 'wallet', id: event.to ?? '' },
                  event: { type: 'put', amount: event.amount ?? 0 },
                }),
              },
            ],
          },
          {
            actions: {
              type: 'reject',
              params: ({ context }) => ({ reason: 'tooPoor', details: { coins: context.coins } }),
            },
          },
        ],
      },
      states: {
        calm: { on: { wait: 'waiting' } },
        waiting: { on: { wait: { target: 'waiting', reenter: true }, relax: 'calm' }, after: { patience: 'calm' } },
      },
    },
    closed: { type: 'final' },
  },
});

/** A wallet: open, put, pay another (one atomic turn), wait (armed for 5 s), close. */
export const walletKind: ActorKind = {
  name: 'wallet',
  visibility: 'public',
  machineVersion: 1,
  machine: walletMachine,
  events: {
    open: z.strictObject({ type: z.literal('open') }),
    put: z.strictObject({ type: z.literal('put'), amount, note: z.string().optional() }),
    pay: z.strictObject({ type: z.literal('pay'), amount, to: z.string() }),
    wait: z.strictObject({ type: z.literal('wait') }),
    relax: z.strictObject({ type: z.literal('relax') }),
    retire: z.strictObject({ type: z.literal('retire') }),
    close: z.strictObject({ type: z.literal('close') }),
  },
};

export const toyKinds: ActorKinds = new Map([[walletKind.name, walletKind]]);
