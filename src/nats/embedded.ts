/**
 * The embedded NATS server: holds its data folder, starts the server on it, starts it again whenever it ends by itself,
 * and stops it. Connecting to it, and what its clients do meanwhile, is src/log's business; so is to judge whether one
 * that runs does its work.
 */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LedgerlineError, messageOf } from '../errors.ts';
import type { ServerBinary } from './binary.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { freePort, isFree } from './free-port.ts';
import { endOrphan, type ServerProcess, startProcess } from './server-process.ts';
import { Staging } from './staging.ts';
import { storeBytesMaxFor } from './store-size.ts';

export type ServerStatus =
  | { readonly kind: 'up'; readonly pid: number }
  /** It ended (`reason` says how) and is being started again, for the `attempt`th time. */
  | { readonly kind: 'restarting'; readonly reason: string; readonly attempt: number }
  | { readonly kind: 'stopped' };

export interface EmbeddedOptions {
  readonly binary: ServerBinary;
  /** Made when it is not there. Holds the log, its lock and the server's own log file. */
  readonly dataDir: string;
  /** The repository's nats.conf. */
  readonly confPath: string;
  /** Called once the folder is ours, before the server is started: the configuration to start it with instead. */
  readonly configure?: () => Promise<string>;
  /** 0: any free one, chosen once and kept for as long as this process lives. */
  readonly port: number;
  /** What to do when that port is taken: refuse, or take any free one instead. */
  readonly portTaken: 'refuse' | 'anyFree';
  /** What the log may occupy. Absent: what it occupies now and most of what is free. */
  readonly storeBytesMax?: number;
  /** A folder on a tmpfs, for what the server only stages; absent: that is on disk, too. */
  readonly stagingMemory?: string | undefined;
  /** How long the server may take to recover its streams. Default 5 minutes. */
  readonly readyMsMax?: number;
  /** Told each time its process runs and begins to recover its streams. */
  readonly onSpawn?: () => void;
  /** Told every change after the first start. */
  readonly onStatus: (status: ServerStatus) => void;
  readonly warn: (message: string) => void;
}

const HOST = '127.0.0.1';
const READY_MS_MAX = 300_000;
const PAUSE_MS_FIRST = 50;
const PAUSE_MS_MAX = 2_000;
/** A server that has been up this long is not in a crash loop: the pauses begin anew. */
const SETTLED_MS = 1_000;
/** How often it is seen to that batches are staged in memory. */
const ATTEND_MS = 1_000;

/**
 * Resolves when the server is ready. Throws `alreadyRunning` when another process holds the folder, `badConfiguration`
 * when the port is taken, `unavailable` with the server's own words when it does not start.
 */
