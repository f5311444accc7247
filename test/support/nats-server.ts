/**
 * A real nats-server with our nats.conf, for tests: on a temporary folder and a port of its own choice that it keeps
 * over restarts; it stages batches as the embedded server does; it ends with the test process. Every way to go down is a method.
 * The binary is LEDGERLINE_NATS_BIN, else nats-server on the PATH.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { freePort } from '../../src/nats/free-port.ts';
import { Staging } from '../../src/nats/staging.ts';
import { eventually } from './eventually.ts';

const CONF = join(import.meta.dirname, '../../nats.conf');

/** For a test's own requests: under load a server may answer late. */
export const PATIENT = { timeout: 60_000 };

export interface NatsServer {
  readonly url: string;
  /** The folder it keeps its streams in, in a folder per account. */
  readonly streams: string;
  /** SIGTERM, and waits for the exit. */
  stop(): Promise<void>;
  /** SIGKILL, and waits for the exit. */
  kill9(): Promise<void>;
  /** Starts again on the same folder and port; resolves when every stream is recovered. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void;
  resume(): void;
  /** To be called once the log is made: from then on its batches are staged in memory. */
  stage(): void;
  /** Adds this to nats.conf, instead of what was added before, and makes the running server read it. */
  configure(text: string): Promise<void>;
  /** Copies the store as it is into a new folder and returns a function that puts the copy back; both while stopped. */
  backUp(): Promise<() => Promise<void>>;
  /** Stops the server if it runs and removes its folder. */
  remove(): Promise<void>;
}

/** `text` is added to nats.conf. */
export async function startNatsServer(text = ''): Promise<NatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-nats-'));
  const store = join(folder, 'store');
  const staging = new Staging({ dataDir: store, memory: process.env.LEDGERLINE_NATS_STAGING ?? '/dev/shm', warn });
  await mkdir(store);
  await writeConf(folder, text);
  const port = await freePort('127.0.0.1');
  let running = await launch(folder, port, staging);
  const { url } = running;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT');
    await exited;
  }

  return {
    url,
    streams: join(store, 'jetstream'),
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    restart: async () => {
      running = await launch(folder, port, staging);
    },
    stage: () => staging.attend(),
    configure: async (added) => {
      await writeConf(folder, added);
      // As src/nats/embedded.ts does: only the second reading connects what new accounts import.
      for (const _ of ['make', 'connect']) await reload(running);
    },
    pause: () => void running.child.kill('SIGSTOP'),
    resume: () => void running.child.kill('SIGCONT'),
    backUp: async () => {
      const copy = await mkdtemp(join(folder, 'copy-'));
      await cp(store, copy, { recursive: true });
      return async () => {
        await rm(store, { recursive: true });
        await cp(copy, store, { recursive: true });
      };
    },
    remove: async () => {
      await end('SIGKILL');
      staging.discard();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function warn(message: string): void {
  throw new Error(message);
}

interface Launched extends Addresses {
  readonly child: ChildProcess;
}

interface Addresses {
  readonly url: string;
  readonly monitoring: string;
}

const CONF_FILE = 'server.conf';

async function writeConf(folder: string, text: string): Promise<void> {
  await writeFile(join(folder, CONF_FILE), `include ${JSON.stringify(relative(folder, CONF))}\n${text}\n`);
}

async function reload({ child, monitoring }: Launched): Promise<void> {
  const loadedAt = async () =>
    ((await (await fetch(`${monitoring}/varz`)).json()) as { readonly config_load_time: string }).config_load_time;
  const before = await loadedAt();
  child.kill('SIGHUP');
  await eventually('the configuration is read', async () => ((await loadedAt()) === before ? undefined : true));
}

async function launch(folder: string, port: number, staging: Staging): Promise<Launched> {
  staging.prepare();
  const child = spawn(
    process.env.LEDGERLINE_NATS_BIN ?? 'nats-server',
    ['-c', join(folder, CONF_FILE), '-p', String(port), '--ports_file_dir', folder],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        LEDGERLINE_NATS_STORE: JSON.stringify(join(folder, 'store')),
        LEDGERLINE_NATS_STORE_MAX: '4GB',
      },
    },
  );
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output = (output + chunk).slice(-4000);
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  try {
    return { child, ...(await Promise.race([ready(child, folder, staging), failed])) };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`nats-server did not start\n${output}`, { cause: error });
  }
}

/** Where it is, once /healthz says that every stream is recovered. */
async function ready(child: ChildProcess, folder: string, staging: Staging): Promise<Addresses> {
  const suffix = `_${child.pid}.ports`;
  return eventually('nats-server is healthy', async () => {
    const file = (await readdir(folder)).find((name) => name.endsWith(suffix));
    if (file === undefined) return undefined;
    const ports: { nats: [string]; monitoring: [string] } = JSON.parse(await readFile(join(folder, file), 'utf8'));
    const [[url], [monitoring]] = [ports.nats, ports.monitoring];
    const isReady = (await fetch(`${monitoring}/healthz`)).ok;
    staging.attend();
    return isReady ? { url, monitoring } : undefined;
  });
}
