/**
 * Durable push consumers of the log's stream, as the server keeps them: made, looked at, listed, deleted. What they mean to
 * a program outside is the business of outside-consumers.ts.
 */
import { nanos } from 'nats';
import type { Position } from '../model/position.ts';
import { type Connection, callApi, refused } from './connection.ts';
import { STREAM } from './subjects.ts';

export interface DurableSettings {
  readonly filters: readonly string[];
  readonly deliver: string;
  readonly after: Position;
  /** Records delivered and not acknowledged at a time. */
  readonly inFlight: number;
}

/** A durable consumer of the log, whoever made it. */
export interface Durable {
  readonly name: string;
  /** Undefined: it is pulled from, so none of ours. */
  readonly deliver: string | undefined;
  /** Everything up to here was acknowledged. */
  readonly acknowledged: Position;
  /** Records for it that it has not acknowledged. */
  readonly unread: number;
  readonly inFlight: number;
}

interface ConsumerInfo {
  readonly name: string;
  readonly config: {
    readonly durable_name?: string;
    readonly deliver_subject?: string;
    readonly opt_start_seq?: number;
    readonly max_ack_pending?: number;
  };
  readonly ack_floor: { readonly stream_seq: number };
  readonly num_pending: number;
  readonly num_ack_pending: number;
}

interface ConsumerPage {
  readonly total: number;
  readonly consumers: readonly ConsumerInfo[];
}

const CONSUMER_NOT_FOUND = 10014;
/** So long that nothing comes twice within a session, however slow its reader: what comes again comes in the next session. */
const ACK_WAIT_MS = 30 * 24 * 3_600_000;

/** Throws `unavailable`. */
export async function createDurable(
  connection: Connection,
  name: string,
  { filters, deliver, after, inFlight }: DurableSettings,
): Promise<void> {
  await callOrThrow(connection, `CONSUMER.CREATE.${STREAM}.${name}`, {
    stream_name: STREAM,
    action: 'create',
    config: {
      name,
      durable_name: name,
      deliver_subject: deliver,
      filter_subjects: filters,
      deliver_policy: 'by_start_sequence',
      opt_start_seq: after + 1,
      // One acknowledgement stands for all before it, so a reader need not send one per record, which costs as much as reading.
      ack_policy: 'all',
      ack_wait: nanos(ACK_WAIT_MS),
      max_ack_pending: inFlight,
      replay_policy: 'instant',
    },
  });
}

/** One that is not there is no mistake. Throws `unavailable`. */
export async function deleteDurable(connection: Connection, name: string): Promise<void> {
  await callOrThrow(connection, `CONSUMER.DELETE.${STREAM}.${name}`, {});
}

/** Undefined when the server has no such consumer. Throws `unavailable`. */
export async function findDurable(connection: Connection, name: string): Promise<Durable | undefined> {
  const info = await callOrThrow<ConsumerInfo>(connection, `CONSUMER.INFO.${STREAM}.${name}`, {});
  return info === undefined ? undefined : durableOf(info);
}

/** All there are. Throws `unavailable`. */
export async function listDurables(connection: Connection): Promise<readonly Durable[]> {
  const found: Durable[] = [];
  for (let offset = 0; ; ) {
    const page = await callOrThrow<ConsumerPage>(connection, `CONSUMER.LIST.${STREAM}`, { offset });
    const { consumers, total } = page ?? { consumers: [], total: 0 };
    found.push(...consumers.filter(({ config }) => config.durable_name !== undefined).map(durableOf));
    offset += consumers.length;
    if (consumers.length === 0 || offset >= total) return found;
  }
}

function durableOf({ name, config, ack_floor, num_pending, num_ack_pending }: ConsumerInfo): Durable {
  return {
    name,
    deliver: config.deliver_subject,
    acknowledged: Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1),
    unread: num_pending + num_ack_pending,
    inFlight: Math.max(1, config.max_ack_pending ?? 1),
  };
}

/** Undefined when there is no such consumer. */
async function callOrThrow<Answer>(connection: Connection, call: string, body: object): Promise<Answer | undefined> {
  const reply = await callApi<Answer>(connection, call, body);
  if (reply.error === undefined) return reply;
  if (reply.error.err_code === CONSUMER_NOT_FOUND) return undefined;
  throw refused(call, reply.error);
}
