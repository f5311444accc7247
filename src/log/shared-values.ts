/**
 * Small texts that all servers on one outside NATS server share, beside the log: of a value the last writing counts. For what
 * whoever takes over must know, and what only costs repetition when it is old; nothing that is true rests on them.
 */
import { type KV, Kvm } from '@nats-io/kv';
import { Connection } from './connection.ts';
import { unavailable } from './log-failures.ts';
import { patiently } from './patience.ts';

export interface SharedValue {
  /** Undefined when there is none. Throws `unavailable`. */
  read(): Promise<string | undefined>;
  /** On disk before it returns. Throws `unavailable`. */
  write(text: string): Promise<void>;
  /** Throws `unavailable`. */
  forget(): Promise<void>;
}

export interface SharedValuesOptions {
  readonly servers: string;
  /** Seed of the nkey to sign in with. */
  readonly seed: string | undefined;
  /** Of the bucket, when it is created. */
  readonly replicas: number;
}

const BUCKET = 'ledgerline_shared';
const REQUEST_MS_MAX = 5_000;

export class SharedValues {
  readonly #connection: Connection;
  readonly #kv: KV;

  /** Throws `unavailable`. */
  static async open({ servers, seed, replicas }: SharedValuesOptions): Promise<SharedValues> {
    const connection = await Connection.open({
      servers,
      seed,
      name: 'ledgerline shared',
      requestMsMax: REQUEST_MS_MAX,
    });
    try {
      const made = () => new Kvm(connection.nats).create(BUCKET, { history: 1, replicas }).catch(throwUnavailable);
      return new SharedValues(connection, await patiently('what servers share', made));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private constructor(connection: Connection, kv: KV) {
    this.#connection = connection;
    this.#kv = kv;
  }

  /** @param key tokens as subjects have them, with dots between */
  at(key: string): SharedValue {
    return {
      read: async () => {
        const entry = await patiently(`what is shared as ${key}`, () => this.#kv.get(key).catch(throwUnavailable));
        return entry?.operation === 'PUT' ? entry.string() : undefined;
      },
      write: async (text) => void (await this.#kv.put(key, text).catch(throwUnavailable)),
      forget: () => this.#kv.delete(key).catch(throwUnavailable),
    };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

function throwUnavailable(error: unknown): never {
  throw unavailable(error);
}
