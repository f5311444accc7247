/**
 * The chat object, as answers and pushes print it.
 */
import type { ChatEntry } from '../../../machines/chat/machine.ts';
import { type ChatState, transcriptOf } from '../../../projections/chats.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import type { SentTo } from './ask.ts';

export interface ChatShown {
  /** Number of the first entry to show. */
  readonly from: number;
  /** Of the last. */
  readonly upTo?: number;
  readonly word: 'CONNECTED' | 'TRANSCRIPT';
  /** With where the server is. */
  readonly verbose?: SentTo;
}

/** Entries of one answer; the rest comes with the next position. */
const ENTRIES_MAX = 500;

export function chatJson(view: View, chat: ChatState, { from, upTo, word, verbose }: ChatShown): JsonObject {
  const limit = upTo === undefined ? ENTRIES_MAX : upTo - from + 1;
  const entries = transcriptOf(view, chat, from, limit);
  const next = (entries.at(-1)?.number ?? Math.min(from - 1, chat.entries)) + 1;
  // Clients listen no longer once they are told: of a chat that is over, the last entry says so.
  const isOver = !chat.open && next > chat.entries;
  return {
    chatIxnState: isOver ? 'DISCONNECTED' : word,
    chatSessionId: chat.id,
    transcriptPosition: String(next),
    transcriptToShow: entries.map((entry) => entryJson(chat, entry)),
    startedAt: new Date(chat.startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    chatServiceMessage: isOver ? 'Chat session is over' : 'Chat service is available',
    ...(verbose === undefined ? {} : verboseJson(chat, verbose)),
  };
}

function entryJson({ startedAt }: ChatState, { event, nickname, text, at, party }: ChatEntry): Json {
  return [event, nickname, text, String(Math.floor((at - startedAt) / 1000)), party];
}

const URLS = {
  SEND: 'send',
  REFRESH: 'refresh',
  START_TYPING: 'startTyping',
  STOP_TYPING: 'stopTyping',
  DISCONNECT: 'disconnect',
  REFRESH_FROM_START: 'refresh?transcriptPosition=1',
} as const;

function verboseJson({ id, service }: ChatState, { host, isSecure }: SentTo): JsonObject {
  const [, name = host, port = isSecure ? '443' : '80'] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  const base = `/genesys/1/service/${encodeURIComponent(service)}/ixn/chat`;
  const urls = Object.entries(URLS).map(([word, path]) => [`_chatIxnAPI_${word}_URL`, `${base}/${path}`]);
  return {
    userId: `${id}-client`,
    // The address of the service is what opens a chat here; this key exists for clients that expect one.
    secureKey: id,
    chatServerHost: name,
    chatWebApiPort: port,
    isTLSrequired: String(isSecure),
    clientTimeZoneOffset: '0',
    ...Object.fromEntries(urls),
  };
}
