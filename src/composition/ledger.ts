/**
 * Everything below the faces, opened in order and closed in reverse: the data folder, NATS (embedded or outside), the log,
 * its high-water mark, the read side. What main.ts serves and what the CLI's offline commands work on.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { kinds } from '../../machines/index.ts';
import { receiptOf } from '../../projections/commands.ts';
import { projections } from '../../projections/index.ts';
import { assertRestored } from '../backup/restore-backup.ts';
import { ManualClock, systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { decode } from '../log/codec.ts';
import { beginPlanned } from '../log/generation/begin-planned.ts';
import { planFileIn } from '../log/generation/plan.ts';
import { openWholeLog } from '../log/generation/whole-log.ts';
import { checkMark, type HighWaterMark, readMark, writeMark } from '../log/high-water.ts';
import type { Lease } from '../log/lease.ts';
import type { Log } from '../log/log.ts';
import { patiently } from '../log/patience.ts';
import { idMint } from '../mint-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Clock } from '../model/clock.ts';
import type { View } from '../model/projection.ts';
import { NatsAccess } from '../nats/access.ts';
import { DiskRoom } from '../nats/disk-room.ts';
import type { EmbeddedServer } from '../nats/embedded.ts';
import { usableFolder } from '../nats/usable-folder.ts';
import { KeptCopies } from '../projector/kept-copies.ts';
import type { CatchUpProgress } from '../projector/projector.ts';
import type { SpareThread } from '../projector/spare-thread.ts';
import { LedgerRuntime } from '../runtime.ts';
import { outsideLease, seedOf } from './outside-nats.ts';
import { NATS_CONF, natsFolder, type OwnNats, startOwnNats } from './own-nats.ts';
import { projectingThreads } from './projecting-threads.ts';
import { Standby } from './standby.ts';

export interface LedgerIo {
  readonly logger: Logger;
  /** PATH, for finding a nats-server. */
  readonly searchPath: string;
  /** The embedded server, where it was begun already. */
  readonly nats?: Promise<OwnNats>;
  /** While another process writes the log on an outside server, stand by for it; absent: throw `alreadyRunning`. */
  readonly standsBy?: boolean;
  /** The threads that project, where one was begun already. */
  readonly spare?: SpareThread;
  /** Catching up with the log. */
  readonly progress: (progress: CatchUpProgress) => void;
  /** Beginning a generation of the log that was planned. */
  readonly beginning?: (done: number, total: number) => void;
  /** Each batch that was stored. */
  readonly onBatch?: (records: number, commands: number) => void;
}

