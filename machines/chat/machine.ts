/**
 * A chat: one conversation in writing, of a customer and whoever joins him.
 *   absent -> open -> ended
 * Every event makes one entry of the transcript. The state holds the newest entry alone: the transcript is the chat's
 * history (projections/chats.ts), so that no length of talk can outgrow a record.
 */
import { setup } from 'xstate';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { FormOf } from '../../src/model/form.ts';
import { type Fed, outputs, refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { type ChatEvent, CLIENT, chatEvents, PARTICIPANTS_MAX, type Reason } from './events.ts';

export type Party = 'CLIENT' | 'AGENT' | 'SUPERVISOR' | 'EXTERNAL';

export interface Participant {
  readonly id: string;
  readonly nickname: string;
  readonly party: Party;
}

export interface ChatEntry {
  /** 1, 2, 3 … within the chat. */
  readonly number: number;
  readonly event: string;
  readonly nickname: string;
  readonly text: string;
  readonly party: Party;
  /** ms since 1970. */
  readonly at: number;
}

export interface ChatContext {
  readonly service: string;
  readonly user: string | null;
  readonly subject: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Who is in it now. */
  readonly participants: readonly Participant[];
  readonly entry: ChatEntry | null;
}

type Said = Exclude<ChatEvent, { type: 'open' | 'join' | 'close' }>;

const chat = setup({
  types: {} as { context: ChatContext; events: Fed<ChatEvent> },
  actions: outputs,
  guards: {
    isStranger: ({ context }, id: string) => !context.participants.some((participant) => participant.id === id),
    isFull: ({ context }) => context.participants.length >= PARTICIPANTS_MAX,
    isClient: (_, id: string) => id === CLIENT,
  },
});

const refused = refuse<Reason>;

/** What an entry says of an event of somebody in the chat. */
function wordsOf(event: ChatEvent): readonly [event: string, text: string] {
  switch (event.type) {
    case 'open':
    case 'join':
      return ['Notice.Joined', 'has joined the session'];
    case 'say':
      return ['Message.Text', event.text];
    case 'typing':
      return event.isTyping ? ['Notice.TypingStarted', 'is typing'] : ['Notice.TypingStopped', 'stopped typing'];
    case 'pushUrl':
      return ['Notice.PushUrl', event.url];
    case 'notify':
      return ['Notice.Custom', event.text];
    case 'leave':
    case 'close':
      return ['Notice.Left', 'has left the session'];
  }
}

function entryAfter({ entry }: ChatContext, who: Participant, event: Fed<ChatEvent>): ChatEntry {
  const [word, text] = wordsOf(event);
  const { nickname, party } = who;
  return { number: (entry?.number ?? 0) + 1, event: word, nickname, text, party, at: event.at };
}

const begin = chat.enqueueActions(({ context, event, enqueue }) => {
  if (event.type !== 'open') return;
  const { service, nickname, user = null, subject = null, text, at, self } = event;
  const client: Participant = { id: CLIENT, nickname, party: 'CLIENT' };
  const entry = entryAfter(context, client, event);
  enqueue.assign({ service, user, subject, startedAt: at, participants: [client], entry });
  // An entry of its own, and so an event of its own.
  if (text !== undefined)
    enqueue({ type: 'tell', params: { to: self, event: { type: 'say', participant: CLIENT, text } } });
});

const admit = chat.assign(({ context, event }) => {
  if (event.type !== 'join') return {};
  const { participant: id, nickname, party } = event;
  const guest: Participant = { id, nickname, party };
  return { participants: [...context.participants, guest], entry: entryAfter(context, guest, event) };
});

const note = chat.assign(({ context, event }) => {
  const who = context.participants.find(({ id }) => 'participant' in event && id === event.participant);
  return who === undefined ? {} : { entry: entryAfter(context, who, event) };
});

const dismiss = chat.assign(({ context, event }) => {
  const who = context.participants.find(({ id }) => 'participant' in event && id === event.participant);
  if (who === undefined) return {};
  const participants = context.participants.filter((other) => other !== who);
  return { participants, entry: entryAfter(context, who, event) };
});

const end = chat.enqueueActions(({ context, event, enqueue }) => {
  const client = context.participants.find(({ id }) => id === CLIENT);
  const entry = client === undefined ? context.entry : entryAfter(context, client, event);
  enqueue.assign({ participants: [], entry, endedAt: event.at });
  if (event.type === 'close') return;
  const { tenant, id } = event.self;
  const told = { to: { tenant, kind: 'service', id: context.service }, event: { type: 'chat.ended', chat: id } };
  enqueue({ type: 'tell', params: told });
});

const stranger = {
  guard: { type: 'isStranger' as const, params: ({ event }: { event: Said }) => event.participant },
  ...refused('unknownParticipant'),
};
const noted = [stranger, { actions: note }];

const over = refused('ended');

const chatMachine = chat.createMachine({
  id: 'chat',
  options: { maxIterations: 100 },
  context: { service: '', user: null, subject: null, startedAt: 0, endedAt: null, participants: [], entry: null },
  initial: 'absent',
  states: {
    absent: { description: 'Not begun', on: { open: { target: 'open', actions: begin } } },
    open: {
      description: 'The customer is there',
      on: {
        join: [
          { guard: 'isFull', ...refused('tooManyParticipants') },
          {
            guard: { type: 'isStranger', params: ({ event }) => event.participant },
            actions: admit,
          },
          refused('alreadyIn'),
        ],
        say: noted,
        typing: noted,
        pushUrl: noted,
        notify: noted,
        leave: [
          stranger,
          {
            guard: { type: 'isClient', params: ({ event }) => event.participant },
            target: 'ended',
            actions: end,
          },
          { actions: dismiss },
        ],
        close: { target: 'ended', actions: end },
      },
    },
    ended: {
      description: 'Over',
      on: { join: over, say: over, typing: over, pushUrl: over, notify: over, leave: over, close: {} },
    },
  },
});

const participant = { id: 'text', nickname: 'text', party: 'text' } as const;
const entry = { number: 'number', event: 'text', nickname: 'text', text: 'text', party: 'text', at: 'number' } as const;

const form: FormOf<ChatContext> = {
  fields: {
    service: 'text',
    user: { orNull: 'text' },
    subject: { orNull: 'text' },
    startedAt: 'number',
    endedAt: { orNull: 'number' },
    participants: { listOf: { fields: participant } },
    entry: { orNull: { fields: entry } },
  },
};

export const chatKind: ActorKind = {
  name: chatMachine.id,
  visibility: 'public',
  machineVersion: 1,
  machine: chatMachine,
  state: stateForm(chatMachine, form),
  ends: ['ended'],
  events: chatEvents,
};
