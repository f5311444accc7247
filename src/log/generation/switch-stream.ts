/**
 * From one generation of the log to the next, on the server: the old stream takes nothing more, is removed, and is made
 * again from the archive: the last records of actors, each byte for byte, in front of the seam, so that the next record is
 * stored at the position after it. While it is being filled nobody can write to it or read from it by its subjects.
 * Every step may be the last one before a crash: the next call finds out from the stream itself where to go on.
 */
import { LedgerlineError } from '../../errors.ts';
import type { Position } from '../../model/position.ts';
import { genesisOf, type KeptArchive } from '../archive/archives.ts';
import { sendBatch } from '../batch-wire.ts';
import { oneByOne } from '../chunks.ts';
import { type Connection, callApi, refused } from '../connection.ts';
import { FIRST_GENERATION, type StoredRecord } from '../log.ts';
import { OrderedRead } from '../ordered-read.ts';
import { type StreamInfo, type StreamSettings, streamInfo, streamOf, streamSettings } from '../stream.ts';
import { STREAM } from '../subjects.ts';
import type { Plan } from './plan.ts';

/** In the order in which they are reached. */
export type SwitchStep = 'closed' | 'begun' | 'removed' | 'made' | 'filling' | 'proven' | 'opened';

export interface SwitchOptions {
  readonly connection: Connection;
  readonly plan: Plan;
  /** The one that ends at the seam. */
  readonly archive: KeptArchive;
  /** Notes, on disk, that the old stream may go, and what it was. */
  readonly begin: (old: { readonly replicas: number }) => Promise<void>;
  readonly progress?: (done: number, total: number) => void;
  readonly reached?: (step: SwitchStep) => void;
}

/** Where the copies are published while the stream is filled; it stores them under their own subjects. */
const FILLING = 'genesis.';
/** What a stream that takes nothing is subscribed to: it must have a subject. */
const CLOSED = 'closed.ledger';
const BATCH_RECORDS = 500;
const BATCH_BYTES = 1_000_000;

/** `grown`: the old stream holds more than was archived; it is as it was, and nothing has happened. */
export async function switchStream(options: SwitchOptions): Promise<'switched' | 'grown'> {
  const { connection, plan, reached } = options;
  const found = await streamInfo(connection);
  const generation = found === undefined ? undefined : generationIn(found, plan);
  if (generation !== undefined && generation < plan.generation) {
    if (found !== undefined && !(await closeOld(options, found))) return 'grown';
    await call(connection, 'DELETE', {});
    reached?.('removed');
  } else if (found === undefined && plan.begun === undefined) {
    throw new LedgerlineError('logBehind', `there is no stream ${STREAM} any more to begin a generation after`);
  }
  const isNew = generation === plan.generation;
  const { replicas } = plan.begun ?? replicasOf(found?.config);
  await fill(options, replicas, isNew ? found : undefined);
  return 'switched';
}

/** Lets the old stream take records again, should it have been closed; one that is not there, or is new, is left alone. */
export async function reopenOld({ connection, plan }: Pick<SwitchOptions, 'connection' | 'plan'>): Promise<void> {
  const found = await streamInfo(connection);
  if (found === undefined || generationIn(found, plan) === plan.generation) return;
  const { subjects = [], republish } = streamSettings({ id: plan.log, generation: FIRST_GENERATION }, 1);
  await call(connection, 'UPDATE', { ...ownSettings(found.config), subjects, republish });
}

/** False when there is more in it than was archived. */
async function closeOld(options: SwitchOptions, { config }: StreamInfo): Promise<boolean> {
  const { connection, plan, begin, reached } = options;
  const { republish: _, ...quiet } = ownSettings(config);
  await call(connection, 'UPDATE', { ...quiet, subjects: [CLOSED] });
  reached?.('closed');
  const head = (await streamInfo(connection))?.state.last_seq ?? 0;
  if (head !== plan.seam) {
    await reopenOld(options);
    return false;
  }
  await begin(replicasOf(config));
  reached?.('begun');
  return true;
}

