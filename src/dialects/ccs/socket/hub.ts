/**
 * All connected sockets, and the one follower of the log that they share. Each record is turned into events once, each
 * event into a frame once, each audience's frames put together once; then it is one write per socket.
 * What a token, user, role or tenant may hear is looked at again as soon as its record changes; that a token has expired is noticed
 * within one round of pings.
 */
import type { Identity } from '../../../identity/identity.ts';
import type { Following, Runtime } from '../../../model/runtime.ts';
import type { LoggedTransition } from '../../../model/transition.ts';
import { type Audience, audienceOfToken, hears } from './audience.ts';
import { Catalogue, type Emission, makesEvents, waitingCalls } from './catalogue.ts';
import { textFrame } from './frame.ts';
import { concernsQueues, QueueStatus } from './queue-status.ts';
import { replay } from './replay.ts';
import { type Admitted, admittedAs, type Connect, type Refusal, type Session } from './session.ts';

export interface HubParts {
  readonly runtime: Runtime;
  readonly identity: Identity;
  readonly pingMs: number;
}

interface Group {
  readonly audience: Audience;
  readonly sessions: Set<Session>;
}

/** Sockets are pinged and looked at again in so many portions, not all at once. */
const PORTIONS = 20;
/** When the domain clock has moved so far since the last round (by hand, that is), tokens may have expired unnoticed. */
const CLOCK_JUMP_MS = 30_000;
const RIGHTS: ReadonlySet<string> = new Set(['token', 'user', 'role', 'tenant']);

export class Hub {
  readonly #parts: HubParts;
  readonly #groups = new Map<string, Group>();
  /** All that are connected, also those that still replay. */
  readonly #sessions = new Set<Session>();
  readonly #queues: QueueStatus;
  readonly #following: Following;
  readonly #catalogue = new Catalogue();
  #toldUpTo: number;
  #checkedAt: number;
  #portion = 0;
  readonly #pings: NodeJS.Timeout;

