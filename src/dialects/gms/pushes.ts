/**
 * CometD at `/genesys/cometd`: what happens in a chat, pushed on `/_genesys` to the sessions of the user (`gms_user`) who
 * started its service. The CometD project's own server, long polling only; clients of this API keep no cookies.
 * A handshake with `ext.since` (a log position) is told what came after it; every message carries its position in `ext`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import cometd, { type CometDServer, type ServerMessage, type ServerSession } from 'cometd-nodejs-server';
import type { ChatContext } from '../../../machines/chat/machine.ts';
import { chat } from '../../../projections/chats.ts';
import { readJson } from '../../http/body.ts';
import { Exchanges, LIBRARY_OPTIONS } from '../../http/cometd/exchanges.ts';
import { Outbox } from '../../http/cometd/outbox.ts';
import { type BayeuxMessage, parseMessages, sinceOf } from '../../http/cometd/wire.ts';
import type { InputProblem } from '../../http/parsed.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { RandomBytes } from '../../model/random.ts';
import type { Following, Runtime } from '../../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../../model/transition.ts';
import { chatJson } from './chat-json.ts';

export interface PushParts {
  readonly runtime: Runtime;
  readonly tenant: string;
  readonly random: RandomBytes;
  /** How long a connect is held. Default: 30 s. */
  readonly holdMs?: number;
}

const CHANNEL = '/_genesys';
const HOLD_MS = 30_000;
const AWAY_MS = 60_000;
const CLIENTS_MAX = 20_000;
const USER_MAX = 128;

interface Arrival {
  readonly user: string;
  readonly browser: string;
}

interface Client extends Arrival {
  readonly outbox: Outbox;
  /** What comes after is told. */
  start: Position;
  /** From the subscription on. */
  following: Following | undefined;
}

export class Pushes {
  readonly #parts: PushParts;
  readonly #server: CometDServer;
  readonly #clients = new Map<string, Client>();
  readonly #exchanges: Exchanges;
  readonly #positions = new WeakMap<object, Position>();
  /** The handshake that the library is being given. */
  #arriving: Arrival | undefined;

  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#server = cometd.createCometDServer({
      ...LIBRARY_OPTIONS,
      timeout: parts.holdMs ?? HOLD_MS,
      maxInterval: AWAY_MS,
    });
    this.#exchanges = new Exchanges(this.#server);
    this.#server.policy = {
      canHandshake: (session, message, callback) => callback(undefined, this.#welcome(session, message)),
      canCreate: (_session, _message, channel, callback) => callback(undefined, channel === CHANNEL),
      canSubscribe: (_session, _message, channel, callback) => callback(undefined, channel.name === CHANNEL),
      canPublish: (_session, _message, _channel, callback) => callback(undefined, false),
    };
    this.#server.addListener('subscribed', (_channel, session) => this.#begin(session));
    this.#server.addListener('unsubscribed', (_channel, session) => this.#pause(session));
    this.#server.addListener('sessionRemoved', (session) => {
      this.#clients.get(session.id)?.following?.stop();
      this.#clients.delete(session.id);
    });
  }

  /** Answers a request, which may take as long as a connect is held; or says what is wrong with it. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<InputProblem | undefined> {
    const body = await readJson(request);
    if (!body.ok) return body.problem;
    const messages = parseMessages(body.value, { holdMs: this.#parts.holdMs ?? HOLD_MS });
    if (!messages.ok) return messages.problem;
    const [first] = messages.value;
    const user = String(request.headers.gms_user ?? '');
    const isHandshake = first?.channel === '/meta/handshake';
    if (isHandshake && (user === '' || user.length > USER_MAX))
      return { code: 'badParameter', name: 'gms_user', reason: 'must say who the pushes are for' };
    const known = this.#clients.get(first?.clientId ?? '')?.browser ?? 'none';
    const browser = isHandshake ? Buffer.from(this.#parts.random(20)).toString('hex') : known;
    this.#arriving = { user, browser };
    const taken = this.#exchanges.take(request, response, messages.value, browser);
    this.#arriving = undefined;
    await taken;
    return undefined;
  }

  close(): void {
    this.#exchanges.cut();
    for (const { following } of this.#clients.values()) following?.stop();
    this.#clients.clear();
    this.#server.close();
  }

  #welcome(session: ServerSession, message: ServerMessage): boolean {
    if (this.#arriving === undefined || this.#clients.size >= CLIENTS_MAX) return false;
    const head = this.#parts.runtime.live.position;
    const client: Client = {
      ...this.#arriving,
      outbox: new Outbox(session),
      start: Math.min(sinceOf(message as BayeuxMessage) ?? head, head),
      following: undefined,
    };
    session.addExtension({
      outgoing: (_sender, _session, told, callback) => callback(undefined, this.#withPosition(told, client)),
    });
    this.#clients.set(session.id, client);
    return true;
  }

  /** From where the session began: a client drops what it is told before it listens. */
  #begin(session: ServerSession): void {
    const client = this.#clients.get(session.id);
    if (client === undefined || client.following !== undefined) return;
    client.following = this.#parts.runtime.follow({
      after: client.start,
      only: (record) => this.#isFor(client.user, record),
      deliver: async (records) => {
        for (const record of records) {
          const push = this.#pushOf(record);
          if (push === undefined) continue;
          client.outbox.added();
          session.deliver(null, CHANNEL, push);
          await client.outbox.room();
        }
      },
    });
    client.following.ended.catch(() => session.disconnect());
  }

  /** The library tells a session what it is told to, subscribed or not. */
  #pause(session: ServerSession): void {
    const client = this.#clients.get(session.id);
    if (client?.following === undefined) return;
    client.following.stop();
    client.start = client.following.position;
    client.following = undefined;
  }

  #isFor(user: string, { actor, transition }: LoggedTransition): boolean {
    if (actor.kind !== 'chat' || actor.tenant !== this.#parts.tenant) return false;
    return contextOf<ChatContext>(transition).user === user;
  }

  /** The entry that a record made, as a refresh would show it. */
  #pushOf({ actor, position, transition }: LoggedTransition): JsonObject | undefined {
    const { live } = this.#parts.runtime;
    const { entry, service } = contextOf<ChatContext>(transition);
    const found = chat(live, actor.tenant, actor.id);
    if (found === undefined || entry === null) return undefined;
    const message = chatJson(live, found, { from: entry.number, upTo: entry.number, word: 'TRANSCRIPT' });
    const push = { message, id: transition.id, tag: `service.chat.refresh.${service}` };
    this.#positions.set(push, position);
    return push;
  }

  #withPosition(message: ServerMessage, { start, following }: Client): ServerMessage {
    const isAnswer = message.channel === '/meta/handshake' || message.channel === '/meta/connect';
    const position =
      typeof message.data === 'object' ? this.#positions.get(message.data) : (following?.position ?? start);
    if (message.channel === '/meta/handshake') message.minimumVersion = '1.0';
    if (position !== undefined && (isAnswer || message.data !== undefined)) message.ext = { ...message.ext, position };
    return message;
  }
}
