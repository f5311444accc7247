/**
 * Chats and their transcripts: one row per entry, from the record that made it. Kept after a chat's end, as calls are.
 */
import type { ChatContext, ChatEntry, Participant } from '../machines/chat/machine.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, View } from '../src/model/projection.ts';
import { contextOf } from '../src/model/transition.ts';

export const chats: Projection = {
  name: 'chats',
  version: 1,
  kinds: ['chat'],
  tables: `
CREATE TABLE chats (
  created INTEGER PRIMARY KEY, -- position of the first record: lists are in this order
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  service TEXT NOT NULL,
  state TEXT NOT NULL,
  context TEXT NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (id, tenant)
);
CREATE INDEX chats_tenant ON chats (tenant);
CREATE TABLE chats_entries (
  chat INTEGER NOT NULL, -- its created
  number INTEGER NOT NULL,
  entry TEXT NOT NULL,
  PRIMARY KEY (chat, number)
) WITHOUT ROWID;`,

  project({ actor, position, transition }, tables) {
    const { to } = transition.data;
    const context = contextOf<ChatContext>(transition);
    tables.run(
      `INSERT INTO chats (tenant, id, created, service, state, context, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?3)
       ON CONFLICT (id, tenant) DO UPDATE SET state = ?5, context = ?6, position = ?3`,
      actor.tenant,
      actor.id,
      position,
      context.service,
      String(to),
      JSON.stringify(context),
    );
    if (context.entry === null) return;
    tables.run(
      `INSERT OR IGNORE INTO chats_entries (chat, number, entry)
       SELECT created, ?, ? FROM chats WHERE id = ? AND tenant = ?`,
      context.entry.number,
      JSON.stringify(context.entry),
      actor.id,
      actor.tenant,
    );
  },
};

export interface ChatState {
  readonly tenant: string;
  readonly id: string;
  readonly service: string;
  readonly user: string | null;
  readonly subject: string | null;
  readonly open: boolean;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly participants: readonly Participant[];
  /** Entries of the transcript so far. */
  readonly entries: number;
  readonly created: Position;
}

export function chat(view: View, tenant: string, id: string): ChatState | undefined {
  const row = view.get<ChatRow>('SELECT * FROM chats WHERE id = ? AND tenant = ?', id, tenant);
  return row === undefined ? undefined : shown(row);
}

/** Chats in the order of their beginning; `after` is the `created` of the last one seen. */
export function chatsOf(
  view: View,
  page: { readonly tenant: string; readonly after?: Position; readonly limit: number },
): ChatState[] {
  return view
    .all<ChatRow>(
      'SELECT * FROM chats WHERE tenant = ? AND created > ? ORDER BY created LIMIT ?',
      page.tenant,
      page.after ?? 0,
      page.limit,
    )
    .map(shown);
}

/** Entries from a number on, at most `limit`. */
export function transcriptOf(view: View, of: ChatState, from: number, limit: number): ChatEntry[] {
  return view
    .all<{ readonly entry: string }>(
      'SELECT entry FROM chats_entries WHERE chat = ? AND number >= ? ORDER BY number LIMIT ?',
      of.created,
      from,
      limit,
    )
    .map(({ entry }) => JSON.parse(entry) as ChatEntry);
}

interface ChatRow {
  readonly tenant: string;
  readonly id: string;
  readonly created: Position;
  readonly state: string;
  readonly context: string;
}

function shown({ tenant, id, created, state, context }: ChatRow): ChatState {
  const { service, user, subject, startedAt, endedAt, participants, entry } = JSON.parse(context) as ChatContext;
  const open = state === 'open';
  return {
    ...{ tenant, id, service, user, subject, open, startedAt, endedAt, participants },
    ...{ entries: entry?.number ?? 0, created },
  };
}
