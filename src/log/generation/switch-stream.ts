/**
 * From one generation of the log to the next, on the server: the old stream takes nothing more, is removed, and is made
 * again from the archive: the last records of actors, each byte for byte, in front of the seam, so that the next record is
 * stored at the position after it.
 * Every step may be the last one before a crash: the next call finds out from the stream itself where to go on.
 */
import { LedgerlineError } from '../../errors.ts';
import { genesisOf, type KeptArchive } from '../archive/archives.ts';
import type { Connection } from '../connection.ts';
import { FIRST_GENERATION } from '../log.ts';
import { type StreamInfo, type StreamSettings, streamInfo, streamOf, streamSettings } from '../stream.ts';
import { STREAM } from '../subjects.ts';
import { callStream, type FillStep, fillStream, isFilling } from './fill-stream.ts';
import type { Plan } from './plan.ts';

/** In the order in which they are reached. */
export type SwitchStep = 'closed' | 'begun' | 'removed' | FillStep;

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

/** What a stream that takes nothing is subscribed to: it must have a subject. */
const CLOSED = 'closed.ledger';

/** `grown`: the old stream holds more than was archived; it is as it was, and nothing has happened. */
export async function switchStream(options: SwitchOptions): Promise<'switched' | 'grown'> {
  const { connection, plan, reached } = options;
  const found = await streamInfo(connection);
  const generation = found === undefined ? undefined : generationIn(found, plan);
  if (generation !== undefined && generation < plan.generation) {
    if (found !== undefined && !(await closeOld(options, found))) return 'grown';
    await callStream(connection, 'DELETE', {});
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
  await callStream(connection, 'UPDATE', { ...ownSettings(found.config), subjects, republish });
}

/** False when there is more in it than was archived. */
async function closeOld(options: SwitchOptions, { config }: StreamInfo): Promise<boolean> {
  const { connection, plan, begin, reached } = options;
  const { republish: _, ...quiet } = ownSettings(config);
  await callStream(connection, 'UPDATE', { ...quiet, subjects: [CLOSED] });
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

/** Unless it was filled and opened already. */
async function fill(options: SwitchOptions, replicas: number, found: StreamInfo | undefined): Promise<void> {
  const { connection, plan, archive, progress, reached } = options;
  if (found !== undefined && !isFilling(found)) return;
  await fillStream(
    {
      ...{ connection, log: plan.log, replicas, generation: { number: plan.generation, seam: plan.seam } },
      ...{ first: plan.seam - (archive.manifest.genesis?.lines ?? 0) + 1, last: plan.seam },
      records: () => genesisOf(archive.folder, archive.manifest),
      ...(progress === undefined ? {} : { progress }),
      ...(reached === undefined ? {} : { reached }),
    },
    found,
  );
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
