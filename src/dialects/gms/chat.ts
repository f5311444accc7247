/**
 * Chat v1, the documented service-specific requests: the customer's side of a chat, by polling. The other side speaks
 * through the native API to the same actor.
 */
import { CLIENT, MESSAGE_CHARS_MAX } from '../../../machines/chat/events.ts';
import { CHAT_SERVICE } from '../../../machines/service/machine.ts';
import { chat } from '../../../projections/chats.ts';
import { type ServiceEntry, service } from '../../../projections/services.ts';
import type { MachineEvent } from '../../model/command.ts';
import { type Answer, json, notFound, type Refusal, refuse } from './answers.ts';
import { type Ask, type Handler, mintedId, param, toService } from './ask.ts';
import { chatJson } from './chat-json.ts';
import { rejectionAnswer, unknownService } from './errors.ts';

type ChatRequest = (ask: Ask, of: ServiceEntry) => Answer | Promise<Answer>;

const typing = (isTyping: boolean): MachineEvent => ({ type: 'typing', participant: CLIENT, isTyping });
const LEAVE: MachineEvent = { type: 'leave', participant: CLIENT };

/** By what follows the service's id: `POST /service/{id}/{request}`. */
export const CHAT_REQUESTS: Readonly<Record<string, Handler>> = {
  'ixn/chat': inChat(open),
  'ixn/chat/refresh': inChat((ask, of) => moved(ask, of, extraMessage(ask), 1)),
  'ixn/chat/send': inChat(send),
  'ixn/chat/startTyping': inChat((ask, of) => moved(ask, of, [typing(true), ...extraMessage(ask)])),
  'ixn/chat/stopTyping': inChat((ask, of) => moved(ask, of, [typing(false), ...extraMessage(ask)])),
  'ixn/chat/disconnect': inChat((ask, of) => moved(ask, of, [...extraMessage(ask), LEAVE])),
};

function inChat(request: ChatRequest): Handler {
  return (ask) => {
    const found = service(ask.live, ask.tenant, param(ask, 'service'));
    if (found === undefined) return unknownService();
    if (found.service !== CHAT_SERVICE) return notFound('The service has no such request');
    const message = wordOf(ask, 'message');
    if (message !== undefined && message.length > MESSAGE_CHARS_MAX)
      return refuse('tooLarge', `A message takes no more than ${MESSAGE_CHARS_MAX} characters`);
    return request(ask, found);
  };
}

const NAME_MAX = 128;
const SUBJECT_MAX = 256;

/** Begins a chat; while one is open, that one is shown from its beginning. */
async function open(ask: Ask, of: ServiceEntry): Promise<Answer> {
  const nickname = nicknameOf(ask);
  const subject = wordOf(ask, 'subject');
  const text = wordOf(ask, 'message');
  const id = `0000${mintedId(ask, 1).replaceAll('-', '').slice(0, 12).toUpperCase()}`;
  if (of.chat?.open !== true) {
    const event = {
      type: 'startChat',
      chat: id,
      nickname,
      ...(ask.user === undefined ? {} : { user: ask.user }),
      ...(subject === undefined ? {} : { subject: subject.slice(0, SUBJECT_MAX) }),
      ...(text === undefined ? {} : { text }),
    };
    const outcome = await ask.submit([toService(ask, of.id, event)]);
    const isThere = outcome.kind === 'rejected' && isReason(outcome.rejection, 'chatOpen');
    if (outcome.kind === 'rejected' && !isThere) return rejectionAnswer(outcome.rejection);
  }
  return shown(ask, of.id, 1, 'CONNECTED');
}

/** Clients spell their customers' names in either way. */
function nicknameOf(ask: Ask): string {
  const first = wordOf(ask, 'firstName') ?? wordOf(ask, 'FirstName');
  const last = wordOf(ask, 'lastName') ?? wordOf(ask, 'LastName');
  const full = [first, last].filter((word) => word !== undefined).join(' ');
  return (wordOf(ask, 'userDisplayName') ?? (full === '' ? 'Customer' : full)).slice(0, NAME_MAX);
}

function send(ask: Ask, of: ServiceEntry): Answer | Promise<Answer> {
  const message = extraMessage(ask);
  return message.length === 0 ? wrongValue('message') : moved(ask, of, message);
}

/** Every call may bring a message along. */
function extraMessage(ask: Ask): readonly MachineEvent[] {
  const text = wordOf(ask, 'message');
  return text === undefined ? [] : [{ type: 'say', participant: CLIENT, text }];
}

/** Shows the transcript from where the caller says, else from `from`, else what is new. */
async function moved(ask: Ask, of: ServiceEntry, events: readonly MachineEvent[], from?: number): Promise<Answer> {
  const found = of.chat === null ? undefined : chat(ask.live, ask.tenant, of.chat.id);
  if (found === undefined) return notFound('The service has no chat');
  const position = positionOf(ask) ?? from ?? found.entries + 1;
  if (typeof position !== 'number') return position;
  if (found.open && events.length > 0) {
    const to = { tenant: ask.tenant, kind: 'chat', id: found.id };
    const outcome = await ask.submit(events.map((event) => ({ to, event })));
    // Over meanwhile: the answer says so.
    if (outcome.kind === 'rejected' && !isReason(outcome.rejection, 'ended')) return rejectionAnswer(outcome.rejection);
  }
  return shown(ask, of.id, position, 'TRANSCRIPT');
}

function isReason(rejection: Parameters<typeof rejectionAnswer>[0], reason: string): boolean {
  return rejection.code === 'reason' && rejection.reason === reason;
}

function shown(ask: Ask, id: string, from: number, word: 'CONNECTED' | 'TRANSCRIPT'): Answer {
  const now = service(ask.live, ask.tenant, id);
  const found = now?.chat ? chat(ask.live, ask.tenant, now.chat.id) : undefined;
  if (found === undefined) return unknownService();
  const verbose = /^true$/i.test(wordOf(ask, '_verbose') ?? '') ? ask.sentTo : undefined;
  return json(chatJson(ask.live, found, { from, word, ...(verbose === undefined ? {} : { verbose }) }));
}

function positionOf(ask: Ask): number | Refusal | undefined {
  const text = wordOf(ask, 'transcriptPosition');
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) ? Math.max(1, Number(text)) : wrongValue('transcriptPosition');
}

/** Of the body or, as some clients send it, the query. Empty is absent. */
function wordOf({ form, query }: Ask, name: string): string | undefined {
  const word = (name.startsWith('_') ? form.parameters : form.texts).get(name) ?? query.get(name);
  return word === null || word === '' ? undefined : word;
}

function wrongValue(name: string): Refusal {
  return refuse('mediaType', `${name} is missing or wrong`);
}
