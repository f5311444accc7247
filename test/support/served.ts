/** A world behind a real HTTP server on a port of the system's choice, with the dialects a test asks for. */
import pino from 'pino';
import { kinds } from '../../machines/index.ts';
import { asyncapiOf } from '../../src/dialects/native/asyncapi.ts';
import { createNative, type NativeDialect, type NativeParts } from '../../src/dialects/native/routes.ts';
import type { Dialect } from '../../src/http/dialect.ts';
import type { HealthParts } from '../../src/server/health.ts';
import { createMetrics, type Metrics, measured } from '../../src/server/metrics.ts';
import { ownPaths } from '../../src/server/own-paths.ts';
import { createServer, type LedgerlineServer, type ServerOptions } from '../../src/server/server.ts';
import type { StreamLimits } from '../../src/subscribers/readers.ts';
import { countingBytes } from './identities.ts';
import { givenWorld, type World } from './world.ts';

export interface Served {
  readonly world: World;
  readonly server: LedgerlineServer;
  readonly metrics: Metrics;
  readonly native: NativeDialect;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Lines of the access log. */
  readonly logged: string[];
  stop(): Promise<void>;
}

export interface ServedOptions extends Partial<Pick<ServerOptions, 'limits' | 'tls' | 'gate' | 'isProxy'>> {
  readonly mayScrape?: boolean;
  readonly dialects?: (world: World) => readonly Dialect[];
  readonly openOnLoopback?: boolean;
  readonly manualClock?: boolean;
  readonly health?: Partial<HealthParts>;
  readonly streams?: StreamLimits;
  /** What the native API speaks for, and is not there otherwise. */
  readonly behind?: (world: World) => Pick<NativeParts, 'webhooks' | 'outside' | 'hands'>;
}

export async function givenServed(options: ServedOptions = {}): Promise<Served> {
  const world = await givenWorld();
  const metrics = createMetrics();
  const nowMs = () => performance.now();
  let minted = 0;
  const native = createNative({
    ...world,
    kinds,
    runtime: measured(world.runtime, metrics, nowMs),
    random: countingBytes,
    mintId: () => `minted-${++minted}`,
    openOnLoopback: () => options.openOnLoopback ?? true,
    ...(options.manualClock === false ? {} : { advanceClock: world.advance }),
    ...(options.streams === undefined ? {} : { streams: options.streams }),
    ...options.behind?.(world),
    version: '0.0.0',
  });
  const logged: string[] = [];
  const health: HealthParts = {
    version: '0.0.0',
    ready: () => true,
    position: () => world.runtime.live.position,
    ports: () => ({ http: server.ports }),
    dependencies: [{ name: 'log', state: () => ({ up: true }) }],
    ...options.health,
  };
  const dialects = [native, ...(options.dialects?.(world) ?? [])];
  const server: LedgerlineServer = createServer({
    dialects,
    ownPaths: ownPaths({
      health,
      metrics,
      mayScrape: () => options.mayScrape ?? true,
      openapi: native.openapi,
      asyncapi: () => asyncapiOf(kinds, '0.0.0'),
    }),
    gate: options.gate ?? (() => undefined),
    logger: pino({ base: null, level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    metrics,
    random: countingBytes,
    nowMs,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.isProxy === undefined ? {} : { isProxy: options.isProxy }),
  });
  for (const dialect of dialects) dialect.begin?.();
  const [port] = await server.listen({ host: '127.0.0.1', ports: [0], skipTaken: false });
  return {
    world,
    server,
    metrics,
    native,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    logged,
    async stop() {
      await server.drain(1_000);
      await world.close();
    },
  };
}
