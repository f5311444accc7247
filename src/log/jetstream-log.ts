/**
 * The log in a JetStream stream. Each promise of the port has its file: stream.ts (nothing is trimmed), batch-wire.ts
 * (all or nothing), point-reads.ts (reads see every acknowledged append), ordered-read.ts (no gap); this one puts them together.
 * It reconnects for ever, and compares the log with no memory of its own: that is high-water.ts.
 */
import type { Position } from '../model/position.ts';
import { sendBatch } from './batch-wire.ts';
import { Connection } from './connection.ts';
import { readBack, subjectStarts } from './entries.ts';
import type {
  AppendOutcome,
  Entry,
  FollowLog,
  Generation,
  Log,
  LogFollowing,
  LogStatus,
  ReadBack,
  StoredRecord,
} from './log.ts';
import { exchanged, unavailable } from './log-failures.ts';
import { OrderedRead } from './ordered-read.ts';
import { patiently } from './patience.ts';
import { FEW_RECORDS, NEWEST, readFew, readOne, readSubject } from './point-reads.ts';
import { checkVersion } from './server-version.ts';
import { type LogStream, openStream, streamInfo, streamOf } from './stream.ts';

export interface JetStreamLogOptions {
  readonly servers: string | readonly string[];
  /** Seed of the nkey to sign in with. */
  readonly seed?: string | undefined;
  /** Shown in the server's list of connections. Default: ledgerline. */
  readonly name?: string;
  /** A uuid or the like, of letters, digits and dashes; the log's id, and its last 12 characters tell writers' batches apart. */
  readonly mintId: () => string;
  /** How long an answer is waited for, also an append's. Default: 5000. */
  readonly requestMsMax?: number;
  /** Of a stream that is created; an existing one keeps its own. Default: 1. */
  readonly replicas?: number;
  /** False: where there is no stream yet another process makes it, which is waited for. */
  readonly begins?: boolean;
  /** Takes what an administrator should know though the log works. */
  readonly warn?: (message: string) => void;
}

const REQUEST_MS_MAX = 5000;

/** Throws `unavailable` when no server answers, `serverUnfit` when the server or its stream cannot be the log. */
export async function openJetStreamLog(options: JetStreamLogOptions): Promise<Log> {
  const { servers, seed, mintId, name = 'ledgerline', requestMsMax = REQUEST_MS_MAX } = options;
  const replicas = options.begins === false ? undefined : (options.replicas ?? 1);
  const connection = await Connection.open({ servers, seed, name, requestMsMax });
  try {
    const warning = checkVersion(connection.nats.info?.version ?? 'unknown', 'the server of the log');
    if (warning !== undefined) options.warn?.(warning);
    const stream = await patiently('the stream of the log', () => openStream(connection, mintId, replicas));
    return new JetStreamLog(connection, stream, mintId().slice(-12), requestMsMax);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class JetStreamLog implements Log {
  readonly id: string;
  readonly generation: Generation;
  readonly #connection: Connection;
  readonly #batchPrefix: string;
  readonly #requestMsMax: number;
  readonly #readings = new Set<OrderedRead>();
  #batches = 0;

  constructor(connection: Connection, { id, generation }: LogStream, batchPrefix: string, requestMsMax: number) {
    this.#connection = connection;
    this.id = id;
    this.generation = generation;
    this.#batchPrefix = batchPrefix;
    this.#requestMsMax = requestMsMax;
  }

  get status(): LogStatus {
    return this.#connection.status;
  }

  onStatus(listener: (status: LogStatus) => void): () => void {
    return this.#connection.onStatus(listener);
  }

  async append(entries: readonly Entry[], after?: Position): Promise<AppendOutcome> {
    subjectStarts(entries);
    this.#batches += 1;
    return sendBatch(this.#connection, entries, `${this.#batchPrefix}-${this.#batches.toString(36)}`, after);
  }

  outcomeOf(entries: readonly Entry[]): Promise<ReadBack> {
    return readBack(entries, this);
  }

  async head(): Promise<Position> {
    return (await readOne(this.#connection, NEWEST))?.position ?? 0;
  }

  last(subject: string): Promise<StoredRecord | undefined> {
    return readOne(this.#connection, { last_by_subj: subject });
  }

  next(subject: string, after: Position): Promise<StoredRecord | undefined> {
    return readOne(this.#connection, { seq: after + 1, next_by_subj: subject });
  }

  async at(position: Position): Promise<StoredRecord | undefined> {
    return position < 1 ? undefined : readOne(this.#connection, { seq: position });
  }

  since(time: number): Promise<StoredRecord | undefined> {
    return readOne(this.#connection, { start_time: new Date(time).toISOString() });
  }

  async *read({ after, upTo }: { after: Position; upTo: Position }): AsyncIterable<readonly StoredRecord[]> {
    if (after >= upTo) return;
    if (upTo - after <= FEW_RECORDS) {
      const few = await readFew(this.#connection, { after, upTo }, this.#requestMsMax);
      // Anything else is for the reading below to mend or to name.
      if (few.length === upTo - after && few.at(-1)?.position === upTo) return yield few;
    }
    yield* this.#chunks(this.#open(after, upTo));
  }

  history(subject: string, after: Position): AsyncIterable<readonly StoredRecord[]> {
    return readSubject(this.#connection, subject, after, this.#requestMsMax);
  }

  follow({ after, deliver }: FollowLog): LogFollowing {
    const reading = this.#open(after);
    const run = async () => {
      for await (const chunk of this.#chunks(reading)) await deliver(chunk);
    };
    return { ended: run(), stop: () => reading.close() };
  }

  async close(): Promise<void> {
    for (const reading of this.#readings) reading.close();
    await this.#connection.close();
  }

  #open(after: Position, upTo?: Position): OrderedRead {
    const range = upTo === undefined ? { after } : { after, upTo };
    const reading = new OrderedRead({ connection: this.#connection, assertSame: () => this.#assertSame(), ...range });
    this.#readings.add(reading);
    return reading;
  }

  async #assertSame(): Promise<void> {
    const info = await streamInfo(this.#connection);
    if (info === undefined) throw unavailable();
    const { id, generation } = this;
    const found = streamOf(info.config);
    if (found?.id === id && found.generation.number === generation.number) return;
    throw exchanged({ id, generation }, found);
  }

  async *#chunks(reading: OrderedRead): AsyncGenerator<readonly StoredRecord[], void> {
    try {
      yield* reading.chunks();
    } finally {
      this.#readings.delete(reading);
    }
  }
}
