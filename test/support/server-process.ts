/**
 * The real server in a process of its own, on a temporary folder and free ports: started as `npm start` does, killed as
 * the world does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Staging } from '../../src/nats/staging.ts';
import { eventually } from './eventually.ts';

export interface ServerProcess {
  readonly dataDir: string;
  /** Of the server as it runs now. */
  readonly url: string;
  readonly pid: number;
  /** Undefined while it runs, and when a signal ended it. */
  readonly exitCode: number | undefined;
  /** What it has printed so far, on both streams. */
  readonly output: string;
  /** Pid of its NATS child. */
  natsPid(): Promise<number>;
  /** SIGKILL to the Node process alone, and waits for the exit. */
  kill9(): Promise<void>;
  /** SIGTERM, and waits; the exit code. */
  stop(): Promise<number | null>;
  /** Starts on the same folder; resolves when `GET /healthz` answers 200, which one that stands by does too. */
  start(): Promise<void>;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
}

/** Plain JavaScript for old Nodes, so without types. */
export const { SERVER, SERVER_FLAGS, SERVER_ENVIRONMENT } = (await import(
  new URL('../../src/setup/server.mjs', import.meta.url).href
)) as {
  readonly SERVER: string;
  readonly SERVER_FLAGS: readonly string[];
  readonly SERVER_ENVIRONMENT: Readonly<Record<string, string>>;
};
const READY_MS_MAX = 90_000;

/** On a folder of its own unless `given` names one. Rejects as soon as a server ends that was never ready. */
export async function startServerProcess(
  env: Readonly<Record<string, string>> = {},
  given?: string,
): Promise<ServerProcess> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'ledgerline-server-')));
  let child: ChildProcess | undefined;
  let output = '';
  let url = '';

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  const server: ServerProcess = {
    dataDir,
    get url() {
      return url;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    get exitCode() {
      return child?.exitCode ?? undefined;
    },
    get output() {
      return output;
    },
    natsPid: async () =>
      (JSON.parse(await readFile(join(dataDir, 'nats', 'server.json'), 'utf8')) as { pid: number }).pid,
    kill9: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    start: async () => {
      const mine = {
        LEDGERLINE_DATA: dataDir,
        LEDGERLINE_PORT: '0',
        LEDGERLINE_NATS_PORT: '0',
        LEDGERLINE_LOG_LEVEL: 'warn',
      };
      const started = spawn(process.execPath, [...SERVER_FLAGS, SERVER], {
        env: { ...SERVER_ENVIRONMENT, ...process.env, ...mine, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        output += chunk.toString();
      };
      started.stdout.on('data', hear);
      started.stderr.on('data', hear);
      const gone = once(started, 'close').then(([code]) => {
        throw new Error(`the server ended with ${code} before it was ready: ${said}`);
      });
      const ready = eventually(
        'the server is ready',
        async () => {
          const found = /ledgerline (?:ready|standby) (http\S+)/.exec(said)?.[1];
          return found !== undefined && (await fetch(`${found}/healthz`)).ok ? found : undefined;
        },
        READY_MS_MAX,
      );
      // Who loses the race may fail later, unheard.
      for (const either of [gone, ready]) either.catch(() => undefined);
      url = await Promise.race([ready, gone]);
    },
    remove: async () => {
      await end('SIGKILL');
      new Staging({ dataDir: join(dataDir, 'nats'), memory: undefined, warn: () => undefined }).discard();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  try {
    await server.start();
  } catch (error) {
    if (given === undefined) await server.remove();
    throw error;
  }
  return server;
}
