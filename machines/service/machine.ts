/**
 * A service: what a customer's app asked the contact centre for, from its start to its end.
 *   absent -> active (lasting | expiring) -> expired | deleted
 * It keeps data for the agent who will talk to the customer, may hold an access number (machines/reservation knows the
 * code) by which his call finds it, and may have a chat. Its end empties the storage and ends both in the same turn.
 * The one timer: its time to live, armed anew by `setExpiration`.
 */
import { enqueueActions, setup } from 'xstate';
import type { ActorId } from '../../src/model/actor-id.ts';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Delivery } from '../../src/model/command.ts';
import { type Fed, outputs, refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { ABSENT, type ServiceContext } from './context.ts';
import { type EventOf, type Reason, type ServiceEvent, serviceEvents } from './events.ts';
import { serviceForm } from './form.ts';
import { EMPTY, excessOf, withAdded, withoutKey } from './storage.ts';

/** The service that people chat in. */
export const CHAT_SERVICE = 'request-chat';

interface Step<Event = Fed<ServiceEvent>> {
  readonly context: ServiceContext;
  readonly event: Event;
}

const service = setup({
  types: {} as { context: ServiceContext; events: Fed<ServiceEvent> },
  actions: outputs,
  guards: {
    isTooMuch: ({ context }, added: EventOf<'create'> | EventOf<'store'>) =>
      excessOf(withAdded(context, added)) !== undefined,
    isLasting: ({ event }) => event.type === 'create' && event.ttlMs === undefined,
    hasReservation: ({ context }) => context.reservation !== null,
    isForChat: ({ context }) => context.service === CHAT_SERVICE,
    hasOpenChat: ({ context }) => context.chat?.open === true,
  },
  delays: {
    ttl: ({ context, event }) => Math.max(0, (context.expiresAt ?? event.at) - event.at),
  },
});

const refused = refuse<Reason>;

const refuseTooMuch = {
  guard: { type: 'isTooMuch' as const, params: ({ event }: Step<EventOf<'create'> | EventOf<'store'>>) => event },
  actions: {
    type: 'reject' as const,
    params: ({ context, event }: Step<EventOf<'create'> | EventOf<'store'>>) =>
      excessOf(withAdded(context, event)) ?? { reason: 'storageTooLarge' },
  },
};

const begin = service.assign(({ event }) => {
  if (event.type !== 'create') return {};
  const { configuration, service: word, user = null, phoneNumber = null, ttlMs, texts, files, at } = event;
  const expiresAt = ttlMs === undefined ? null : at + ttlMs;
  return { configuration, service: word, user, phoneNumber, createdAt: at, expiresAt, texts, files };
});

/** Nothing is kept but that it was; what hangs on it ends with it. */
const end = service.enqueueActions(({ context, event, enqueue }) => {
  for (const delivery of endTells(context, event.self)) enqueue({ type: 'tell', params: delivery });
  const chat = context.chat === null ? null : { ...context.chat, open: false };
  enqueue.assign({ ...EMPTY, reservation: null, chat, endedAt: event.at });
});

function endTells({ reservation, chat }: ServiceContext, { tenant, id }: ActorId): readonly Delivery[] {
  return [
    ...(reservation === null ? [] : [{ to: { tenant, kind: 'reservation', id }, event: { type: 'release' } }]),
    ...(chat?.open === true ? [{ to: { tenant, kind: 'chat', id: chat.id }, event: { type: 'close' } }] : []),
  ];
}

const over = {
  create: refused('exists'),
  store: refused('ended'),
  removeKey: refused('ended'),
  clearStorage: refused('ended'),
  setExpiration: refused('ended'),
  setPhoneNumber: refused('ended'),
  delete: refused('ended'),
  linkCall: {},
  startChat: refused('ended'),
  reserved: refused('ended'),
  'reservation.ended': {},
  'chat.ended': {},
} as const;

const serviceMachine = service.createMachine({
  id: 'service',
  options: { maxIterations: 100 },
  context: ABSENT,
  initial: 'absent',
  states: {
    absent: {
      description: 'Never heard of',
      on: {
        create: [
          refuseTooMuch,
          { guard: 'isLasting', target: 'active.lasting', actions: begin },
          { target: 'active.expiring', actions: begin },
        ],
      },
    },
    active: {
      description: 'Keeps data, and may be found by an access number',
      initial: 'lasting',
      on: {
        create: refused('exists'),
        store: [
          refuseTooMuch,
          { actions: service.assign(({ context, event }) => withAdded(context, event as EventOf<'store'>)) },
        ],
        removeKey: { actions: service.assign(({ context, event }) => withoutKey(context, keyOf(event))) },
        clearStorage: { actions: service.assign(EMPTY) },
        setExpiration: {
          target: '.expiring',
          actions: service.assign(({ context, event }) => {
            if (event.type !== 'setExpiration') return {};
            const { ttlMs, expiresAt = context.expiresAt ?? event.at, at } = event;
            return { expiresAt: ttlMs === undefined ? expiresAt : at + ttlMs };
          }),
        },
        setPhoneNumber: {
          actions: service.assign(({ event }) =>
            event.type === 'setPhoneNumber' ? { phoneNumber: event.phoneNumber } : {},
          ),
        },
        delete: { target: 'deleted', actions: end },
        linkCall: [
          {
            guard: 'hasReservation',
            actions: enqueueActions(({ event, enqueue }) => {
              const { tenant, id } = event.self;
              enqueue.assign({ call: event.call, reservation: null });
              enqueue({
                type: 'tell',
                params: { to: { tenant, kind: 'reservation', id }, event: { type: 'release' } },
              });
            }),
          },
          {},
        ],
        startChat: [
          { guard: 'hasOpenChat', ...refused('chatOpen') },
          {
            guard: 'isForChat',
            actions: enqueueActions(({ context, event, enqueue }) => {
              const { self, chat, nickname, subject, text, user = context.user } = event;
              enqueue.assign({ chat: { id: chat, open: true } });
              const opening = {
                type: 'open',
                service: self.id,
                nickname,
                ...(subject === undefined ? {} : { subject }),
                ...(user === null ? {} : { user }),
                ...(text === undefined ? {} : { text }),
              };
              enqueue({
                type: 'tell',
                params: { to: { tenant: self.tenant, kind: 'chat', id: chat }, event: opening },
              });
            }),
          },
          refused('noChat'),
        ],
        reserved: {
          actions: service.assign(({ event }) =>
            event.type === 'reserved'
              ? { reservation: { accessNumber: event.accessNumber, expiresAt: event.expiresAt } }
              : {},
          ),
        },
        'reservation.ended': { actions: service.assign({ reservation: null }) },
        'chat.ended': {
          actions: service.assign(({ context: { chat }, event }) =>
            event.type === 'chat.ended' && chat?.id === event.chat ? { chat: { ...chat, open: false } } : {},
          ),
        },
      },
      states: {
        lasting: { description: 'Until it is deleted' },
        expiring: {
          description: 'Until its time is over',
          after: { ttl: { target: '#service.expired', actions: end } },
        },
      },
    },
    expired: { description: 'Its time is over; what comes late changes nothing', on: over },
    deleted: { description: 'Ended by its customer; what comes late changes nothing', on: over },
  },
});

function keyOf(event: ServiceEvent): string {
  return event.type === 'removeKey' ? event.key : '';
}

export const serviceKind: ActorKind = {
  name: serviceMachine.id,
  visibility: 'public',
  machineVersion: 1,
  machine: serviceMachine,
  state: stateForm(serviceMachine, serviceForm),
  ends: ['expired', 'deleted'],
  events: serviceEvents,
};
