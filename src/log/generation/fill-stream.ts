/**
 * A log's stream made of records that were stored before, each byte for byte and at its own position: of a new generation, or
 * of a backup. While it is being filled nobody can write to it or read from it by its subjects, and nothing is republished.
 * Every step may be the last one before a crash: the next call goes on.
 */
import { LedgerlineError } from '../../errors.ts';
import type { Position } from '../../model/position.ts';
import { sendBatch } from '../batch-wire.ts';
import { oneByOne } from '../chunks.ts';
import { type Connection, callApi, refused } from '../connection.ts';
import type { Generation, StoredRecord } from '../log.ts';
import { OrderedRead } from '../ordered-read.ts';
import { type StreamInfo, streamSettings } from '../stream.ts';
import { STREAM } from '../subjects.ts';

/** In the order in which they are reached. */
export type FillStep = 'made' | 'filling' | 'proven' | 'opened';

export interface Filling {
  readonly connection: Connection;
  /** Its id. */
  readonly log: string;
  readonly generation: Pick<Generation, 'number' | 'seam'>;
  readonly replicas: number;
  /** Positions of the first record and of the last. */
  readonly first: Position;
  readonly last: Position;
  /** All of them, in order, each time it is called: the positions they name do not matter. */
  readonly records: () => AsyncIterable<readonly StoredRecord[]>;
  readonly progress?: (done: number, total: number) => void;
  /** Told after each step; what it throws ends the work there, as a crash would. */
  readonly reached?: (step: FillStep) => void;
}

/** Where the records are published while the stream is filled; it stores them under their own subjects. */
const FILLING = 'genesis.';
const BATCH_RECORDS = 500;
const BATCH_BYTES = 1_000_000;

export function isFilling({ config }: Pick<StreamInfo, 'config'>): boolean {
  return config.subjects?.some((subject) => subject.startsWith(FILLING)) === true;
}

/** `found`: what an interrupted call left. Throws `unavailable` where repeating it may help. */
export async function fillStream(filling: Filling, found: StreamInfo | undefined): Promise<void> {
  const { connection, log, generation, replicas, first, reached } = filling;
  const open = { ...streamSettings({ id: log, generation }, replicas), first_seq: first };
  if (found === undefined) {
    const { republish: _, ...quiet } = open;
    const transform = { subject_transform: { src: `${FILLING}>`, dest: '>' } };
    // A server that is still clearing the folder of the old stream may refuse (2.15): who asked for it all asks again.
    await callStream(connection, 'CREATE', { ...quiet, subjects: [`${FILLING}>`], ...transform });
    reached?.('made');
  }
  await publish(filling, found?.state.last_seq ?? first - 1);
  await prove(filling);
  reached?.('proven');
  await callStream(connection, 'UPDATE', open);
  reached?.('opened');
}

/** Throws as `refused` does. */
export async function callStream(
  connection: Connection,
  verb: 'CREATE' | 'UPDATE' | 'DELETE',
  body: object,
): Promise<void> {
  const api = `STREAM.${verb}.${STREAM}`;
  const { error } = await callApi(connection, api, body);
  if (error !== undefined) throw refused(api, error);
}

async function publish({ connection, generation, ...filling }: Filling, stored: Position): Promise<void> {
  const { first, last, progress, reached } = filling;
  let batch: StoredRecord[] = [];
  let bytes = 0;
  let after = stored;
  const send = async () => {
    if (batch.length === 0) return;
    const entries = batch.map(({ subject, payload }) => ({ subject: FILLING + subject, payload }));
    const outcome = await sendBatch(connection, entries, `genesis-${generation.number}-${after}`, after);
    if (outcome.kind !== 'committed' || outcome.first !== after + 1) {
      const message = `the stream could not be filled after position ${after}; repeat to go on`;
      throw new LedgerlineError('unavailable', message, { after, outcome: outcome.kind });
    }
    after += batch.length;
    [batch, bytes] = [[], 0];
    progress?.(after - first + 1, last - first + 1);
    reached?.('filling');
  };
  let place = first - 1;
  for await (const record of oneByOne(filling.records())) {
    place += 1;
    if (place <= stored) continue;
    if (batch.length === BATCH_RECORDS || bytes + record.payload.length > BATCH_BYTES) await send();
    batch.push(record);
    bytes += record.payload.length;
  }
  await send();
}

/** Reads the stream back, before it is opened: it holds these records and nothing else. */
async function prove({ connection, first, last, records }: Filling): Promise<void> {
  const due = oneByOne(records());
  const reading = new OrderedRead({ connection, after: first - 1, upTo: last });
  for await (const chunk of reading.chunks())
    for (const stored of chunk) {
      const record = await due.next();
      const same =
        record.done !== true &&
        record.value.subject === stored.subject &&
        Buffer.compare(record.value.payload, stored.payload) === 0;
      if (same) continue;
      await callStream(connection, 'DELETE', {});
      const message = `the stream held something else at ${stored.position}; it was removed, repeat to make it again`;
      throw new LedgerlineError('unavailable', message, { position: stored.position });
    }
}
