/** A program outside, as its owner would write it: signs in with the seed it was given, and speaks plain NATS; and the operator's side of it. */
import { connect, type Msg, type NatsConnection, nkeyAuthenticator, type Subscription } from 'nats';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
import { PATIENT } from '../../support/nats-server.ts';

export interface Credentials {
  readonly seed: string;
  readonly resume: string;
  readonly live: readonly string[];
  readonly consumer: string;
  readonly accounts: string;
}

/** What an operator writes into his server's configuration, with what was printed for each consumer put where it says. */
export function operatorsConf(publicKey: string, printed: readonly string[]): string {
  const parts = printed.map((text) => text.split(/^#.*$/m));
  return `accounts {
    LEDGER {
      jetstream: enabled
      users: [{ nkey: ${publicKey} }]
      exports: [${parts.map(([, exported]) => exported).join('\n')}]
    }
    ${parts.map(([, , accounts]) => accounts).join('\n')}
  }`;
}

export interface Listening {
  readonly seen: JsonObject[];
  readonly subscription: Subscription;
}

export interface Outsider {
  readonly nats: NatsConnection;
  /** What the server refused, in its words. */
  readonly refusals: string[];
  /** Subscribes; every message is kept and, unless told otherwise, acknowledged. */
  listen(subject: string, acknowledge?: boolean): Listening;
  /** The same, in a new session of the consumer. */
  resume(consumer: string, acknowledge?: boolean): Promise<Listening>;
  /** Publishes and waits until the server has taken notice. */
  send(subject: string, text: string, reply?: string): Promise<void>;
}

export async function outsider(url: string, seed?: string): Promise<Outsider> {
  const key = seed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) };
  const nats = await connect({ servers: url, ...key, maxReconnectAttempts: 0 });
  const refusals: string[] = [];
  void (async () => {
    for await (const status of nats.status()) if (status.type === 'error') refusals.push(status.error.message);
  })();
  const listen = (subject: string, acknowledge = true): Listening => {
    const seen: JsonObject[] = [];
    const subscription = nats.subscribe(subject, {
      callback: (error: Error | null, message: Msg) => {
        if (error !== null) return;
        seen.push(message.json<JsonObject>());
        if (acknowledge) message.respond('+ACK');
      },
    });
    return { seen, subscription };
  };
  return {
    nats,
    refusals,
    listen,
    async resume(consumer, acknowledge) {
      const answer = (await nats.request(`resume.${consumer}`, '', PATIENT)).json<{
        deliver?: string;
        error?: string;
      }>();
      if (answer.deliver === undefined) throw new Error(answer.error);
      return listen(answer.deliver, acknowledge);
    },
    async send(subject, text, reply) {
      nats.publish(subject, text, reply === undefined ? {} : { reply });
      await nats.flush();
    },
  };
}

/** Waits until the server has refused something in these words. */
export function refused(program: Outsider, words: string): Promise<string> {
  return eventually(`refused: ${words}`, () => program.refusals.find((refusal) => refusal.includes(words)));
}
