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
import { idMint } from '../mint-id.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import { addressRanges } from '../model/addresses.ts';
import type { Clock } from '../model/clock.ts';
import type { Runtime } from '../model/runtime.ts';
import { quarantineCount } from '../projector/quarantine.ts';
import { deliveryLevels } from '../server/delivery-levels.ts';
import { floorLevels } from '../server/floor-levels.ts';
import type { Dependency, HealthParts } from '../server/health.ts';
import { type Levels, type Metrics, measured } from '../server/metrics.ts';
import { ownPaths } from '../server/own-paths.ts';
import { createServer, type LedgerlineServer } from '../server/server.ts';
import { Timers } from '../timers/timers.ts';
import type { Certificate } from './certificate.ts';
import { openConsumers } from './consumers.ts';
import { openFaces } from './faces.ts';
import type { Ledger } from './ledger.ts';
import { openServices } from './services.ts';
import { openSwitch } from './switches.ts';
import { openTelephony } from './telephony.ts';

export interface Centre {
  readonly ports: readonly number[];
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
const DRAIN_MS_MAX = 10_000;
const TIMER_RETRY_MS = 1_000;
const SIGN_EVERY_RECORDS = 1_000;
const SIGN_EVERY_MS = 10_000;

/** Throws what a part throws while it comes up, with what came up before it closed again, the last first. */
export async function openCentre(config: Config, ledger: Ledger, io: CentreIo): Promise<Centre> {
  const { clock, kinds, log } = ledger;
  const { logger, metrics, version, nowMs, tls } = io;
  await using up = new AsyncDisposableStack();
  const runtime = measured(ledger.runtime, metrics, nowMs);
  const hasher = createPasswordHasher(randomBytes);
  if (config.demo && wantsDemo(runtime.live)) await loadDemo(runtime, hasher, io.demoProgress);

  const timers = timersOf(runtime, clock, logger);
  timers.start();
  up.defer(() => timers.stop());
  const { telephones, hands, dependencies: switches } = await openSwitch(config, { runtime, clock, logger });
  const telephony = await openTelephony({ runtime, telephones, clock, logger });
  up.defer(() => telephony.stop());
  const identity = identityOf(runtime, hasher, clock);
  const parts = { config, runtime, identity, hasher, clock, mintId: idMint(), logger };
  let server: LedgerlineServer | undefined;
  const services = await openServices(config, { ...parts, servers: ledger.servers, seed: ledger.seed });
  up.defer(() => services.stop());
  up.defer(() => (server === undefined ? drained(services.dialects) : undefined));
  const consumers = await openConsumers(config, ledger, parts);
  up.defer(() => consumers.stop());
  // The demo's own data only: an installation of one's own is never open, whatever it was started with.
  const openOnLoopback = config.demo && holdsDemo(runtime.live);
  const atRest = () => untilAtRest(ledger, [timers, telephony, ledger.runtime]);
  const faces = await openFaces({ ...parts, kinds, hands, openOnLoopback, version, atRest, consumers });
  const page = createConsole({ runtime, identity, kinds, openOnLoopback, folder: CONSOLE });

  const dependencies = [...dependenciesOf(ledger), ...switches];
  metrics.addLevels({
    ...levelsOf(ledger, dependencies),
    ...floorLevels(() => runtime.live),
    ...deliveryLevels(consumers, () => runtime.live.position),
  });
  server = createServer({
    dialects: [...faces.dialects, ...services.dialects, page],
    ownPaths: ownPaths({
      health: healthPartsOf(ledger, dependencies, version, () => server?.ports ?? []),
      metrics,
      mayScrape: (request) => whoAsks(request, identity, true)()?.tenant === INSTALLATION,
      openapi: faces.openapi,
      asyncapi: () => asyncapiOf(kinds, version),
    }),
    gate: () => (log.status === 'down' ? ledger.runtime.refusal : undefined),
    logger,
    metrics,
    random: randomBytes,
    nowMs,
    isProxy: addressRanges(config.proxies),
    ...(tls === undefined ? {} : { tls }),
  });
  const signer = signerOf(config, ledger, logger);
  up.defer(() => signer.stop());
  await signer.start();
  up.defer(() => server?.drain(DRAIN_MS_MAX));
  const ports = await server.listen({ host: config.host, ports: config.ports, skipTaken: !config.portsAsked });
  const all = up.move();
  return { ports, close: () => all.disposeAsync() };
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

function levelsOf({ runtime }: Ledger, dependencies: readonly Dependency[]): Levels {
  return {
    ledgerline_up: {
      help: '1 for each dependency that is up',
      labels: ['dependency'],
      read: () => dependencies.map(({ name, state }) => ({ labels: { dependency: name }, value: state().up ? 1 : 0 })),
    },
    ledgerline_log_position: { help: 'Position of the live view', read: () => runtime.levels().position },
    ledgerline_commands_waiting: { help: 'Commands not answered yet', read: () => runtime.levels().waiting },
    ledgerline_actors_cached: { help: 'Actors whose state is in memory', read: () => runtime.levels().cached },
    ledgerline_quarantined_records: {
      help: 'Records of the log that are none',
      read: () => quarantineCount(runtime.live),
    },
  };
}

function healthPartsOf(
  { nats, runtime }: Ledger,
  dependencies: readonly Dependency[],
  version: string,
  ports: () => readonly number[],
): HealthParts {
  return {
    version,
    ready: () => runtime.refusal === undefined,
    position: () => runtime.live.position,
    ports: () => ({ http: ports(), ...(nats === undefined ? {} : { nats: nats.port }) }),
    dependencies,
  };
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

function dependenciesOf({ log, nats, runtime }: Ledger): readonly Dependency[] {
  const embedded: Dependency = {
    name: 'nats',
    state: () => ({ up: nats?.status.kind === 'up', ...(nats === undefined ? {} : { detail: nats.status.kind }) }),
  };
  return [
    ...(nats === undefined ? [] : [embedded]),
    { name: 'log', state: () => ({ up: log.status === 'up' }) },
    {
      name: 'commands',
      state: () => {
        const { refusal } = runtime;
        return refusal === undefined ? { up: true } : { up: false, detail: refusal.message };
      },
    },
    { name: 'projections', state: () => ({ up: runtime.following }) },
  ];
}
