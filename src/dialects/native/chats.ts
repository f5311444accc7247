/**
 * Chats as everybody may see them, and the side of whoever joins one: an agent or supervisor, by an id he is known by in
 * the chat. The bodies are the machine's own events without their `type`. The customer speaks through GMS.
 */

import { z } from 'zod';
import { chatEvents } from '../../../machines/chat/events.ts';
import { type ChatState, chat, chatsOf, transcriptOf } from '../../../projections/chats.ts';
import { positionPageOf, toPage } from '../../http/paging.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { paging } from './answer-schemas.ts';
import { readingRoutes } from './listing.ts';
import { commandRoutes } from './machine-commands.ts';
import { type Ask, json, type NativeRoute, PAGE, param, type Reply, refuse, unknown } from './route.ts';

const ALL = '/v1/tenants/:tenant/chats';
const ONE = `${ALL}/:id`;

const COMMANDS = {
  join: 'Join a chat',
  say: 'Say something to everybody in a chat',
  typing: 'Show that one is typing, or no longer is',
  pushUrl: 'Send an address, to be opened at the other end',
  notify: 'Send a notice, which is nobody’s words',
  leave: 'Leave a chat',
};

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
    ...readingRoutes({ path: ALL, called: 'chat', shown, list: chatsOf, find: chat, render: chatJson }),
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
    ...commandRoutes('chat', ONE, chatEvents, COMMANDS),
  ];
}

/** The cursor of a page is the number of its last entry. */
function transcript(ask: Ask): Reply {
  const page = positionPageOf(ask.query);
  if (!page.ok) return refuse({ kind: 'input', problem: page.problem });
  const { limit, after } = page.value;
  const id = param(ask, 'id');
  const found = chat(ask.view, param(ask, 'tenant'), id);
  if (found === undefined) return unknown(`chat ${id}`);
  const entries = transcriptOf(ask.view, found, after + 1, limit + 1);
  const { items, next } = toPage(entries, limit, ({ number }) => `${number}`);
  const shown = items.map(({ at, ...entry }): Json => ({ ...entry, at: time(at) }));
  return json({ items: shown, ...(next === undefined ? {} : { next }), position: ask.view.position });
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
