/**
 * One nats-server process, from its start until it has gone. It runs in a process group of its own, so that Ctrl-C in
 * a terminal does not stop it before its parent has drained, and on a leash (leash.sh), so that it dies with its parent.
 * All waiting here is for a real process and therefore in real time, also where Ledgerline's clock is a manual one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasCode, LedgerlineError, messageOf } from '../errors.ts';
import { identityOf, isRunning, noteDown, notedIn } from './process-identity.ts';

export interface ServerStart {
  readonly binary: string;
  readonly confPath: string;
  readonly dataDir: string;
  /** 0: any free one. */
  readonly port: number;
  readonly storeBytesMax: number;
  readonly readyMsMax: number;
  /** Aborts the start, which then throws. */
  readonly signal?: AbortSignal | undefined;
  readonly onSpawn?: (() => void) | undefined;
  /** Called again and again until it is ready, the last time when it is. */
  readonly whileStarting?: (() => void) | undefined;
}

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** Base address of its monitoring endpoint. */
  readonly monitorUrl: string;
  /** Resolves with the reason, in words, once the process has gone. */
  readonly gone: Promise<string>;
  /** Whether it says itself that it is not healthy: one that met a full disk does, for as long as it runs. Silence says nothing. */
  saysUnhealthy(): Promise<boolean>;
  /** Resolves once it has read its configuration again. Throws `serverUnfit` when it does not take it. */
  reload(): Promise<void>;
  /** Resolves once it has gone: asked to end, and forced to after `STOP_MS_MAX`. */
  stop(): Promise<void>;
  /** Ends it at once: it writes nothing more. */
  kill(): void;
}

const POLL_MS = 10;
const STOP_MS_MAX = 10_000;
const RELOAD_MS_MAX = 5_000;
/** Of one question to the monitoring endpoint. */
const ANSWER_MS_MAX = 5_000;
/**
 * A server that takes clients has recovered what it can. One that still says after so long that it is not healthy has met
 * damage, and will say so for ever.
 */
const UNHEALTHY_MS_MAX = 3_000;
const STDERR_CHARS_KEPT = 4_000;
const LAST_ERRORS = 5;
const LEASH = fileURLToPath(new URL('leash.sh', import.meta.url));
const NOTE = 'server.json';
const LOG_FILE = 'nats-server.log';

/** Resolves when the server has recovered every stream and answers. Throws `unavailable`, with the server's own words. */
export async function startProcess(start: ServerStart): Promise<ServerProcess> {
  removePortsFiles(start.dataDir);
  const server = spawnOnLeash(start);
  start.onSpawn?.();
  try {
    const ready = await readiness(start, server);
    return {
      pid: server.pid,
      gone: server.gone,
      saysUnhealthy: async () => ![200, undefined].includes((await answerOf(`${ready.monitorUrl}/healthz`))?.status),
      reload: () => reload(server, ready),
      stop: () => endProcess(server),
      kill: () => void server.child.kill('SIGKILL'),
      ...ready,
    };
  } catch (error) {
    await endProcess(server);
    throw new LedgerlineError(
      'unavailable',
      [`nats-server did not start: ${messageOf(error)}`, ...lastWords(start.dataDir, server)].join('\n'),
      { binary: start.binary, dataDir: start.dataDir, port: start.port },
      error,
    );
  }
}

/** Ends the server that an earlier, killed process may have left on this folder; returns at once when there is none. */
export async function endOrphan(dataDir: string): Promise<void> {
  const orphan = notedIn(join(dataDir, NOTE));
  if (orphan === undefined || !isRunning(orphan)) return;
  // Its leash (leash.sh) has asked it to end already; asking again does no harm.
  signalTo(orphan.pid, 'SIGTERM');
  for (let waited = 0; isRunning(orphan); waited += POLL_MS) {
    if (waited >= STOP_MS_MAX) signalTo(orphan.pid, 'SIGKILL');
    await delay(POLL_MS);
  }
}

/** A process that has gone meanwhile needs no signal. */
function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

interface Leashed {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly gone: Promise<string>;
  /** What it wrote to stderr: before it had a log file, or when it crashed. */
  stderr(): string;
}

function spawnOnLeash({ binary, confPath, dataDir, port, storeBytesMax }: ServerStart): Leashed {
  // nats.conf reads both as values of its own language, where JSON's quotes and escapes hold too.
  const environment = [
    `LEDGERLINE_NATS_STORE=${JSON.stringify(dataDir)}`,
    `LEDGERLINE_NATS_STORE_MAX=${storeBytesMax}`,
  ];
  const args = ['-c', confPath, '-p', String(port === 0 ? -1 : port), '-l', join(dataDir, LOG_FILE)];
  const child = spawn('/bin/sh', [LEASH, 'env', ...environment, binary, ...args, '--ports_file_dir', dataDir], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  // Where it cannot be spawned it has no pid, which is what the next line looks at.
  child.on('error', () => {});
  if (child.pid === undefined) throw new LedgerlineError('unavailable', '/bin/sh cannot be started');
  const leash = child.stdio[3] as Writable;
  // Writing to it fails once the server has gone, and then there is nobody left to tell.
  leash.on('error', () => {});
  note(dataDir, child.pid);
  leash.write('go\n');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARS_KEPT);
  });
  const gone = once(child, 'exit').then(([code, signal]) => {
    leash.end('off\n');
    return signal === null ? `exit code ${code}` : String(signal);
  });
  return { pid: child.pid, child, gone, stderr: () => stderr.trim() };
}