async function fill(options: SwitchOptions, replicas: number, found: StreamInfo | undefined): Promise<void> {
  const { connection, plan, archive, reached } = options;
  const copies = archive.manifest.genesis?.lines ?? 0;
  const first = plan.seam - copies + 1;
  const generation = { number: plan.generation, seam: plan.seam };
  const open = { ...streamSettings({ id: plan.log, generation }, replicas), first_seq: first };
  if (found?.config.subjects?.every((subject) => !subject.startsWith(FILLING)) === true) return;
  if (found === undefined) {
    const { republish: _, ...quiet } = open;
    const transform = { subject_transform: { src: `${FILLING}>`, dest: '>' } };
    // A server that is still clearing the folder of the old stream may refuse (2.15): who asked for it all asks again.
    await call(connection, 'CREATE', { ...quiet, subjects: [`${FILLING}>`], ...transform });
    reached?.('made');
  }
  await publishCopies(options, first, found?.state.last_seq ?? first - 1);
  await proveCopies(options, first);
  reached?.('proven');
  await call(connection, 'UPDATE', open);
  reached?.('opened');
}

async function publishCopies(options: SwitchOptions, first: Position, stored: Position): Promise<void> {
  const { connection, plan, progress, reached } = options;
  let batch: StoredRecord[] = [];
  let bytes = 0;
  let after = stored;
  const send = async () => {
    if (batch.length === 0) return;
    const entries = batch.map(({ subject, payload }) => ({ subject: FILLING + subject, payload }));
    const outcome = await sendBatch(connection, entries, `genesis-${plan.generation}-${after}`, after);
    if (outcome.kind !== 'committed' || outcome.first !== after + 1) {
      const message = `the new generation could not be filled after position ${after}; repeat to go on`;
      throw new LedgerlineError('unavailable', message, { after, outcome: outcome.kind });
    }
    after += batch.length;
    [batch, bytes] = [[], 0];
    progress?.(after - first + 1, plan.seam - first + 1);
    reached?.('filling');
  };
  let place = first - 1;
  for await (const record of copiesOf(options)) {
    place += 1;
    if (place <= stored) continue;
    if (batch.length === BATCH_RECORDS || bytes + record.payload.length > BATCH_BYTES) await send();
    batch.push(record);
    bytes += record.payload.length;
  }
  await send();
}

/** Reads the stream back, before it is opened: it holds the copies and nothing else. */
async function proveCopies(options: SwitchOptions, first: Position): Promise<void> {
  const { connection, plan } = options;
  const copies = copiesOf(options);
  const reading = new OrderedRead({ connection, after: first - 1, upTo: plan.seam });
  for await (const chunk of reading.chunks())
    for (const stored of chunk) {
      const copy = await copies.next();
      const same =
        copy.done !== true &&
        copy.value.subject === stored.subject &&
        Buffer.compare(copy.value.payload, stored.payload) === 0;
      if (same) continue;
      await call(connection, 'DELETE', {});
      const message = `the new generation held something else at ${stored.position}; it was removed, repeat to make it again`;
      throw new LedgerlineError('unavailable', message, { position: stored.position });
    }
}

function copiesOf({ archive }: SwitchOptions): AsyncGenerator<StoredRecord, void> {
  return oneByOne(genesisOf(archive.folder, archive.manifest));
}

/** Throws `logBehind` for a stream that neither generation is. */
function generationIn({ config }: StreamInfo, plan: Plan): number {
  const stream = streamOf(config);
  const number = stream?.generation.number ?? 0;
  const known = number === plan.generation || number === plan.generation - 1;
  if (stream?.id === plan.log && known) return number;
  const message = `the stream ${STREAM} is generation ${number} of log ${stream?.id}; generation ${plan.generation} of ${plan.log} was to begin`;
  throw new LedgerlineError('logBehind', message, { log: plan.log, generation: plan.generation });
}

function replicasOf(config: StreamSettings | undefined): { readonly replicas: number } {
  return { replicas: config?.num_replicas ?? 1 };
}

/** Without what the server adds. */
function ownSettings({ metadata = {}, ...config }: StreamSettings): StreamSettings {
  const own = Object.entries(metadata).filter(([name]) => !name.startsWith('_nats.'));
  return { ...config, metadata: Object.fromEntries(own) };
}

async function call(connection: Connection, verb: 'CREATE' | 'UPDATE' | 'DELETE', body: object): Promise<void> {
  const api = `STREAM.${verb}.${STREAM}`;
  const { error } = await callApi(connection, api, body);
  if (error !== undefined) throw refused(api, error);
}
