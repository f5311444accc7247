/**
 * The ledger without a server before it, for commands that run while no server does. Whoever holds the data folder keeps
 * it: then these commands refuse and name the process.
 */
import { join } from 'node:path';
import { pino } from 'pino';
import { type Config, readConfig } from '../config.ts';
import type { Ledger } from '../ledger.ts';
import type { Terminal } from './terminal.ts';

/** Where the lock lies of whoever runs on this installation. */
export function lockedFolder({ dataDir, natsUrl }: Config): string {
  return natsUrl === undefined ? join(dataDir, 'nats') : dataDir;
}

/** Opens the ledger of the environment, works on it and closes it, also when the work throws. */
export async function onLedger<Result>(terminal: Terminal, work: (ledger: Ledger) => Promise<Result>): Promise<Result> {
  const { openLedger } = await import('../ledger.ts');
  const bar = terminal.progress('projecting');
  const ledger = await openLedger(readConfig(terminal.env, terminal.cwd), {
    logger: pino({ level: terminal.env.LEDGERLINE_LOG_LEVEL ?? 'error' }, pino.destination({ dest: 2, sync: true })),
    searchPath: terminal.env.PATH ?? '',
    progress: ({ done, total }) => bar.show(done, total),
  }).finally(() => bar.end());
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