/** For whoever comes after a process that was killed. */
function note(dataDir: string, pid: number): void {
  const identity = identityOf(pid);
  const descriptor = openSync(join(dataDir, NOTE), 'w');
  if (identity !== undefined) noteDown(descriptor, identity);
  closeSync(descriptor);
}

interface Ready {
  readonly port: number;
  readonly monitorUrl: string;
}

/** Polls until the server is ready; rejects when it ends, takes too long or is given up. */
async function readiness(
  { dataDir, readyMsMax, signal, whileStarting }: ServerStart,
  { pid, gone }: Leashed,
): Promise<Ready> {
  let ended: string | undefined;
  gone.then((reason) => {
    ended = reason;
  });
  const tooLate = AbortSignal.timeout(readyMsMax);
  let unhealthyMs = 0;
  for (;;) {
    if (ended !== undefined) throw new Error(`it ended with ${ended}`);
    if (tooLate.aborted) throw new Error(`it was not ready within ${readyMsMax} ms`);
    signal?.throwIfAborted();
    const ports = portsOf(dataDir, pid);
    const health = ports && (await answerOf(`${ports.monitorUrl}/healthz`));
    whileStarting?.();
    if (ports !== undefined && health?.status === 200) return ports;
    if (health !== undefined) unhealthyMs += POLL_MS;
    if (unhealthyMs >= UNHEALTHY_MS_MAX)
      throw new Error(`what it keeps in ${dataDir} is damaged, and must be restored: ${complaintIn(health?.body)}`);
    await delay(POLL_MS);
  }
}

function complaintIn(health = '{}'): string {
  return String((JSON.parse(health) as { readonly error?: string }).error);
}

/** Where the server answers that runs on this folder, for another process; undefined while there is none. */
export function addressOn(dataDir: string): string | undefined {
  const ports = portsOf(dataDir);
  return ports && `nats://127.0.0.1:${ports.port}`;
}

/** Undefined until the server has written the file, whole. An earlier one's is removed before the next starts. */
function portsOf(dataDir: string, pid?: number): Ready | undefined {
  const file = readdirSync(dataDir).find((name) => name.endsWith(pid === undefined ? '.ports' : `_${pid}.ports`));
  if (file === undefined) return undefined;
  try {
    const { nats, monitoring } = JSON.parse(readFileSync(join(dataDir, file), 'utf8'));
    return { port: Number(new URL(nats[0]).port), monitorUrl: new URL(monitoring[0]).origin };
  } catch {
    // Half written.
    return undefined;
  }
}

/** What the monitoring endpoint says; undefined when it says nothing, or not with 200. */
async function monitored(url: string): Promise<string | undefined> {
  const answer = await answerOf(url);
  return answer?.status === 200 ? answer.body : undefined;
}

/** Undefined where there is none. Not by `fetch`, whose first use costs a start 10 ms and 3 MB. */
async function answerOf(url: string): Promise<{ readonly status: number; readonly body: string } | undefined> {
  try {
    const asked = get(url, { agent: false, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await text(answer) };
  } catch {
    return undefined;
  }
}

async function reload({ pid, gone }: Leashed, { monitorUrl }: Ready): Promise<void> {
  let ended = false;
  gone.then(() => {
    ended = true;
  });
  let before: string | undefined;
  for (let waited = 0; !ended; waited += POLL_MS) {
    const loaded = await loadedAt(monitorUrl);
    if (loaded !== undefined && before === undefined) {
      before = loaded;
      signalTo(pid, 'SIGHUP');
    } else if (loaded !== undefined && loaded !== before) return;
    if (waited >= RELOAD_MS_MAX) {
      throw new LedgerlineError('serverUnfit', 'nats-server does not take its new configuration; its log says why', {});
    }
    await delay(POLL_MS);
  }
}

/** When the server last read its configuration, in its own words. */
async function loadedAt(monitorUrl: string): Promise<string | undefined> {
  const said = await monitored(`${monitorUrl}/varz`);
  return said === undefined ? undefined : (JSON.parse(said) as { readonly config_load_time?: string }).config_load_time;
}

async function endProcess({ child, gone }: Leashed): Promise<void> {
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(forced);
}

/** The server's own account of why it ended: stderr, and the last errors in its log. */
function lastWords(dataDir: string, { pid, stderr }: Leashed): string[] {
  const errors = readLog(dataDir)
    .split('\n')
    .filter((line) => line.startsWith(`[${pid}]`) && /\[(FTL|ERR)\]/.test(line))
    .slice(-LAST_ERRORS);
  return [stderr(), ...errors].filter((line) => line !== '');
}

function readLog(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, LOG_FILE), 'utf8');
  } catch {
    return '';
  }
}

/** A killed server leaves its file behind, and its pid may come again. */
function removePortsFiles(dataDir: string): void {
  for (const name of readdirSync(dataDir)) if (name.endsWith('.ports')) rmSync(join(dataDir, name), { force: true });
}
