/**
 * The access number, and perhaps code, by which a caller finds his service.
 *   absent -> held (lasting | dated) -> free -> held …
 * Private, since who knows the code gets at the service; the service itself says no more than the number. That no two
 * services answer to one number and code is kept by claims, held and released in the same turn.
 */
import { setup } from 'xstate';
import { type ActorId, formatActor } from '../../src/model/actor-id.ts';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Delivery } from '../../src/model/command.ts';
import type { FormOf } from '../../src/model/form.ts';
import { type Fed, outputs, refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { type ReservationEvent, reservationEvents } from './events.ts';

/** Null, all but `since`, while nothing is held. */
export interface ReservationContext {
  readonly accessNumber: string | null;
  readonly accessCode: string | null;
  readonly exclusive: boolean;
  /** When it was last taken or given back. */
  readonly since: number;
  readonly expiresAt: number | null;
}

const NOTHING = { accessNumber: null, accessCode: null, exclusive: false, expiresAt: null } as const;

const reservation = setup({
  types: {} as { context: ReservationContext; events: Fed<ReservationEvent> },
  actions: outputs,
  guards: {
    isDated: ({ event }) => event.type === 'hold' && event.ttlMs !== undefined,
  },
  delays: {
    booking: ({ context, event }) => Math.max(0, (context.expiresAt ?? event.at) - event.at),
  },
});

const take = reservation.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'hold') return;
  const { accessNumber, accessCode = null, exclusive = false, ttlMs, at, self } = event;
  const expiresAt = ttlMs === undefined ? null : at + ttlMs;
  const after: ReservationContext = { accessNumber, accessCode, exclusive, since: at, expiresAt };
  enqueue.assign(after);
  for (const tell of claimTells('release', context, self)) enqueue({ type: 'tell', params: tell });
  for (const tell of claimTells('hold', after, self)) enqueue({ type: 'tell', params: tell });
  enqueue({
    type: 'tell',
    params: { to: { ...self, kind: 'service' }, event: { type: 'reserved', accessNumber, expiresAt } },
  });
});

/** `how`: what the service is told; nothing when it is the one who says so. */
const giveBack = (how?: 'matched' | 'expired') =>
  reservation.enqueueActions(({ context, event, enqueue }) => {
    for (const tell of claimTells('release', context, event.self)) enqueue({ type: 'tell', params: tell });
    if (how !== undefined) {
      const told = { to: { ...event.self, kind: 'service' }, event: { type: 'reservation.ended', how } };
      enqueue({ type: 'tell', params: told });
    }
    enqueue.assign({ ...NOTHING, since: event.at });
  });

function claimTells(type: 'hold' | 'release', held: ReservationContext, self: ActorId): readonly Delivery[] {
  const { accessNumber, accessCode, exclusive } = held;
  if (accessNumber === null) return [];
  const names = [
    ...(exclusive ? [`access:${accessNumber}`] : []),
    ...(accessCode === null ? [] : [`access:${accessNumber}:${accessCode}`]),
  ];
  const owner = formatActor(self);
  return names.map((id) => ({ to: { tenant: self.tenant, kind: 'claim', id }, event: { type, owner } }));
}

const holds = [
  { guard: 'isDated' as const, target: '#reservation.held.dated', actions: take },
  { target: '#reservation.held.lasting', actions: take },
];

const reservationMachine = reservation.createMachine({
  id: 'reservation',
  options: { maxIterations: 100 },
  context: { ...NOTHING, since: 0 },
  initial: 'absent',
  states: {
    absent: { description: 'The service never had one', on: { hold: holds } },
    held: {
      description: 'The number, with its code, leads to the service',
      initial: 'lasting',
      on: {
        hold: holds,
        match: { target: 'free', actions: giveBack('matched') },
        release: { target: 'free', actions: giveBack() },
      },
      states: {
        lasting: { description: 'As long as the service wants it' },
        dated: {
          description: 'Until its time is over',
          after: { booking: { target: '#reservation.free', actions: giveBack('expired') } },
        },
      },
    },
    free: {
      description: 'Given back',
      on: {
        hold: holds,
        match: refuse('notReserved'),
        release: {},
      },
    },
  },
});

const form: FormOf<ReservationContext> = {
  fields: {
    accessNumber: { orNull: 'text' },
    accessCode: { orNull: 'text' },
    exclusive: 'flag',
    since: 'number',
    expiresAt: { orNull: 'number' },
  },
};

export const reservationKind: ActorKind = {
  name: reservationMachine.id,
  visibility: 'private',
  machineVersion: 1,
  machine: reservationMachine,
  state: stateForm(reservationMachine, form),
  events: reservationEvents,
};
