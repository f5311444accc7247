/**
 * CometD on `/notifications` (genesys.md §1.8): the CometD project's own server for Node, with the caller's identity bound to
 * each session. It would replace every cookie by its own, so both are set here. Long polling only.
 * A message carries the log position it is told of in `ext.position`; a handshake with `ext.since` goes on from there.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import cometd, { type CometDServer, type ServerMessage, type ServerSession } from 'cometd-nodejs-server';
import ack from 'cometd-nodejs-server/ack-extension.js';
import { readJson } from '../../../http/body.ts';
import { BROWSER_COOKIE, Exchanges, LIBRARY_OPTIONS } from '../../../http/cometd/exchanges.ts';
import { Outbox } from '../../../http/cometd/outbox.ts';
import { type BayeuxMessage, parseMessages, sinceOf } from '../../../http/cometd/wire.ts';
import type { InputProblem } from '../../../http/parsed.ts';
import type { ActorId } from '../../../model/actor-id.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Position } from '../../../model/position.ts';
import type { RandomBytes } from '../../../model/random.ts';
import type { Runtime } from '../../../model/runtime.ts';
import type { Caller } from '../exchange.ts';
import type { GwsOptions } from '../options.ts';
import { SessionFeed } from './session-feed.ts';
import { Teller } from './told.ts';
import { matches, type Topic, USERS_TOPIC } from './topics.ts';

export interface NotificationParts {
  readonly runtime: Runtime;
  readonly options: GwsOptions;
  readonly random: RandomBytes;
}

/** A request with its caller known. */
export interface Arrival {
  readonly caller: Caller;
  readonly uri: (path: string) => string;
  /** `Set-Cookie` of the HTTP session, where it is new. */
  readonly cookies: readonly string[];
  /** Supervisors and administrators hear of other users too. */
  readonly seesUsers: boolean;
}

/** A client's session, and what is ours about it. */
interface Client {
  readonly session: ServerSession;
  readonly browser: string;
  readonly user: ActorId;
  readonly seesUsers: boolean;
  readonly feed: SessionFeed;
  /** Puts data on a channel if the client listens there. */
  readonly tell: (channel: Topic, data: JsonObject) => void;
}

const CLIENTS_MAX = 20_000;
/** Tabs and telephones of one person, and then some: nobody takes the places of all others. */
const CLIENTS_PER_USER_MAX = 100;
const SUBSCRIPTIONS_MAX = 50;

export class Notifications {
  readonly #parts: NotificationParts;
  readonly #server: CometDServer;
  readonly #clients = new Map<string, Client>();
  readonly #exchanges: Exchanges;
  readonly #positions = new WeakMap<object, Position>();
  /** The handshake that the library is being given. */
  #handshake: (Arrival & { readonly browser: string }) | undefined;

