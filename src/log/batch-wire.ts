/**
 * An append on the wire: one publish for a lone entry, an atomic batch by headers for several, and what JetStream's answer
 * means. The batch is written in one go and only its last message asks for an answer: one round trip, and at most one batch
 * open. (The client's own `startBatch` 3.4 takes two and drops the expectations.) The server (2.15, one replica) stages each in
 * files of its own, some 2 ms on disk and less in memory (nats/staging.ts), writes the records one by one, syncs, answers.
 * Killed in between, it completes the batch from these files. But it never syncs them: a power cut, or their loss, leaves the
 * first few records in the log for good. None was acknowledged; entries.ts and group-commit.ts settle them by command.
 */
import { type Msg, MsgHdrsImpl } from 'nats';
import { LedgerlineError } from '../errors.ts';
import type { Position } from '../model/position.ts';
import { type ApiReply, type Connection, isNoResponders, NoAnswer } from './connection.ts';
import type { AppendOutcome, Entry } from './log.ts';
import { unavailable } from './log-failures.ts';

/** wrong last sequence; the same, met while another write of the subject is under way or in the same batch. */
const CONFLICTS: ReadonlySet<number> = new Set([10071, 10164]);
/** Nothing was stored, and may be next time: no leader yet; batch incomplete or abandoned; too many batches open. */
const PASSING: ReadonlySet<number> = new Set([10163, 10176, 10210]);
/** Nothing was stored, nor will be: batches disabled; batch too large; message larger than the stream takes. */
const UNFIT: ReadonlySet<number> = new Set([10174, 10199, 10054]);

/** More than the headers of one entry ever take. */
const HEADER_BYTES_MAX = 256;

interface Ack {
  readonly seq: number;
}

/**
 * Sends the entries as `batchId` (64 characters at most, never used before) and reads the answer. With `after` they are
 * stored only where the stream's last position is that one.
 * Throws `unavailable` or `serverUnfit` when certainly nothing was stored.
 */
export async function sendBatch(
  connection: Connection,
  entries: readonly Entry[],
  batchId: string,
  after?: Position,
): Promise<AppendOutcome> {
  assertSizes(connection, entries);
  let reply: Msg;
  try {
    reply = await send(connection, entries, batchId, after);
  } catch (cause) {
    if (cause instanceof NoAnswer) return { kind: 'unknown', cause };
    throw cause;
  }
  return outcomeIn(reply, entries.length);
}

/** Written without a pause, so that it goes out on one connection or not at all. */
function send(connection: Connection, entries: readonly Entry[], batchId: string, after?: Position): Promise<Msg> {
  const [last, ...rest] = [...entries.slice(-1), ...entries.slice(0, -1)];
  if (last === undefined || connection.status === 'down') return Promise.reject(unavailable());
  const place = after === undefined ? '' : `Nats-Expected-Last-Sequence:${after}\r\n`;
  if (rest.length === 0)
    return connection.request(last.subject, last.payload, new WireHeaders(place + expectation(last)));
  const id = `Nats-Batch-Id:${batchId}\r\nNats-Batch-Sequence:`;
  for (const [index, entry] of rest.entries()) {
    const headers = new WireHeaders(`${id}${index + 1}\r\n${index === 0 ? place : ''}${expectation(entry)}`);
    connection.nats.publish(entry.subject, entry.payload, { headers });
  }
  const headers = new WireHeaders(`${id}${entries.length}\r\nNats-Batch-Commit:1\r\n${expectation(last)}`);
  return connection.request(last.subject, last.payload, headers);
}

function expectation({ expected }: Entry): string {
  return expected === undefined ? '' : `Nats-Expected-Last-Subject-Sequence:${expected}\r\n`;
}

function outcomeIn(reply: Msg, count: number): AppendOutcome {
  if (isNoResponders(reply)) throw unavailable(new NoAnswer('no responders'));
  const ack = reply.json<ApiReply<Ack>>();
  if (ack.error === undefined) return { kind: 'committed', first: ack.seq - count + 1 };
  const { err_code: code, description } = ack.error;
  if (CONFLICTS.has(code)) return { kind: 'conflict' };
  const details = { code, description };
  if (PASSING.has(code)) throw new LedgerlineError('unavailable', 'the log cannot take a batch now', details);
  if (UNFIT.has(code)) throw new LedgerlineError('serverUnfit', `the log's server refuses: ${description}`, details);
  // A failing disk, for one: parts of such a batch were seen to be stored, and all of it after a restart.
  return { kind: 'unknown', cause: new LedgerlineError('outcomeUnknown', `the log answers: ${description}`, details) };
}

function assertSizes({ nats }: Connection, entries: readonly Entry[]): void {
  const bytesMax = (nats.info?.max_payload ?? Number.POSITIVE_INFINITY) - HEADER_BYTES_MAX;
  const index = entries.findIndex(({ payload }) => payload.byteLength > bytesMax);
  if (index === -1) return;
  // Not its subject: a private one is a secret.
  const details = { index, bytes: entries[index]?.payload.byteLength, bytesMax };
  throw new LedgerlineError('serverUnfit', `a record is larger than the log's server takes (max_payload)`, details);
}

/** Headers whose text is ready: the client's own map costs as much as the rest of publishing (3 ms per 1000 entries). */
class WireHeaders extends MsgHdrsImpl {
  readonly #lines: string;

  constructor(lines: string) {
    super();
    this.#lines = lines;
  }

  override encode(): Uint8Array {
    return Buffer.from(`NATS/1.0\r\n${this.#lines}\r\n`, 'latin1');
  }
}
