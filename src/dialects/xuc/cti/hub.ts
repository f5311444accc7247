/**
 * The CTI socket `/xuc/api/2.0/cti?token=` (contract 2.3): lets clients in, and tells each of them what happens to its own
 * user and to what it subscribed to. One follower of the log for all of them; a slow client holds nobody up.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CallContext } from '../../../../machines/call/context.ts';
import type { RecordContext } from '../../../../machines/record/machine.ts';
import { allLiveCalls } from '../../../../projections/calls.ts';
import { refuseUpgrade } from '../../../http/raw-answer.ts';
import type { ActorId } from '../../../model/actor-id.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Following, Runtime } from '../../../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../../../model/transition.ts';
import { callerOf, type SignedIn } from '../auth/sign-in.ts';
import type { Tokens } from '../auth/token.ts';
import type { PhoneHints } from '../hints.ts';
import type { XucLog } from '../parts.ts';
import { type Person, personByLogin, personOfAgent, queueByNumber } from '../people.ts';
import { phoneEventsBetween } from '../phone-events.ts';
import { agentState, lastingState } from './agent-states.ts';
import { agentStatistics } from './commands.ts';
import { type Frame, frame, hintFrame } from './frames.ts';
import { listeningsBetween } from './listening.ts';
import { holdsPreferences } from './preferences.ts';
import { queueCalls } from './queue-calls.ts';
import { allQueueCounters } from './queue-counters.ts';
import { Session } from './session.ts';

export interface CtiParts {
  readonly runtime: Runtime;
  readonly tokens: Tokens;
  readonly hints: PhoneHints;
  readonly logger: XucLog;
  readonly mintId: () => string;
}

const FRAME_BYTES_MAX = 64 * 1024;
const HEARTBEAT_MS = 30_000;
/** Statistics are told at most so often. */
const STATISTICS_MS = 500;
const KINDS = new Set(['call', 'agent', 'queue', 'user', 'tenant', 'preference', 'credential']);
/** Events of an agent that nobody sent as a command, and that leave his presence as it is. */
const FACTS = /^(?:leg\.|offer(?:\.withdrawn)?$)/;
const GOING_AWAY = 1001;
const NOBODY: ReadonlySet<Session> = new Set();
const UNAUTHORIZED = { status: 401, headers: {}, text: '' };

/** The clients of one tenant, as long as there are any: what happens in it concerns them only. */
interface Audience {
  readonly sessions: Set<Session>;
  /** By agent, the state that was told last. */
  readonly states: Map<string, string>;
}

