/**
 * The server process: reads the environment, opens the ledger, opens the centre on it, says so, and goes down in order on
 * SIGTERM or SIGINT with exit code 0, at once while it still starts. What cannot start says why in one line and exits with 1.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type Logger, pino } from 'pino';
import { keepCompiled } from './compiled.ts';
import { readCertificate } from './composition/certificate.ts';
import { startOwnNats } from './composition/own-nats.ts';
import { projectingThreads } from './composition/projecting-threads.ts';
import { type Config, isPlainToOthers, readConfig } from './config.ts';
import { isFailure, isOfFile, type LedgerlineError } from './errors.ts';
import { inOneStart } from './log/patience.ts';
import { progressBar } from './progress-bar.ts';

/**
 * Halves what buffers outside the heap may amount to before they alone are a reason to collect (64 MB, which an upload
 * leaves behind in a second). V8 looks at it whenever one is made; a Node that knows no such flag says so and goes on.
 */
const BUFFERS_BOUND = '--scavenger-max-new-space-capacity-mb=8';

/** What takes longer waits for something that may never come, such as room on a disk: the next start goes on with it. */
const CLOSE_MS_MAX = 30_000;

const EMPTY =
  'the log is empty: stop this, and `npx ledgerline init <tenant>` makes the first administrator and tenant';

const PLAIN =
  'other machines are served over plain http, passwords and tokens with it: set LEDGERLINE_TLS_CERT, or put a proxy in front';

/** Serves until a signal comes; resolves with the exit code. */
export async function serve(): Promise<number> {
  setFlagsFromString(BUFFERS_BOUND);
  let closeAll: () => Promise<void> = async () => undefined;
  const asked = Promise.withResolvers<void>();
  // npm may deliver a signal two or three times; while going down that changes nothing.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => asked.resolve());
  try {
    const config = readConfig(process.env, process.cwd());
    const started = await Promise.race([start(config), asked.promise]);
    // A start may be cut anywhere: the next one goes on with it.
    if (started === undefined) process.exit(0);
    const { broken, close } = started;
    closeAll = close;
    await Promise.race([asked.promise, broken]);
    return await ended(closeAll(), 0);
  } catch (error) {
    process.stderr.write(`ledgerline: ${inspect(error)}\n`);
    return await ended(
      closeAll().catch(() => undefined),
      1,
    );
  }
}

/** The exit code, once all is closed; when that takes too long, at once. */
async function ended(closing: Promise<void>, code: number): Promise<number> {
  const isClosed = closing.then(() => true);
  if (await Promise.race([isClosed, delay(CLOSE_MS_MAX, false, { ref: false })])) return code;
  process.stderr.write('ledgerline: not all that was under way has ended; the next start goes on with it\n');
  process.exit(code);
}

interface Started {
  close(): Promise<void>;
  /** Rejects when there is no use in going on: the log is followed no more, or another process writes it. */
  readonly broken: Promise<void>;
}

function start(config: Config): Promise<Started> {
  const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  return inOneStart(
    (what) => logger.warn(`waiting for ${what}: NATS does not serve it yet`),
    () => opened(config, logger),
  );
}

async function opened(config: Config, logger: Logger): Promise<Started> {
  const tls = config.tls === undefined ? {} : { tls: await readCertificate(config.tls) };
  const searchPath = process.env.PATH ?? '';
  const nats = config.natsUrl === undefined ? startOwnNats(config, { logger, searchPath }) : undefined;
  void nats?.ready.then(({ server }) => server.lost).then(endAtOnce, () => undefined);
  // Only now: all this is loaded while the server recovers its log and the thread comes up, which have a core of their own.
  await nats?.begun;
  const spare = projectingThreads();
  spare.begin();
  const [{ openLedger }, { openCentre }, { createMetrics }] = await Promise.all([
    import('./composition/ledger.ts'),
    import('./composition/centre.ts'),
    import('./server/metrics.ts'),
  ]);
  const metrics = createMetrics();
  const bar = progressBar(process.stderr, 'projecting');
  const beginning = progressBar(process.stderr, 'beginning a generation');
  const ledger = await openLedger(config, {
    logger,
    searchPath,
    ...(nats === undefined ? {} : { nats: nats.ready }),
    standsBy: config.standsBy !== 'no',
    spare,
    progress: ({ done, total }) => bar.show(done, total),
    beginning: (done, total) => beginning.show(done, total),
    onBatch: (records, commands) => metrics.appended(records, commands),
  });
  beginning.end();
  bar.end();
  const demoBar = progressBar(process.stderr, 'loading the demo');
  try {
    const centre = await openCentre(config, ledger, {
      ...tls,
      logger,
      metrics,
      version: await versionOf(),
      nowMs: () => performance.now(),
      demoProgress: (done, total) => demoBar.show(done, total),
    });
    const { ports, begun } = centre;
    const { standby, runtime } = ledger;
    if (standby !== undefined) say(`ledgerline standby ${addressesOf(config, ports)}`);
    const served = begun.then(() => {
      demoBar.end();
      const { isTTY } = process.stdout;
      say(...greeting(config, { ports, position: runtime.live.position, isTTY }));
    });
    if (standby === undefined) await served;
    keepCompiled();
    return {
      broken: Promise.race([ledger.ended, served.then(() => ledger.ended)]),
      close: async () => {
        await centre.close();
        await ledger.close();
      },
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** Who goes down in order writes into a folder that may be somebody else's by now. */
function endAtOnce({ message }: LedgerlineError): never {
  process.stderr.write(`ledgerline: ${message}\n`);
  process.exit(1);
}

/** What is said once requests are served: one line for programs, and what people who see it want to know next. */
export function greeting(
  config: Addressed & Pick<Config, 'proxies'>,
  { ports, position, isTTY }: { readonly ports: readonly number[]; readonly position: number; readonly isTTY: boolean },
): readonly string[] {
  return [
    `ledgerline ready ${addressesOf(config, ports)}`,
    ...(isTTY ? [`the console is at ${addressesOf(config, ports.slice(0, 1))}/console; Ctrl-C ends the server`] : []),
    ...(isPlainToOthers(config) ? [PLAIN] : []),
    ...(position === 0 ? [EMPTY] : []),
  ];
}

type Addressed = Pick<Config, 'tls' | 'host'>;

/** With blanks between them. */
function addressesOf({ tls, host }: Addressed, ports: readonly number[]): string {
  const origin = `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}`;
  return ports.map((port) => `${origin}:${port}`).join(' ');
}

async function versionOf(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** One line for what an operator can mend, all that is known for what he cannot. */
function inspect(error: unknown): string {
  if (isFailure(error) || isOfFile(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

if (import.meta.main) process.exitCode = await serve();
