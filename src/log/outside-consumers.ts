/**
 * Consumers of the log for programs outside. Where one of them is, is held by a durable push consumer of the server, which
 * hands out records in order and remembers what was acknowledged: one record and all before it. It hands them to the subject
 * of one *session*, which a reader asks for whenever it connects. What a broken connection swallowed comes again in the next
 * session, which begins behind the last acknowledgement, under another subject and another durable: nothing of the session
 * before can mix with it, so order holds over every break, however much was on its way.
 *
 * Who may use which subject is decided by the server's accounts (src/nats/accounts.ts): nobody outside is ever granted a part
 * of the JetStream API, since one such grant lets a client write into the log.
 */
import { type Msg, nuid } from 'nats';
import { isFailure } from '../errors.ts';
import type { Position } from '../model/position.ts';
import { Connection } from './connection.ts';
import { createDurable, type Durable, deleteDurable, findDurable, listDurables } from './outside-durables.ts';
import {
  consumerOfDurable,
  consumerOfResumeSubject,
  deliverSubjectOf,
  durableNamesOf,
  type OutsideScope,
  RESUME_SUBJECTS,
  recordSubjectsOf,
} from './outside-subjects.ts';

export interface OutsideStart {
  readonly after: Position;
  /** Records delivered and not acknowledged at a time. */
  readonly inFlight: number;
}

export interface OutsideProgress {
  /** Everything up to here was acknowledged. */
  readonly acknowledged: Position;
  /** Matching records not acknowledged yet. */
  readonly waiting: number;
  readonly inFlight: number;
}

export interface Session {
  /** Where its records go, the first as number 1. */
  readonly deliver: string;
  readonly after: Position;
  /** Records that may be on their way: its reader acknowledges more often than that, or hears no more. */
  readonly inFlight: number;
}

/** A consumer as the server has it, whoever made it. */
export interface KnownConsumer {
  /** `consumerNameOf` a scope, where it was made here. */
  readonly name: string;
  readonly inFlight: number;
  /** Records for it that it has not acknowledged. */
  readonly unread: number;
}

const REQUEST_MS_MAX = 10_000;

export class OutsideConsumerAdmin {
  readonly #connection: Connection;

  /** Throws `unavailable`. */
  static async open(servers: string, seed: string | undefined): Promise<OutsideConsumerAdmin> {
    const name = 'ledgerline consumers';
    return new OutsideConsumerAdmin(await Connection.open({ servers, seed, name, requestMsMax: REQUEST_MS_MAX }));
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes it, or makes it anew: what it had acknowledged is forgotten. Throws `unavailable`. */
  async begin(scope: OutsideScope, start: OutsideStart): Promise<void> {
    await this.end(scope);
    const [name = ''] = durableNamesOf(scope);
    await this.#create(scope, name, { ...start, deliver: newSession(scope) });
  }

  /** A new session after what was acknowledged; the one before hears nothing more. Undefined: the server has lost it. Throws `unavailable`. */
  async resume(scope: OutsideScope): Promise<Session | undefined> {
    const now = await this.#find(scope);
    if (now === undefined) return undefined;
    const session = { deliver: newSession(scope), after: now.acknowledged, inFlight: now.inFlight };
    await this.#exchange(scope, now, session);
    return session;
  }

  /** Its session, counting from 1 again, goes on elsewhere. False: the server has lost it. Throws `unavailable`. */
  async rewind(scope: OutsideScope, after: Position): Promise<boolean> {
    const now = await this.#find(scope);
    if (now === undefined) return false;
    const { deliver = newSession(scope), inFlight } = now;
    await this.#exchange(scope, now, { deliver, after, inFlight });
    return true;
  }

  /** One that is not there is no mistake. Throws `unavailable`. */
  async end(scope: OutsideScope): Promise<void> {
    for (const name of durableNamesOf(scope)) await deleteDurable(this.#connection, name);
  }

  /** Undefined when the server has lost it. Throws `unavailable`. */
  async progress(scope: OutsideScope): Promise<OutsideProgress | undefined> {
    const now = await this.#find(scope);
    return now && { acknowledged: now.acknowledged, waiting: now.unread, inFlight: now.inFlight };
  }

  /** All there are, also those that were made by other means. Throws `unavailable`. */
  async known(): Promise<readonly KnownConsumer[]> {
    const newest = new Map<string, Durable>();
    for (const one of await listDurables(this.#connection)) {
      const consumer = consumerOfDurable(one.name);
      newest.set(consumer, further(newest.get(consumer), one));
    }
    return [...newest].map(([name, { inFlight, unread }]) => ({ name, inFlight, unread }));
  }

  /** Whoever asks for a session of the consumer with this name is answered so. */
  answer(resume: (consumer: string) => Promise<Session | undefined>): void {
    const { nats } = this.#connection;
    const told = async (request: Msg): Promise<void> => {
      const answer = await answerOf(resume(consumerOfResumeSubject(request.subject)));
      if (!nats.isClosed()) request.respond(JSON.stringify(answer));
    };
    nats.subscribe(RESUME_SUBJECTS, { callback: (_, request) => void told(request) });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Of two, which an interruption leaves behind, the one that is further: what was acknowledged stays acknowledged. */
  async #find(scope: OutsideScope): Promise<Durable | undefined> {
    let found: Durable | undefined;
    for (const name of durableNamesOf(scope)) {
      const one = await findDurable(this.#connection, name);
      if (one !== undefined) found = further(found, one);
    }
    return found;
  }

  /** Makes the other durable before this one is deleted, so that the consumer's place is never lost. */
  async #exchange(scope: OutsideScope, now: Durable, session: Session): Promise<void> {
    const other = durableNamesOf(scope).find((name) => name !== now.name) ?? '';
    await deleteDurable(this.#connection, other);
    await this.#create(scope, other, session);
    await deleteDurable(this.#connection, now.name);
  }

  #create(scope: OutsideScope, name: string, start: OutsideStart & Pick<Session, 'deliver'>): Promise<void> {
    return createDurable(this.#connection, name, { ...start, filters: recordSubjectsOf(scope) });
  }
}

/** A fresh subject: nobody can be listening there before the reader is told of it. */
function newSession(scope: OutsideScope): string {
  return deliverSubjectOf(scope, nuid.next());
}

function further(one: Durable | undefined, other: Durable): Durable {
  return one !== undefined && one.acknowledged > other.acknowledged ? one : other;
}

async function answerOf(resuming: Promise<Session | undefined>): Promise<object> {
  try {
    return (await resuming) ?? { error: 'there is no such consumer' };
  } catch (error) {
    if (isFailure(error)) return { error: error.message };
    throw error;
  }
}