export async function startEmbedded(wanted: EmbeddedOptions): Promise<EmbeddedServer> {
  const options = { ...wanted, dataDir: resolve(wanted.dataDir) };
  const lock = await lockFolder(options.dataDir);
  try {
    await endOrphan(options.dataDir);
    const port = await choosePort(options);
    const confPath = (await options.configure?.()) ?? options.confPath;
    const staging = new Staging({ dataDir: options.dataDir, memory: options.stagingMemory, warn: options.warn });
    const configured = { ...options, confPath, staging };
    return new EmbeddedServer(configured, lock, await startOn(configured, port));
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface ConfiguredOptions extends EmbeddedOptions {
  readonly staging: Staging;
}

export class EmbeddedServer {
  /** `nats://127.0.0.1:<port>`; stays the same across restarts of the server. */
  readonly url: string;
  readonly port: number;
  readonly version: string;
  /** Resolves when its folder is not ours any more, as `FolderLock.lost`: the server has been killed and is not started again. */
  readonly lost: Promise<LedgerlineError>;
  readonly #options: ConfiguredOptions;
  readonly #lock: FolderLock;
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  readonly #attending: NodeJS.Timeout;
  /** Starts since the server last stayed up. */
  #attempt = 0;
  #process: ServerProcess | undefined;
  #status: ServerStatus;

  /** Made by `startEmbedded` only. */
  constructor(options: ConfiguredOptions, lock: FolderLock, first: ServerProcess) {
    this.port = first.port;
    this.url = `nats://${HOST}:${first.port}`;
    this.version = options.binary.version;
    this.#options = options;
    this.#lock = lock;
    this.#process = first;
    this.#status = { kind: 'up', pid: first.pid };
    this.#watching = this.#watch(first);
    this.#attending = setInterval(() => this.stage(), ATTEND_MS).unref();
    this.lost = lock.lost.then((error) => {
      clearInterval(this.#attending);
      this.#stopping.abort();
      this.#process?.kill();
      return error;
    });
  }

  get status(): ServerStatus {
    return this.#status;
  }

  /** Base address of the server's monitoring endpoint: another one after each restart, undefined while it is down. */
  get monitorUrl(): string | undefined {
    return this.#process?.monitorUrl;
  }

  /**
   * Makes the server read its configuration again. Twice: of accounts that come new, the first reading makes the accounts
   * and only the second connects what one imports from another (tried with 2.15.1). One that is down reads it when it starts.
   */
  async reload(): Promise<void> {
    for (const _ of ['make', 'connect']) await this.#process?.reload();
  }

  /** Ends one that is up and says that it cannot do its work, which starts it again: a stream that met a full disk writes no more. */
  async mend(): Promise<void> {
    const server = this.#process;
    if ((await server?.saysUnhealthy()) && server === this.#process) await server?.stop();
  }

  /** From now on batches are staged in memory; to be called when the log is there for the first time. */
  stage(): void {
    this.#options.staging.attend();
  }

  /** Ends the server and lets go of the folder. Harmless when repeated. */
  async stop(): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      await this.#process?.stop();
    }
    await this.#watching;
    clearInterval(this.#attending);
    this.#options.staging.close();
    this.#lock.release();
  }

  async #watch(first: ServerProcess): Promise<void> {
    let server: ServerProcess | undefined = first;
    while (server !== undefined) {
      const settled = setTimeout(() => {
        this.#attempt = 0;
      }, SETTLED_MS);
      const reason = await server.gone;
      clearTimeout(settled);
      this.#process = undefined;
      server = await this.#startAgain(reason);
    }
    this.#tell({ kind: 'stopped' });
  }

  /** Tries until it is up. Undefined when stop() was called meanwhile. */
  async #startAgain(ended: string): Promise<ServerProcess | undefined> {
    const { signal } = this.#stopping;
    let reason = ended;
    while (!signal.aborted) {
      this.#attempt += 1;
      this.#tell({ kind: 'restarting', reason, attempt: this.#attempt });
      try {
        await delay(Math.min(PAUSE_MS_FIRST * 2 ** (this.#attempt - 1), PAUSE_MS_MAX), undefined, { signal });
        const server = await startOn(this.#options, this.port, signal);
        this.#process = server;
        this.#tell({ kind: 'up', pid: server.pid });
        // stop() may have come between the last two lines of the start and here.
        if (signal.aborted) await server.stop();
        return server;
      } catch (error) {
        reason = messageOf(error);
      }
    }
    return undefined;
  }

  #tell(status: ServerStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }
}

async function startOn(options: ConfiguredOptions, port: number, signal?: AbortSignal): Promise<ServerProcess> {
  const { binary, confPath, dataDir, readyMsMax = READY_MS_MAX, onSpawn, staging } = options;
  const storeBytesMax = options.storeBytesMax ?? (await storeBytesMaxFor(dataDir));
  staging.prepare();
  const whileStarting = () => staging.attend();
  return startProcess({
    ...{ binary: binary.path, confPath, dataDir, port, storeBytesMax, readyMsMax, signal, onSpawn, whileStarting },
  });
}

/** The port to start on: the one asked for, if nobody else listens there. */
async function choosePort({ port, portTaken, warn }: EmbeddedOptions): Promise<number> {
  if (port === 0) return freePort(HOST);
  if (await isFree(HOST, port)) return port;
  if (portTaken === 'refuse') {
    throw new LedgerlineError(
      'badConfiguration',
      `port ${port} of ${HOST} is taken; set LEDGERLINE_NATS_PORT to another one, or to 0 for any free one`,
      { port, host: HOST },
    );
  }
  warn(`port ${port} of ${HOST} is taken: NATS listens on a free one instead`);
  return freePort(HOST);
}
