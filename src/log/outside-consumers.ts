/**
 * Durable push consumers of the log for programs outside: the server hands each record of a tenant to one subject, and
 * remembers what was acknowledged. Who may listen there is decided by the server's accounts (src/nats/accounts.ts): nobody
 * outside is ever granted a part of the JetStream API, since one such grant lets a client write into the log.
 */
import { nanos } from 'nats';
import type { Position } from '../model/position.ts';
import { Connection, callApi, refused } from './connection.ts';
import { consumerNameOf, deliverSubjectOf, type OutsideScope, recordSubjectsOf } from './outside-subjects.ts';
import { STREAM } from './subjects.ts';

export interface OutsideStart {
  readonly after: Position;
  /** Records delivered and not acknowledged at a time. With 1, order holds over every repetition. */
  readonly inFlight: number;
}

export interface OutsideProgress {
  /** Everything up to here was acknowledged. */
  readonly acknowledged: Position;
  /** Matching records not yet delivered. */
  readonly waiting: number;
}

/** A durable consumer of the log as the server knows it, whoever made it. */
export interface DurableConsumer {
  /** `consumerNameOf` a scope, where it was made here. */
  readonly name: string;
  readonly inFlight: number;
  /** Records for it that it has not acknowledged. */
  readonly unread: number;
}

interface ConsumerPage {
  readonly total: number;
  readonly consumers: readonly {
    readonly name: string;
    readonly config: { readonly durable_name?: string; readonly max_ack_pending?: number };
    readonly num_pending: number;
    readonly num_ack_pending: number;
  }[];
}

const REQUEST_MS_MAX = 5_000;
/** What is not acknowledged by then is delivered again. */
const ACK_WAIT_MS = 30_000;
const CONSUMER_NOT_FOUND = 10014;

export class OutsideConsumerAdmin {
  readonly #connection: Connection;

  /** Throws `unavailable`. */
  static async open(servers: string, seed: string | undefined): Promise<OutsideConsumerAdmin> {
    const connection = await Connection.open({
      servers,
      seed,
      name: 'ledgerline consumers',
      requestMsMax: REQUEST_MS_MAX,
    });
    return new OutsideConsumerAdmin(connection);
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes it, or makes it anew: what it had acknowledged is forgotten. Throws `unavailable`. */
  async begin(scope: OutsideScope, { after, inFlight }: OutsideStart): Promise<void> {
    await this.end(scope);
    const name = consumerNameOf(scope);
    const call = `CONSUMER.CREATE.${STREAM}.${name}`;
    const reply = await callApi(this.#connection, call, {
      stream_name: STREAM,
      action: 'create',
      config: {
        name,
        durable_name: name,
        deliver_subject: deliverSubjectOf(scope),
        filter_subjects: recordSubjectsOf(scope),
        deliver_policy: 'by_start_sequence',
        opt_start_seq: after + 1,
        ack_policy: 'explicit',
        ack_wait: nanos(ACK_WAIT_MS),
        max_ack_pending: inFlight,
        replay_policy: 'instant',
      },
    });
    if (reply.error !== undefined) throw refused(call, reply.error);
  }

  /** One that is not there is no mistake. Throws `unavailable`. */
  async end(scope: OutsideScope): Promise<void> {
    const call = `CONSUMER.DELETE.${STREAM}.${consumerNameOf(scope)}`;
    const { error } = await callApi(this.#connection, call, {});
    if (error !== undefined && error.err_code !== CONSUMER_NOT_FOUND) throw refused(call, error);
  }

  /** Undefined when the server has no such consumer. Throws `unavailable`. */
  async progress(scope: OutsideScope): Promise<(OutsideProgress & Pick<OutsideStart, 'inFlight'>) | undefined> {
    const call = `CONSUMER.INFO.${STREAM}.${consumerNameOf(scope)}`;
    const reply = await callApi<{
      readonly ack_floor: { readonly stream_seq: number };
      readonly num_pending: number;
      readonly config: { readonly opt_start_seq?: number; readonly max_ack_pending: number };
    }>(this.#connection, call, {});
    if (reply.error?.err_code === CONSUMER_NOT_FOUND) return undefined;
    if (reply.error !== undefined) throw refused(call, reply.error);
    const { ack_floor, num_pending, config } = reply;
    const acknowledged = Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1);
    return { acknowledged, waiting: num_pending, inFlight: config.max_ack_pending };
  }

  /** All there are, also those that were made by other means. Throws `unavailable`. */
  async durables(): Promise<readonly DurableConsumer[]> {
    const found: DurableConsumer[] = [];
    const call = `CONSUMER.LIST.${STREAM}`;
    for (let offset = 0; ; ) {
      const reply = await callApi<ConsumerPage>(this.#connection, call, { offset });
      if (reply.error !== undefined) throw refused(call, reply.error);
      for (const { name, config, num_pending, num_ack_pending } of reply.consumers)
        if (config.durable_name !== undefined)
          found.push({
            name,
            inFlight: Math.max(1, config.max_ack_pending ?? 1),
            unread: num_pending + num_ack_pending,
          });
      offset += reply.consumers.length;
      if (reply.consumers.length === 0 || offset >= reply.total) return found;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