export class CtiHub {
  readonly #parts: CtiParts;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX, perMessageDeflate: false });
  readonly #audiences = new Map<string, Audience>();
  readonly #alive = new WeakSet<WebSocket>();
  readonly #calls = new Map<string, CallContext>();
  readonly #following: Following;
  readonly #forgetHints: () => void;
  readonly #beat: NodeJS.Timeout;
  /** Tenants whose statistics changed since they were told. */
  readonly #counted = new Set<string>();
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: CtiParts) {
    this.#parts = parts;
    const { runtime, hints, logger } = parts;
    for (const { tenant, id, context } of allLiveCalls(runtime.live)) this.#calls.set(`${tenant} ${id}`, context);
    this.#following = runtime.follow({
      after: runtime.live.position,
      only: ({ actor }) => KINDS.has(actor.kind),
      deliver: (records) => {
        for (const record of records) this.#observe(record);
      },
    });
    this.#following.ended.catch((error: unknown) => {
      logger.error({ err: error }, 'the CTI socket follows the log no more');
      this.#closeAll();
    });
    this.#forgetHints = hints.listen((tenant, number, status) => this.#tellHint(tenant, number, status));
    this.#beat = setInterval(() => this.#heartbeat(), HEARTBEAT_MS);
    this.#beat.unref();
  }

  /** Opens a session on the connection of a person who shows a token, and ends that of anybody else. Never throws. */
  async letIn(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    try {
      const { runtime, tokens } = this.#parts;
      const query = new URL(request.url ?? '/', 'http://cti').searchParams;
      const caller = await callerOf(tokens, { headers: request.headers, query, view: runtime.live });
      if ('kind' in caller) refuseUpgrade(socket, UNAUTHORIZED);
      else this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened, caller));
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'a CTI client could not be let in');
      socket.destroy();
    }
  }

  async drain(): Promise<void> {
    clearInterval(this.#beat);
    clearTimeout(this.#telling);
    this.#forgetHints();
    this.#following.stop();
    this.#closeAll();
  }

  #closeAll(): void {
    for (const socket of this.#sockets.clients) socket.close(GOING_AWAY, 'the server is going down');
  }

  #open(socket: WebSocket, caller: SignedIn): void {
    const { person } = caller;
    const { tenant } = person.actor;
    const audience = this.#audiences.get(tenant) ?? { sessions: new Set(), states: new Map() };
    this.#audiences.set(tenant, audience);
    const session = new Session(this.#parts, socket, caller);
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('message', () => this.#alive.add(socket));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      audience.sessions.delete(session);
      if (audience.sessions.size === 0) this.#audiences.delete(tenant);
    });
    audience.sessions.add(session);
    session.greet();
    // The greeting has told it.
    const { agent } = person.attributes;
    if (agent !== undefined) noteState(audience.states, agent, lastingState(this.#parts.runtime.live, person));
  }

  #heartbeat(): void {
    for (const socket of this.#sockets.clients) {
      if (!this.#alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }

  #observe(record: LoggedTransition): void {
    const { kind, tenant } = record.actor;
    if (kind === 'call') this.#observeCall(record);
    const audience = this.#audiences.get(tenant);
    if (audience === undefined) return;
    if (kind === 'agent') this.#observeAgent(record, audience);
    // Who works for it is counted.
    if (kind === 'queue') this.#countLater(tenant);
    if (kind === 'user') this.#observePeople(record, ({ id }) => id === record.actor.id);
    if (kind === 'tenant') this.#observePeople(record, () => true);
    if (kind === 'preference') this.#observePreference(record);
    if (kind === 'credential' && record.transition.data.event.type === 'change') this.#observePassword(record);
  }

  #observeCall({ actor: { tenant, id }, transition }: LoggedTransition): void {
    const context = contextOf<CallContext>(transition);
    const key = `${tenant} ${id}`;
    const before = this.#calls.get(key);
    if (context.endedAt === null) this.#calls.set(key, context);
    else this.#calls.delete(key);
    if (!this.#audiences.has(tenant) || transition.data.event.type === 'imported') return;
    const { live } = this.#parts.runtime;
    for (const { person, printed, more } of phoneEventsBetween(live, before, { tenant, id, context })) {
      const told = frame('PhoneEvent', { ...printed, ...more });
      this.#tell(tenant, (session) => (isOf(session, person) ? told : undefined));
    }
    for (const { supervisor, agent, told } of listeningsBetween(live, tenant, before, context)) {
      this.#tell(tenant, (session) => (isOf(session, supervisor) || isOf(session, agent) ? told : undefined));
    }
    if (context.queue !== null) this.#countLater(tenant);
  }

  #observeAgent({ actor: { tenant, id }, transition }: LoggedTransition, { states }: Audience): void {
    const { live } = this.#parts.runtime;
    const person = personOfAgent(live, tenant, id);
    const isNews = noteState(states, id, person === undefined ? undefined : lastingState(live, person));
    if (person === undefined) return;
    this.#countLater(tenant);
    const { type } = transition.data.event;
    // A command is answered whatever it changed; of offers and legs there are many that show nowhere.
    if (!isNews && FACTS.test(type)) return;
    const state = person.attributes.agentNumber === undefined ? undefined : agentState(live, person);
    if (state !== undefined) {
      const told = frame('AgentStateEvent', state);
      this.#tell(tenant, (session) => (session.subscriptions.agentEvents || isOf(session, person) ? told : undefined));
    }
    // What a leg does leaves configuration, status and line as they were.
    if (type.startsWith('leg.')) return;
    for (const session of this.#sessionsOf(tenant)) if (isOf(session, person)) session.tellUser();
  }

  /** Whoever may not sign in any more is shown out. */
  #observePeople({ actor: { tenant, kind } }: LoggedTransition, isConcerned: (user: ActorId) => boolean): void {
    for (const session of this.#sessionsOf(tenant)) {
      if (!isConcerned(session.person.actor)) continue;
      const person = personByLogin(this.#parts.runtime.live, session.login);
      // A login may have become somebody else's.
      if (person === undefined || !isOf(session, person)) {
        session.close();
        continue;
      }
      session.person = person;
      if (kind === 'user') session.tellUser();
    }
  }

  /** Whoever came in by the old password is shown out. */
  #observePassword({ actor: { tenant }, transition }: LoggedTransition): void {
    const { dialect, name } = contextOf<RecordContext>(transition).attributes;
    for (const session of this.#sessionsOf(tenant)) if (dialect === 'xuc' && name === session.login) session.close();
  }

  #observePreference({ actor }: LoggedTransition): void {
    for (const session of this.#sessionsOf(actor.tenant))
      if (holdsPreferences(actor, session.person)) session.tellPreferences();
  }

  #tellHint(tenant: string, number: string, status: number): void {
    for (const session of this.#sessionsOf(tenant)) {
      if (session.subscriptions.hints.has(number)) session.send(hintFrame(number, status));
      session.tellPhoneAt(number);
    }
  }

  #countLater(tenant: string): void {
    this.#counted.add(tenant);
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      for (const changed of this.#counted) this.#tellStatistics(changed);
      this.#counted.clear();
    }, STATISTICS_MS).unref();
  }

  #tellStatistics(tenant: string): void {
    const sessions = [...this.#sessionsOf(tenant)];
    const forQueues = sessions.filter(({ subscriptions }) => subscriptions.queueStatistics);
    const forAgents = sessions.filter(({ subscriptions }) => subscriptions.agentStatistics);
    const { live } = this.#parts.runtime;
    const counters = forQueues.length === 0 ? [] : allQueueCounters(live, tenant);
    for (const session of forQueues) for (const told of counters) session.send(told);
    const times = forAgents.length === 0 ? [] : agentStatistics(live, tenant);
    for (const session of forAgents) for (const told of times) session.send(told);
    this.#tellQueueCalls(tenant, sessions);
  }

  #tellQueueCalls(tenant: string, sessions: readonly Session[]): void {
    const { live } = this.#parts.runtime;
    for (const number of new Set(sessions.flatMap(({ subscriptions }) => [...subscriptions.queueCalls.keys()]))) {
      const queue = queueByNumber(live, tenant, number);
      const text = queue === undefined ? undefined : JSON.stringify(queueCalls(live, queue));
      for (const session of sessions) {
        const before = session.subscriptions.queueCalls.get(number);
        if (text === undefined || before === undefined || before === text) continue;
        session.subscriptions.queueCalls.set(number, text);
        session.sendText(text);
      }
    }
  }

  #sessionsOf(tenant: string): ReadonlySet<Session> {
    return this.#audiences.get(tenant)?.sessions ?? NOBODY;
  }

  #tell(tenant: string, frameFor: (session: Session) => Frame | undefined): void {
    for (const session of this.#sessionsOf(tenant)) {
      const told = frameFor(session);
      if (told !== undefined) session.send(told);
    }
  }
}

function isOf({ person: { actor } }: Session, { actor: other }: Person): boolean {
  return actor.id === other.id && actor.tenant === other.tenant;
}

/** Keeps the state that an agent is in now, of one that is gone none; true when it is another than was told. */
function noteState(states: Map<string, string>, agent: string, state: JsonObject | undefined): boolean {
  const text = state === undefined ? undefined : JSON.stringify(state);
  if (text === states.get(agent)) return false;
  if (text === undefined) states.delete(agent);
  else states.set(agent, text);
  return true;
}