  constructor(parts: HubParts) {
    this.#parts = parts;
    const { runtime, pingMs } = parts;
    this.#catalogue.begin(waitingCalls(runtime.live));
    this.#toldUpTo = runtime.live.position;
    this.#checkedAt = runtime.live.now;
    this.#queues = new QueueStatus({
      view: runtime.live,
      toldUpTo: () => this.#toldUpTo,
      send: (emissions) => this.#broadcast(emissions),
    });
    this.#following = runtime.follow({
      after: 'now',
      only: (record) => makesEvents(record) || concernsQueues(record) || RIGHTS.has(record.actor.kind),
      deliver: (records) => this.#take(records),
    });
    this.#following.ended.catch(() => this.goAway());
    this.#pings = setInterval(() => this.#lookAround(), pingMs / PORTIONS);
    this.#pings.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Lets a session in, from now on or from where it wants to go on; or says why not. */
  admit(session: Session, { token, since }: Connect): Refusal | undefined {
    const { identity, runtime } = this.#parts;
    const known = audienceOfToken(token, identity);
    if (known === undefined) return 'Unauthorized';
    // A position that the log has not reached is none that this server gave out.
    if (since === 'unreadable' || (since !== undefined && since.position > runtime.live.position))
      return 'Invalid since';
    const admitted = admittedAs(token, known);
    session.confirm();
    if (session.admitted !== undefined) {
      this.#readmit(session, admitted);
      return undefined;
    }
    session.admitted = admitted;
    this.#sessions.add(session);
    if (since === undefined || (since.part === undefined && since.position >= this.#toldUpTo)) this.#join(session);
    else {
      const join = (): void => this.#join(session);
      replay({ session, since, runtime, toldUpTo: () => this.#toldUpTo, join });
    }
    return undefined;
  }

  leave(session: Session): void {
    this.#sessions.delete(session);
    this.#quit(session);
    if (this.#sessions.size === 0) this.#queues.stop();
  }

  goAway(): void {
    for (const session of this.#sessions) session.goAway();
  }

  stop(): void {
    clearInterval(this.#pings);
    this.#queues.stop();
    this.#following.stop();
    this.goAway();
  }

  #take(records: readonly LoggedTransition[]): void {
    const { runtime } = this.#parts;
    const events = records.filter(makesEvents);
    if (this.#sessions.size === 0) for (const record of events) this.#catalogue.note(record);
    else {
      this.#checkRights(records);
      // Before the catalogue goes on: it knows where calls waited until now.
      this.#queues.note(records, (call) => this.#catalogue.queueOf(call));
      this.#broadcast(events.flatMap((record) => this.#catalogue.emissions(record, runtime.live)));
    }
    this.#toldUpTo = records.at(-1)?.position ?? this.#toldUpTo;
    this.#queues.tell();
  }

  #broadcast(emissions: readonly Emission[]): void {
    const frames = new Map<Emission, Buffer>();
    const frameOf = (emission: Emission): Buffer => {
      const frame = frames.get(emission) ?? textFrame(emission.text);
      frames.set(emission, frame);
      return frame;
    };
    for (const { audience, sessions } of this.#groups.values()) {
      const heard = emissions.filter((emission) => hears(audience, emission)).map(frameOf);
      const [first, ...more] = heard;
      if (first === undefined) continue;
      const bytes = more.length === 0 ? first : Buffer.concat(heard);
      for (const session of sessions) session.write(bytes);
    }
  }

  #checkRights(records: readonly LoggedTransition[]): void {
    const changes = records.filter(({ actor }) => RIGHTS.has(actor.kind));
    const { now } = this.#parts.runtime.live;
    const mayHaveExpired = now - this.#checkedAt >= CLOCK_JUMP_MS;
    if (mayHaveExpired) this.#checkedAt = now;
    if (changes.length === 0 && !mayHaveExpired) return;
    for (const session of [...this.#sessions]) {
      const { admitted } = session;
      const isConcerned = admitted !== undefined && changes.some((change) => concerns(change, admitted));
      if (mayHaveExpired || isConcerned) this.#reconsider(session);
    }
  }

  /** May he still, and what? */
  #reconsider(session: Session): void {
    const { admitted } = session;
    if (admitted === undefined) return;
    const now = audienceOfToken(admitted.secret, this.#parts.identity);
    if (now === undefined) {
      this.leave(session);
      session.refuse('Unauthorized');
    } else this.#readmit(session, admittedAs(admitted.secret, now));
  }

  #readmit(session: Session, admitted: Admitted): void {
    const isListening = this.#quit(session);
    session.admitted = admitted;
    if (isListening) this.#join(session);
  }

  #join(session: Session): void {
    const { admitted } = session;
    if (admitted === undefined || !this.#sessions.has(session)) return;
    const { audience } = admitted;
    const group = this.#groups.get(audience.key) ?? { audience, sessions: new Set() };
    this.#groups.set(audience.key, group);
    group.sessions.add(session);
  }

  /** True when it was in its group, and not still replaying. */
  #quit(session: Session): boolean {
    const key = session.admitted?.audience.key ?? '';
    const group = this.#groups.get(key);
    const wasIn = group?.sessions.delete(session) ?? false;
    if (group?.sessions.size === 0) this.#groups.delete(key);
    return wasIn;
  }

  #lookAround(): void {
    this.#portion = (this.#portion + 1) % PORTIONS;
    if (this.#portion === 0) this.#checkedAt = this.#parts.runtime.live.now;
    let index = 0;
    for (const session of [...this.#sessions]) {
      if (index++ % PORTIONS !== this.#portion) continue;
      session.ping();
      this.#reconsider(session);
    }
  }
}

function concerns({ actor, transition }: LoggedTransition, { sha256, caller }: Admitted): boolean {
  const { principal } = caller;
  switch (actor.kind) {
    case 'token': {
      const { attributes } = transition.data.state.context;
      return (
        typeof attributes === 'object' && attributes !== null && 'sha256' in attributes && attributes.sha256 === sha256
      );
    }
    case 'user':
      return actor.id === principal.user && actor.tenant === principal.tenant;
    case 'tenant':
      return actor.tenant === principal.tenant;
    default:
      return principal.permissionRoles.includes(actor.id);
  }
}
