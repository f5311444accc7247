/**
 * The NATS server of our own: found or fetched, given its configuration, started on the data folder. Needs little of the
 * program, so that main.ts can begin it first and load the rest while the server recovers its log.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { NatsAccess } from '../nats/access.ts';
import { findBinary } from '../nats/binary.ts';
import { downloadProgress } from '../nats/download-progress.ts';
import { downloadsFor } from '../nats/downloads.ts';
import { type EmbeddedServer, startEmbedded } from '../nats/embedded.ts';
import { usableFolder } from '../nats/usable-folder.ts';

export interface OwnNats {
  readonly server: EmbeddedServer;
  /** Who may sign in to it. */
  readonly access: NatsAccess;
}

export interface OwnNatsIo {
  readonly logger: Logger;
  /** PATH, for finding a nats-server. */
  readonly searchPath: string;
}

export interface OwnNatsStart {
  /** Resolves when its process runs, or never will. */
  readonly begun: Promise<void>;
  /** Rejects as `startEmbedded` does, and with what is wrong with the binary. */
  readonly ready: Promise<OwnNats>;
}

/** The server's settings; what is of this installation is added to them. */
export const NATS_CONF = join(import.meta.dirname, '..', '..', 'nats.conf');

export function natsFolder({ dataDir }: Config): string {
  return join(dataDir, 'nats');
}

export function startOwnNats(config: Config, io: OwnNatsIo): OwnNatsStart {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const ready = started(config, io, begin);
  // `ready` tells of a failure itself, perhaps to somebody who awaits it only later: until then it is not unhandled.
  ready.catch(() => begin());
  return { begun, ready };
}

async function started(config: Config, { logger, searchPath }: OwnNatsIo, onSpawn: () => void): Promise<OwnNats> {
  const warn = (message: string) => logger.warn(message);
  await usableFolder('LEDGERLINE_DATA', config.dataDir);
  const binary = await findBinary({
    given: config.natsBinary,
    searchPath,
    cacheFolder: join(homedir(), '.cache', 'ledgerline'),
    downloads: downloadsFor({
      platform: process.platform,
      arch: process.arch,
      ...(config.natsReleaseBase === undefined ? {} : { releasesUrl: config.natsReleaseBase }),
    }),
    progress: downloadProgress(process.stderr),
    warn,
  });
  const folder = natsFolder(config);
  const { host, tls, natsWebSocket, demo: isDemo } = config;
  const webSocket = natsWebSocket === undefined ? {} : { webSocket: { ...natsWebSocket, host, tls } };
  const opened = Promise.withResolvers<NatsAccess>();
  const server = await startEmbedded({
    binary,
    dataDir: folder,
    confPath: NATS_CONF,
    configure: async () => {
      const access = await NatsAccess.open({ folder, confPath: NATS_CONF, isDemo, ...webSocket });
      opened.resolve(access);
      return access.writeConf();
    },
    port: config.natsPort,
    stagingMemory: config.natsStaging,
    portTaken: config.natsPortAsked ? 'refuse' : 'anyFree',
    warn,
    onSpawn,
    onStatus: (status) =>
      logger[status.kind === 'restarting' ? 'warn' : 'info']({ nats: status }, `the NATS server is ${status.kind}`),
  });
  const access = await opened.promise;
  access.onChange(() => server.reload());
  return { server, access };
}
