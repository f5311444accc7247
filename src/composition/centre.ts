/**
 * The whole contact centre on an open ledger: identity, timers, the dialects and the server before them. Knows how to
 * come up, come to rest, and go down in order; decides nothing.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Logger } from 'pino';
import * as armedTimers from '../../projections/timers.ts';
import type { Config } from '../config.ts';
import { createConsole } from '../console/console.ts';
import { holdsDemo, loadDemo, wantsDemo } from '../demo/load.ts';
import { asyncapiOf } from '../dialects/native/asyncapi.ts';
import { whoAsks } from '../dialects/native/auth.ts';
import { checkpointFilesIn } from '../history/checkpoint-files.ts';
import { CheckpointSigner } from '../history/signed-checkpoints.ts';
import type { Dialect } from '../http/dialect.ts';
import { directoryRecords } from '../identity/directory-records.ts';
import { createIdentity, type Identity } from '../identity/identity.ts';
import { createPasswordHasher, type PasswordHasher } from '../identity/password.ts';
import { createThrottle } from '../identity/throttle.ts';
import { SharedValues } from '../log/shared-values.ts';
import { idMint } from '../mint-id.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import { addressRanges } from '../model/addresses.ts';
import type { Clock } from '../model/clock.ts';
import type { Runtime } from '../model/runtime.ts';
import { deliveryLevels } from '../server/delivery-levels.ts';
import { floorLevels } from '../server/floor-levels.ts';
import { type Metrics, measured } from '../server/metrics.ts';
import { ownPaths } from '../server/own-paths.ts';
import { createServer, type LedgerlineServer } from '../server/server.ts';
import { Timers } from '../timers/timers.ts';
import type { Certificate } from './certificate.ts';
import { healthOf, levelsOf, refusalOf } from './condition.ts';
import { openConsumers } from './consumers.ts';
import { openFaces } from './faces.ts';
import type { Ledger } from './ledger.ts';
import { openServices } from './services.ts';
import { lookForTenant, openSwitch } from './switches.ts';
import { openTelephony } from './telephony.ts';
import { Turn } from './turn.ts';

export interface Centre {
  readonly ports: readonly number[];
  /**
   * Settles when commands are taken and the centre does what it does of itself: at once, but where the ledger stands by.
   * Rejects when that will never be.
   */
  readonly begun: Promise<void>;
  /** Finishes what is under way and stops serving; the ledger stays open. */
  close(): Promise<void>;
}

export interface CentreIo {
  /** Https and wss with this; absent: neither. */
  readonly tls?: Certificate;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  /** A clock for durations only. */
  readonly nowMs: () => number;
  readonly demoProgress: (done: number, total: number) => void;
}

/** Where `npm run build` puts the console's page. */
const CONSOLE = join(import.meta.dirname, '..', '..', 'dist', 'console');
/** What changes nothing. */
const READS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const DRAIN_MS_MAX = 10_000;
const TIMER_RETRY_MS = 1_000;
const SIGN_EVERY_RECORDS = 1_000;
const SIGN_EVERY_MS = 10_000;

/**
 * All parts are made and served in both cases; one that stands by does nothing of itself, and refuses what is asked of it,
 * until the ledger is its own. Throws what a part throws while it comes up, with what came up before it closed again, the
 * last first.
 */