export interface Ledger {
  /** The roster this ledger was opened with. */
  readonly kinds: ActorKinds;
  readonly clock: Clock;
  readonly log: Log;
  readonly runtime: LedgerRuntime;
  /** Address of the NATS server or cluster. */
  readonly servers: string;
  /** Undefined for an outside server. */
  readonly nats: EmbeddedServer | undefined;
  /** Who may sign in to it. */
  readonly access: NatsAccess;
  /** Seed of the nkey that Ledgerline itself signs in with. */
  readonly seed: string | undefined;
  /** Present when another process wrote the log at the opening, and this one was to stand by. */
  readonly standby?: Standby;
  /**
   * Settles when there is no use in going on: resolves after `close`, rejects when the log is followed no more, or another
   * process has become its writer.
   */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const SETTLE_MS_MAX = 10_000;
const DOUBT_MS_MAX = 5_000;
const SETTLE_RETRY_MS = 50;
const BATCH_BYTES_MAX = 2_000_000;
const CACHED_ACTORS_MAX = 200_000;
const WAITING_COMMANDS_MAX = 20_000;
const MARK_EVERY_MS = 1_000;
const COPY_EVERY_RECORDS = 50_000;
const COPIES_MAX = 24;
const COPIES_BYTES_MAX = 4 * 1024 ** 3;
/** Where a manual clock stands on an empty log. */
const MANUAL_EPOCH = Date.parse('2026-01-01T00:00:00Z');

/** Throws whatever a part throws, with everything opened before it closed again. */
export async function openLedger(config: Config, io: LedgerIo): Promise<Ledger> {
  await using up = new AsyncDisposableStack();
  const spare = io.spare ?? projectingThreads();
  up.defer(() => spare.close());
  await usableFolder('LEDGERLINE_DATA', config.dataDir);
  await assertRestored(config.dataDir);
  const { servers, seed, nats, access, lease } = await openNats(config, io, up);
  const standsBy = lease?.holder !== undefined;
  if (!standsBy) await beginGeneration(config, io, { servers, seed });
  const log = await openWholeLog(
    {
      servers,
      seed,
      replicas: config.natsReplicas,
      begins: !standsBy,
      mintId: randomUUID,
      warn: (message) => io.logger.warn(message),
    },
    config.archiveDir,
  );
  up.defer(() => log.close());
  nats?.stage();
  const markFile = join(config.dataDir, 'high-water.json');
  const mark = await readMark(markFile);
  if (mark !== undefined) await patiently('the newest record that is remembered', () => checkMark(log, mark));
  const clock = await patiently('the newest record of the log', () => clockOf(config, log));
  const room = diskRoomOf(config, io.logger);
  await room.look();
  const runtime = await openRuntime(config, io, { log, clock, room, lease, spare, mark });
  up.defer(keepMark(markFile, runtime, io.logger));
  up.defer(() => runtime.close());
  up.defer(
    room.watch(async (again) => {
      if (again || runtime.refusal !== undefined) await nats?.mend();
    }),
  );
  const ended = lease === undefined ? runtime.ended : Promise.race([runtime.ended, rightLost(lease, runtime)]);
  ended.catch(() => undefined);
  const standby = lease !== undefined && standsBy ? new Standby({ lease, log, runtime, logger: io.logger }) : undefined;
  up.defer(() => standby?.stop());
  const all = up.move();
  return {
    ...{ kinds, clock, log, runtime, servers, seed, nats, access, ended, close: () => all.disposeAsync() },
    ...(standby === undefined ? {} : { standby }),
  };
}

/** Rejects once another process writes: this one is of no use until it is started again. */
async function rightLost(lease: Lease, runtime: LedgerRuntime): Promise<never> {
  const error = await lease.lost;
  runtime.stop(error);
  throw error;
}

export interface OpenNats extends Pick<Ledger, 'servers' | 'seed' | 'nats' | 'access'> {
  /** That this process is the one that writes, or stands by. Undefined for a server of our own, which serves nobody else's log. */
  readonly lease: Lease | undefined;
}

/** The server of the log, our own or the outside one; `up` is told how to let go of it. */
export async function openNats(
  config: Config,
  io: Pick<LedgerIo, 'logger' | 'searchPath' | 'nats' | 'standsBy'>,
  up: AsyncDisposableStack,
): Promise<OpenNats> {
  const { natsUrl } = config;
  if (natsUrl === undefined) {
    const { server: nats, access } = await (io.nats ?? startOwnNats(config, io).ready);
    up.defer(() => nats.stop());
    return { servers: nats.url, seed: access.seed, nats, access, lease: undefined };
  }
  const seed = await seedOf(config);
  const { logger, standsBy = false } = io;
  const lease = await outsideLease(config, { servers: natsUrl, seed, logger, standsBy });
  up.defer(() => lease.release());
  const access = await NatsAccess.open({ folder: natsFolder(config), confPath: NATS_CONF, isDemo: false });
  return { servers: natsUrl, seed, nats: undefined, access, lease };
}

async function beginGeneration(
  { dataDir, archiveDir }: Config,
  { logger, beginning }: LedgerIo,
  { servers, seed }: Pick<Ledger, 'servers' | 'seed'>,
): Promise<void> {
  const begun = await beginPlanned({
    planFile: planFileIn(dataDir),
    archiveFolder: archiveDir,
    servers,
    seed,
    ...(beginning === undefined ? {} : { progress: beginning }),
  });
  if (typeof begun === 'object')
    logger.warn(begun, 'the next generation of the log was not begun: it goes on as it was');
  else if (begun !== undefined) logger.info({ generation: begun }, 'a new generation of the log began');
}

async function clockOf(config: Config, log: Log): Promise<Clock> {
  if (config.clock === 'system') return systemClock();
  const newest = await log.at(await log.head());
  const decoded = newest === undefined ? undefined : decode(newest);
  return new ManualClock(decoded?.kind === 'record' ? decoded.record.time : MANUAL_EPOCH);
}

/** Watches the disks this process writes to: that of the log, where the NATS server is our own, and that of the projections. */
function diskRoomOf(config: Config, logger: Logger): DiskRoom {
  return new DiskRoom({
    folders: [natsFolder(config), projectionsFolder(config)],
    onChange: (problem) =>
      problem === undefined
        ? logger.info('there is room on the disk again: commands are taken')
        : logger.error(`no command is taken: ${problem.message}`),
  });
}

interface OpenParts extends Pick<Ledger, 'log' | 'clock'> {
  readonly room: DiskRoom;
  readonly lease: Lease | undefined;
  readonly spare: SpareThread;
  readonly mark: HighWaterMark | undefined;
}

async function openRuntime(
  config: Config,
  io: LedgerIo,
  { log, clock, room, lease, spare, mark }: OpenParts,
): Promise<LedgerRuntime> {
  const { logger, progress, onBatch } = io;
  const folder = projectionsFolder(config);
  await mkdir(folder, { recursive: true });
  const kept = await KeptCopies.open({
    folder: join(folder, 'kept'),
    everyRecords: COPY_EVERY_RECORDS,
    filesMax: COPIES_MAX,
    bytesMax: COPIES_BYTES_MAX,
    failed: (error) => logger.warn({ err: error }, 'a copy of the projections could not be kept'),
  });
  let live: View | undefined;
  const runtime = await LedgerRuntime.open(
    {
      log,
      kinds,
      projections,
      clock,
      hindrance: () => lease?.lapsed ?? room.problem,
      kept,
      databaseFile: join(folder, 'live.db'),
      spare,
      past: { receiptOf: (tenant, command) => (live === undefined ? undefined : receiptOf(live, tenant, command)) },
      mintId: idMint(),
      pause: (ms) => delay(ms),
      cachedActorsMax: CACHED_ACTORS_MAX,
      waitingCommandsMax: WAITING_COMMANDS_MAX,
      batchBytesMax: BATCH_BYTES_MAX,
      settleRetryMs: SETTLE_RETRY_MS,
      doubtMsMax: DOUBT_MS_MAX,
      settleMsMax: SETTLE_MS_MAX,
      ...(mark === undefined ? {} : { mark }),
      ...(onBatch === undefined ? {} : { onBatch }),
      onQuarantine: (entry) =>
        logger.error({ quarantined: { ...entry, head: undefined } }, 'a record is no record: skipped'),
    },
    progress,
  );
  live = runtime.live;
  // Of a rebuild that was killed: what it had begun is whole now.
  await rm(projectionsAside(config), { recursive: true, force: true });
  return runtime;
}

function projectionsFolder({ dataDir }: Config): string {
  return join(dataDir, 'projections');
}

/** Where the projections are that `ledgerline rebuild` makes anew, until that is done. */
export function projectionsAside({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'projections.before');
}

/** Writes the mark whenever it moved, at most once a second, and a last time when closed. */
function keepMark(file: string, runtime: LedgerRuntime, logger: Logger): () => Promise<void> {
  let written: HighWaterMark | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = () => {
    const { mark } = runtime;
    if (mark === undefined || mark === written) return;
    written = mark;
    writing = writing
      .then(() => writeMark(file, mark))
      .catch((error: unknown) => logger.error({ err: error }, 'the high-water mark could not be written'));
  };
  const timer = setInterval(write, MARK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    write();
    await writing;
  };
}
