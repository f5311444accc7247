/**
 * NATS consumers for programs outside: each has an account of its own on the server, a durable place in the log, and a key
 * that was shown once. It can read its tenant's public records, live and from any position, in sessions that it asks for,
 * acknowledge them, and nothing else.
 */
import type { OutsideConsumerAdmin, OutsideProgress, OutsideStart, Session } from '../../log/outside-consumers.ts';
import { consumerNameOf, type OutsideScope } from '../../log/outside-subjects.ts';
import type { Position } from '../../model/position.ts';
import { InTurn } from '../../model/turns.ts';

export interface Grant extends OutsideScope {
  /** Public half of the key that its owner signs in with. */
  readonly publicKey: string;
  /** ms since 1970. */
  readonly createdAt: number;
}

/** Who may sign in to the NATS server, and what for. */
export interface OutsideAccess {
  readonly grants: readonly Grant[];
  mintKey(): { readonly publicKey: string; readonly seed: string };
  /** In effect once it resolves, where the server is our own. */
  grant(grant: Grant): Promise<void>;
  /** Its connections end. */
  revoke(grant: Grant): Promise<void>;
  /** The same as a configuration of a server that is not ours. */
  accountsOf(grant: Grant): string;
}

export interface Listed extends Grant {
  /** Undefined when the server has lost it: begin it anew. */
  readonly progress: OutsideProgress | undefined;
}

/**
 * Records on their way at a time, unless told otherwise: the server waits for no acknowledgement (bench `replay`), and keeps
 * so many of the largest for a reader who takes none (nats.conf, max_pending).
 */
export const IN_FLIGHT = 1_000;

/** Each costs the NATS server a durable consumer and a user. */
export const CONSUMERS_MAX = 100;

export interface MadeConsumer {
  readonly grant: Grant;
  /** Of its key; it is nowhere else. */
  readonly seed: string;
  readonly accounts: string;
}

export class OutsideConsumers {
  /** Records up to here are archived: NATS has what comes after it, and a consumer can begin there at the earliest. */
  readonly seam: Position;
  readonly #admin: OutsideConsumerAdmin;
  readonly #access: OutsideAccess;
  /** One change at a time. */
  readonly #turns = new InTurn();
  /** Sessions that were asked for and wait for their turn: who asks again meanwhile gets the same. */
  readonly #resuming = new Map<string, Promise<Session | undefined>>();

  constructor(admin: OutsideConsumerAdmin, access: OutsideAccess, seam: Position) {
    this.seam = seam;
    this.#admin = admin;
    this.#access = access;
  }

  /** Answers from now on whoever asks for a session: one server at a time may, or who is known to none would be refused by another. */
  start(): void {
    this.#admin.answer((consumer) => this.#resume(consumer));
  }

  /** `taken`: the tenant has one of that name; `full`: it has as many as a tenant may have. */
  add(
    scope: OutsideScope & { readonly createdAt: number },
    start: OutsideStart,
  ): Promise<MadeConsumer | 'taken' | 'full'> {
    return this.#turns.run(async () => {
      const { tenant, name } = scope;
      if (this.#find(tenant, name) !== undefined) return 'taken';
      if (this.#access.grants.filter((grant) => grant.tenant === tenant).length >= CONSUMERS_MAX) return 'full';
      const { publicKey, seed } = this.#access.mintKey();
      const grant = { ...scope, publicKey };
      await this.#admin.begin(scope, start);
      await this.#access.grant(grant);
      return { grant, seed, accounts: this.#access.accountsOf(grant) };
    });
  }

  list(tenant: string): Promise<readonly Listed[]> {
    return this.#listed(this.#access.grants.filter((grant) => grant.tenant === tenant));
  }

  /** Of every tenant. */
  listAll(): Promise<readonly Listed[]> {
    return this.#listed(this.#access.grants);
  }

  /** Goes on after another position; what it had acknowledged is forgotten. False when there is none. */
  rewind(tenant: string, name: string, after: number): Promise<boolean> {
    return this.#turns.run(async () => {
      const grant = this.#find(tenant, name);
      if (grant === undefined) return false;
      const isThere = await this.#admin.rewind(grant, after);
      if (!isThere) await this.#admin.begin(grant, { after, inFlight: IN_FLIGHT });
      return true;
    });
  }

  /** False when there is none. */
  remove(tenant: string, name: string): Promise<boolean> {
    return this.#turns.run(async () => {
      const grant = this.#find(tenant, name);
      if (grant === undefined) return false;
      await this.#access.revoke(grant);
      await this.#admin.end(grant);
      return true;
    });
  }

  close(): Promise<void> {
    return this.#admin.close();
  }

  #resume(consumer: string): Promise<Session | undefined> {
    const asked = this.#resuming.get(consumer);
    if (asked !== undefined) return asked;
    const session = this.#turns
      .run(async () => {
        const grant = this.#access.grants.find((one) => consumerNameOf(one) === consumer);
        return grant === undefined ? undefined : await this.#admin.resume(grant);
      })
      .finally(() => this.#resuming.delete(consumer));
    this.#resuming.set(consumer, session);
    return session;
  }

  #listed(grants: readonly Grant[]): Promise<readonly Listed[]> {
    return Promise.all(grants.map(async (grant) => ({ ...grant, progress: await this.#admin.progress(grant) })));
  }

  #find(tenant: string, name: string): Grant | undefined {
    return this.#access.grants.find((grant) => grant.tenant === tenant && grant.name === name);
  }
}