  constructor(parts: NotificationParts) {
    this.#parts = parts;
    const { cometdHoldMs, cometdAwayMs } = parts.options;
    this.#server = cometd.createCometDServer({
      ...LIBRARY_OPTIONS,
      timeout: cometdHoldMs,
      maxInterval: cometdAwayMs,
    });
    this.#exchanges = new Exchanges(this.#server);
    this.#server.addExtension(new ack.AcknowledgedMessagesExtension());
    this.#server.policy = {
      canHandshake: (session, message, callback) => callback(undefined, this.#welcome(session, message)),
      canCreate: (_session, message, _channel, callback) => callback(undefined, message.channel === '/meta/subscribe'),
      canSubscribe: (session, _message, channel, callback) =>
        callback(undefined, this.#maySubscribe(session, channel.name)),
      canPublish: (_session, _message, _channel, callback) => callback(undefined, false),
    };
    this.#server.addListener('subscribed', (channel, session, message) => {
      this.#clients.get(session.id)?.feed.subscribe(channel.name, sinceOf(message as BayeuxMessage));
    });
    this.#server.addListener('unsubscribed', (channel, session) => {
      this.#clients.get(session.id)?.feed.unsubscribe(channel.name);
    });
    this.#server.addListener('sessionRemoved', (session) => this.#farewell(session.id));
  }

  /** Answers a request, which may take as long as a connect is held; or says what is wrong with it. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    arrival: Arrival,
  ): Promise<InputProblem | undefined> {
    const body = await readJson(request);
    if (!body.ok) return body.problem;
    const messages = parseMessages(body.value, { holdMs: this.#parts.options.cometdHoldMs });
    if (!messages.ok) return messages.problem;
    const [first] = messages.value;
    const isHandshake = first?.channel === '/meta/handshake';
    this.#dismissFormer(first?.clientId, arrival);
    const browser = isHandshake ? this.#newBrowser() : this.#browserOf(first?.clientId, arrival.caller);
    const cookies = isHandshake
      ? [...arrival.cookies, `${BROWSER_COOKIE}=${browser}; Path=/; HttpOnly; SameSite=Lax`]
      : arrival.cookies;
    if (cookies.length > 0) response.setHeader('Set-Cookie', [...cookies]);
    this.#handshake = { ...arrival, browser };
    const taken = this.#exchanges.take(request, response, messages.value, browser);
    this.#handshake = undefined;
    await taken;
    return undefined;
  }

  /** Puts what no record tells of a user on a channel of his sessions, or of those who hear of users. */
  tell(user: ActorId, channel: Topic, data: JsonObject): void {
    for (const client of this.#clients.values()) {
      const isMeant = channel === USERS_TOPIC ? client.seesUsers : client.user.id === user.id;
      if (isMeant && client.user.tenant === user.tenant) client.tell(channel, data);
    }
  }

  close(): void {
    this.#exchanges.cut();
    for (const { session, feed } of [...this.#clients.values()]) {
      feed.stop();
      session.disconnect();
    }
    this.#server.close();
  }

  /** A handshake is being taken: the session becomes the caller's. */
  #welcome(session: ServerSession, message: ServerMessage): boolean {
    const arrival = this.#handshake;
    if (arrival === undefined || !this.#hasRoomFor(arrival.caller.user.actor)) return false;
    const { runtime, options } = this.#parts;
    const { caller, uri, seesUsers, browser } = arrival;
    const outbox = new Outbox(session);
    const deliver = (channel: Topic, data: JsonObject): void => {
      outbox.added();
      session.deliver(null, channel, data);
    };
    const head = () => runtime.live.position;
    const since = sinceOf(message as BayeuxMessage);
    const feed = new SessionFeed({
      runtime,
      head,
      since: since === undefined ? undefined : Math.min(since, head()),
      newTeller: (after) => new Teller({ runtime, user: caller.user, seesUsers, uri, options, after }),
      deliver: (told) =>
        session.batch(() => {
          for (const { channel, data, position } of told) {
            this.#positions.set(data, position);
            deliver(channel, data);
          }
        }),
      room: () => outbox.room(),
      failed: () => session.disconnect(),
      resumesForMs: options.cometdResumesMs,
    });
    session.addExtension({
      outgoing: (_sender, _session, told, callback) => callback(undefined, this.#withPosition(told, feed)),
    });
    this.#clients.set(session.id, {
      session,
      browser,
      user: caller.user.actor,
      seesUsers,
      feed,
      tell: (channel, data) => {
        if (session.subscriptions.some(({ name }) => matches(name, channel))) deliver(channel, data);
      },
    });
    return true;
  }

  #hasRoomFor(user: ActorId): boolean {
    if (this.#clients.size >= CLIENTS_MAX) return false;
    let his = 0;
    for (const client of this.#clients.values()) if (isSame(client.user, user)) his += 1;
    return his < CLIENTS_PER_USER_MAX;
  }

  #farewell(id: string): void {
    this.#clients.get(id)?.feed.stop();
    this.#clients.delete(id);
  }

  /** Data carry the position they are told of; answers that of everything told so far. */
  #withPosition(message: ServerMessage, feed: SessionFeed): ServerMessage {
    const position = typeof message.data === 'object' ? this.#positions.get(message.data) : feed.position;
    const isAnswer = message.channel === '/meta/handshake' || message.channel === '/meta/connect';
    if (message.channel === '/meta/handshake') message.minimumVersion = '1.0';
    if (position !== undefined && (isAnswer || message.data !== undefined)) {
      message.ext = { ...message.ext, position };
    }
    return message;
  }

  #maySubscribe(session: ServerSession, channel: string): boolean {
    const client = this.#clients.get(session.id);
    if (client === undefined || session.subscriptions.length >= SUBSCRIPTIONS_MAX) return false;
    return channel !== USERS_TOPIC || client.seesUsers;
  }

  #newBrowser(): string {
    return Buffer.from(this.#parts.random(20)).toString('hex');
  }

  /** Who was to hear of other users and is not any more comes again as who he is now. */
  #dismissFormer(clientId: string | undefined, { caller, seesUsers }: Arrival): void {
    const client = clientId === undefined ? undefined : this.#clients.get(clientId);
    if (client?.seesUsers === true && !seesUsers && isSame(client.user, caller.user.actor)) client.session.disconnect();
  }

  /** The library's cookie for a client of the caller's; one that finds nothing for a client that is another's, or nobody's. */
  #browserOf(clientId: string | undefined, { user }: Caller): string {
    const client = clientId === undefined ? undefined : this.#clients.get(clientId);
    return client !== undefined && isSame(client.user, user.actor) ? client.browser : NO_BROWSER;
  }
}

function isSame(one: ActorId, other: ActorId): boolean {
  return one.id === other.id && one.tenant === other.tenant;
}

const NO_BROWSER = 'none';