export async function openCentre(config: Config, ledger: Ledger, io: CentreIo): Promise<Centre> {
  const { clock, kinds, log, standby } = ledger;
  const { logger, metrics, version, nowMs, tls } = io;
  await using up = new AsyncDisposableStack();
  const runtime = measured(ledger.runtime, metrics, nowMs);
  const hasher = createPasswordHasher(randomBytes);
  const timers = timersOf(runtime, clock, logger);
  up.defer(() => timers.stop());
  const { telephones, hands, dependencies: switches } = await openSwitch(config, { runtime, clock, logger });
  const telephony = openTelephony({ runtime, telephones, clock, logger });
  up.defer(() => telephony.stop());
  const identity = identityOf(runtime, hasher, clock);
  const shared = await sharedOf(config, ledger.seed);
  up.defer(() => shared?.close());
  const parts = { config, runtime, identity, hasher, clock, mintId: idMint(), logger, shared };
  let server: LedgerlineServer | undefined;
  const services = await openServices(config, { ...parts, servers: ledger.servers, seed: ledger.seed });
  up.defer(() => services.stop());
  up.defer(() => (server === undefined ? drained(services.dialects) : undefined));
  const consumers = await openConsumers(config, ledger, parts);
  up.defer(() => consumers.stop());
  // The demo's own data only: an installation of one's own is never open, whatever it was started with.
  let holdsDemoOnly: boolean | undefined;
  const openOnLoopback = () => holdsDemoOnly ?? (config.demo && holdsDemo(runtime.live));
  const atRest = () => untilAtRest(ledger, [timers, telephony, ledger.runtime]);
  const faces = await openFaces({ ...parts, kinds, hands, openOnLoopback, version, atRest, consumers });
  const page = createConsole({ runtime, identity, kinds, openOnLoopback, folder: CONSOLE });
  const dialects = [...faces.dialects, ...services.dialects, page];

  const reading = config.standsBy === 'reading';
  const mayServe = (method: string) => log.status === 'up' && (turn.hasBegun || (reading && READS.includes(method)));
  const condition = { ledger, switches, version, ports: () => server?.ports ?? [], hasBegun: () => turn.hasBegun };
  metrics.addLevels(levelsOf(condition));
  server = createServer({
    dialects,
    ownPaths: ownPaths({
      health: healthOf(condition),
      metrics,
      mayScrape: (request) => whoAsks(request, identity, true)()?.tenant === INSTALLATION,
      openapi: faces.openapi,
      asyncapi: () => asyncapiOf(kinds, version),
    }),
    gate: (method) => (mayServe(method) ? undefined : refusalOf(condition)),
    logger,
    metrics,
    random: randomBytes,
    nowMs,
    isProxy: addressRanges(config.proxies),
    ...(tls === undefined ? {} : { tls }),
  });
  const signer = signerOf(config, ledger, logger);
  up.defer(() => signer.stop());
  const turn = new Turn(standby, async () => {
    if (config.demo && wantsDemo(runtime.live)) await loadDemo(runtime, hasher, io.demoProgress);
    lookForTenant(config, runtime, logger);
    holdsDemoOnly = config.demo && holdsDemo(runtime.live);
    timers.start();
    await telephony.begin();
    await services.begin();
    await consumers.begin();
    for (const dialect of dialects) dialect.begin?.();
    metrics.addLevels({
      ...floorLevels(() => runtime.live),
      ...deliveryLevels(consumers, () => runtime.live.position),
    });
  });
  up.defer(() => server?.drain(DRAIN_MS_MAX));
  up.defer(() => turn.close());
  if (standby === undefined) await turn.begun;
  // Last: what was never signed, all of the log perhaps, is read beside what else goes on.
  await signer.start();
  const ports = await server.listen({ host: config.host, ports: config.ports, skipTaken: !config.portsAsked });
  const all = up.move();
  return { ports, begun: turn.begun, close: () => all.disposeAsync() };
}

/** A server of our own has nobody to share with. */
async function sharedOf({ natsUrl, natsReplicas: replicas }: Config, seed: string | undefined) {
  return natsUrl === undefined ? undefined : SharedValues.open({ servers: natsUrl, seed, replicas });
}

function timersOf(runtime: Runtime, clock: Clock, logger: Logger): Timers {
  return new Timers({
    runtime,
    clock,
    armed: armedTimers,
    retryMs: TIMER_RETRY_MS,
    report: (timer, problem) => logger.error({ timer, problem }, 'a timer could not fire'),
  });
}

function identityOf({ live }: Runtime, hasher: PasswordHasher, clock: Clock): Identity {
  return createIdentity({
    live,
    records: directoryRecords,
    hasher,
    throttle: createThrottle(),
    clock,
    random: randomBytes,
  });
}

/** Resolves when none of the parts has anything under way, nor has anything come of it for another. */
async function untilAtRest({ runtime }: Ledger, parts: readonly { atRest(): Promise<void> }[]): Promise<void> {
  for (let before = -1; before !== runtime.live.position; ) {
    before = runtime.live.position;
    for (const part of parts) await part.atRest();
    await turnOfTheLoop();
  }
}

/** What a server would have drained, when it failed to start. */
async function drained(dialects: readonly Dialect[]): Promise<void> {
  await Promise.all(dialects.map((dialect) => dialect.drain?.()));
}

function signerOf({ dataDir }: Config, { runtime, log, clock }: Ledger, logger: Logger): CheckpointSigner {
  return new CheckpointSigner({
    runtime,
    log,
    files: checkpointFilesIn(dataDir),
    everyRecords: SIGN_EVERY_RECORDS,
    everyMs: SIGN_EVERY_MS,
    now: () => clock.now(),
    postponed: (error) => logger.warn({ err: error }, 'no checkpoint can be signed now; it is tried again'),
    failed: (error) => logger.error({ err: error }, 'no checkpoint is signed any more; see `ledgerline verify`'),
  });
}
