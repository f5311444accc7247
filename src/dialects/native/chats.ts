/**
 * Chats as everybody may see them, and the side of whoever joins one: an agent or supervisor, by an id he is known by in
 * the chat. The bodies are the machine's own events without their `type`. The customer speaks through GMS.
 */

import { z } from 'zod';
import { chatEvents } from '../../../machines/chat/events.ts';
import { type ChatState, chat, chatsOf, transcriptOf } from '../../../projections/chats.ts';
import { PAGE_MAX, positionPageOf, toPage } from '../../http/paging.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { paging, settlingId } from './answer-schemas.ts';
import { listing } from './listing.ts';
import {
  type Ask,
  bodied,
  json,
  type NativeRoute,
  PAGE,
  param,
  type Reply,
  refuse,
  settled,
  unknown,
} from './route.ts';

const ALL = '/v1/tenants/:tenant/chats';
const ONE = `${ALL}/:id`;

const COMMANDS = ['join', 'say', 'typing', 'pushUrl', 'notify', 'leave'] as const;

const shown = z
  .looseObject({
    id: z.string(),
    participants: z.array(z.object({ id: z.string(), nickname: z.string(), party: z.string() })),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Chat' });

export function chatRoutes(): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: ALL,
      summary: 'List: chat',
      answer: paging(shown),
      scope: 'read',
      asOf: true,
      query: PAGE,
      handle: list,
    },
    {
      method: 'GET',
      path: ONE,
      summary: 'Read: chat',
      answer: { body: shown },
      scope: 'read',
      asOf: true,
      handle: read,
    },
    {
      method: 'GET',
      path: `${ONE}/transcript`,
      summary: 'Read: the transcript of a chat',
      answer: paging(z.looseObject({ number: z.int(), at: z.iso.datetime() })),
      scope: 'read',
      asOf: true,
      query: PAGE,
      handle: transcript,
    },
    ...COMMANDS.map((name) =>
      bodied({
        method: 'POST',
        path: `${ONE}/${name}`,
        summary: `Command: ${name}`,
        answer: settlingId,
        scope: 'write',
        body: withoutType(chatEvents[name]),
        handle: (ask) => tell(ask, name, ask.body),
      }),
    ),
  ];
}

function withoutType(schema: z.ZodObject): z.ZodType<object> {
  return schema.omit({ type: true });
}

async function tell(ask: Ask, type: string, fields: object): Promise<Reply> {
  const to = { tenant: param(ask, 'tenant'), kind: 'chat', id: param(ask, 'id') };
  const event: MachineEvent = { ...(fields as JsonObject), type };
  return settled(await ask.submit(to.tenant, [{ to, event }]), () => ({ id: to.id }));
}

function list(ask: Ask): Reply {
  return listing(ask, (page) => chatsOf(ask.view, page), chatJson);
}

function read(ask: Ask): Reply {
  return withChat(ask, (found) => json(chatJson(found)));
}

/** The cursor of a page is the number of its last entry. */
function transcript(ask: Ask): Reply {
  const page = positionPageOf(ask.query);
  if (!page.ok) return refuse({ kind: 'input', problem: page.problem });
  const { limit, after } = page.value;
  return withChat(ask, (found) => {
    const entries = transcriptOf(ask.view, found, after + 1, Math.min(limit, PAGE_MAX) + 1);
    const { items, next } = toPage(entries, limit, ({ number }) => `${number}`);
    const shown = items.map(({ at, ...entry }): Json => ({ ...entry, at: time(at) }));
    return json({ items: shown, ...(next === undefined ? {} : { next }), position: ask.view.position });
  });
}

function withChat(ask: Ask, reply: (found: ChatState) => Reply): Reply {
  const id = param(ask, 'id');
  const found = chat(ask.view, param(ask, 'tenant'), id);
  return found === undefined ? unknown(`chat ${id}`) : reply(found);
}

function chatJson({ tenant: _, created: __, startedAt, endedAt, participants, ...rest }: ChatState): JsonObject {
  return {
    ...rest,
    participants: participants.map(({ id, nickname, party }) => ({ id, nickname, party })),
    startedAt: time(startedAt),
    endedAt: endedAt === null ? null : time(endedAt),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
