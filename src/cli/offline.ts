/**
 * The ledger without a server before it, for commands that run while no server does. Whoever holds the data folder keeps
 * it: then these commands refuse and name the process.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { Ledger } from '../composition/ledger.ts';
import { type Config, readConfig } from '../config.ts';
import { LedgerlineError } from '../errors.ts';
import { openWholeLog } from '../log/generation/whole-log.ts';
import type { Log } from '../log/log.ts';
import { inOneStart } from '../log/patience.ts';
import { holderOf } from '../nats/folder-lock.ts';
import { readSeed } from '../nats/key-file.ts';
import { addressOn } from '../nats/server-process.ts';
import { wrongUse } from './exit.ts';
import type { Terminal } from './terminal.ts';

/** Nobody waits for these but who typed them, and a server whose disk is busy may be late. */
const REQUEST_MS_MAX = 30_000;

export type NatsBeside = Pick<Ledger, 'servers' | 'seed'>;

/** Where the lock lies of whoever runs on this installation. */
export function lockedFolder({ dataDir, natsUrl }: Config): string {
  return natsUrl === undefined ? join(dataDir, 'nats') : dataDir;
}

/**
 * Opens the ledger of the environment, works on it and closes it, also when the work throws. One is begun where there is
 * none only for who says so: proving or archiving a log that was never written is a folder mistaken for another.
 * Quiet: what is wrong with records is for the work to say.
 */
export async function onLedger<Result>(
  terminal: Terminal,
  work: (ledger: Ledger) => Promise<Result>,
  { where = 'exists', quiet = false }: { readonly where?: 'exists' | 'begins'; readonly quiet?: boolean } = {},
): Promise<Result> {
  const config = readConfig(terminal.env, terminal.cwd);
  if (where === 'exists') assertBegun(config);
  const { openLedger } = await import('../composition/ledger.ts');
  const bar = terminal.progress('projecting');
  const beginning = terminal.progress('beginning a generation');
  const io = {
    logger: loggerOf(terminal, quiet ? 'fatal' : 'error'),
    searchPath: terminal.env.PATH ?? '',
    progress: ({ done, total }: { readonly done: number; readonly total: number }) => bar.show(done, total),
    beginning: (done: number, total: number) => beginning.show(done, total),
  };
  const ledger = await inOneStart(
    (what) => terminal.err(`waiting for ${what}: NATS does not serve it yet`),
    () => openLedger(config, io),
  ).finally(() => {
    beginning.end();
    bar.end();
  });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** The log alone of the embedded server, without what is remembered of it and made of it: for a log that went backwards. */
export async function onLog<Result>(terminal: Terminal, work: (log: Log) => Promise<Result>): Promise<Result> {
  const config = readConfig(terminal.env, terminal.cwd);
  const { startOwnNats } = await import('../composition/own-nats.ts');
  const io = { logger: loggerOf(terminal, 'fatal'), searchPath: terminal.env.PATH ?? '' };
  const { server, access } = await startOwnNats(config, io).ready;
  try {
    const options = { servers: server.url, seed: access.seed, name: 'ledgerline alone', mintId: randomUUID };
    const log = await openWholeLog({ ...options, requestMsMax: REQUEST_MS_MAX }, config.archiveDir);
    return await work(log).finally(() => log.close());
  } finally {
    await server.stop();
  }
}

/** On standard error. */
export function loggerOf({ env }: Terminal, least: 'error' | 'fatal'): Logger {
  return pino({ level: env.LEDGERLINE_LOG_LEVEL ?? least }, pino.destination({ dest: 2, sync: true }));
}

/** Throws, as wrong use, where no log was ever begun; to be called before anything is made there. */
export function assertBegun({ natsUrl, dataDir }: Config): void {
  if (natsUrl !== undefined || existsSync(join(dataDir, 'nats'))) return;
  throw wrongUse(`there is no log in ${dataDir}; LEDGERLINE_DATA names the data folder`);
}

/** The log of a server that runs, by a connection of its own; undefined when the folder is free, and `onLedger` the way. */
export async function logBeside(config: Config): Promise<Log | undefined> {
  const nats = await natsBeside(config);
  return nats && openLogBeside(config, nats);
}

/** Where the log of a server that runs is kept, and the key to it; undefined when the folder is free. */
export async function natsBeside({ natsUrl, natsKeyFile, dataDir }: Config): Promise<NatsBeside | undefined> {
  const folder = join(dataDir, 'nats');
  if (natsUrl === undefined && (await holderOf(folder)) === undefined) return undefined;
  const keyFile = natsUrl === undefined ? join(folder, 'ledger.nk') : natsKeyFile;
  const seed = keyFile === undefined ? undefined : await readSeed(keyFile);
  return { servers: natsUrl ?? embeddedUrl(folder), seed };
}

export function openLogBeside({ archiveDir }: Config, nats: NatsBeside): Promise<Log> {
  const options = { ...nats, name: 'ledgerline beside', mintId: randomUUID, requestMsMax: REQUEST_MS_MAX };
  return openWholeLog(options, archiveDir);
}

function embeddedUrl(folder: string): string {
  const url = addressOn(folder);
  if (url === undefined) throw new LedgerlineError('unavailable', `the NATS server of ${folder} does not run just now`);
  return url;
}
