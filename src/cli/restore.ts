/**
 * `ledgerline restore`: an installation made out of a backup, in an empty data folder: the same records at the same positions.
 * All of the backup is proven before anything is made. What was interrupted is finished by repeating the command.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { backupAt, type KeptBackup, PARTS } from '../backup/backup.ts';
import { type CheckedBackup, checkBackup } from '../backup/check-backup.ts';
import { assertNoLog, type LayOut, layOut, restore } from '../backup/restore-backup.ts';
import { seedOf } from '../composition/outside-nats.ts';
import { type Config, readConfig } from '../config.ts';
import { checkpointFilesIn, publicKeyIn } from '../history/checkpoint-files.ts';
import { wrongText } from '../history/wording.ts';
import { Connection } from '../log/connection.ts';
import { openObjectStore } from '../log/object-store.ts';
import { OutsideConsumerAdmin } from '../log/outside-consumers.ts';
import { inOneStart, patiently } from '../log/patience.ts';
import { usableFolder } from '../nats/usable-folder.ts';
import { describeBackup } from './backup.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { loggerOf } from './offline.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends JsonFlag {
  readonly dryRun?: true;
  readonly publicKey?: string;
}

const REQUEST_MS_MAX = 30_000;

export function addRestore(program: Command, terminal: Terminal): void {
  const command = program
    .command('restore <folder>')
    .description('make an installation out of a backup, in an empty data folder; 1 when the backup is damaged')
    .option('--dry-run', 'only prove the backup')
    .option('--public-key <file>', 'the key it was signed with; else the one in the backup')
    .action((folder: string, flags: Flags) => restoreFrom(terminal, folder, flags));
  explained(withJson(command), [
    ['restore /mnt/backup/today', 'into ./data, or LEDGERLINE_DATA'],
    ['restore /mnt/backup/today --dry-run', 'whether it could be'],
  ]);
}

async function restoreFrom(terminal: Terminal, name: string, { json, dryRun, publicKey }: Flags): Promise<void> {
  const config = readConfig(terminal.env, terminal.cwd);
  const folder = resolve(terminal.cwd, name);
  const backup = await backupAt(folder);
  if (backup === undefined) throw wrongUse(`${folder} is no backup: it has no backup.json, which is written last`);
  const checked = await proven(terminal, config, backup, publicKey);
  const { problems } = checked;
  if (dryRun !== true && problems.length === 0) await made(terminal, config, { backup, checked });
  const { last, generation } = backup;
  if (json === true) terminal.out(JSON.stringify({ folder, log: backup.log, generation, last, problems }));
  else if (problems.length > 0) for (const problem of problems) terminal.out(coloured(terminal, 'red', problem));
  else terminal.out(`${dryRun === true ? `${folder} is whole:` : `${config.dataDir} holds`} ${describeBackup(backup)}`);
  if (problems.length > 0)
    throw new CliFailure(EXIT.failed, json === true ? '' : `${wrongText(problems.length)}: nothing was restored`);
}

async function proven(
  terminal: Terminal,
  { archiveDir }: Config,
  backup: KeptBackup,
  publicKey: string | undefined,
): Promise<CheckedBackup> {
  const own = checkpointFilesIn(join(backup.folder, PARTS.data)).publicKey;
  const keyFile = publicKey === undefined ? own : resolve(terminal.cwd, publicKey);
  const key = await publicKeyIn(keyFile);
  if (key === undefined && publicKey !== undefined) throw wrongUse(`there is no key at ${keyFile}`);
  const bar = terminal.progress('checking');
  const progress = (done: number, total: number) => bar.show(done, total);
  return checkBackup(backup, { archiveDir, key, progress }).finally(() => bar.end());
}

async function made(
  terminal: Terminal,
  config: Config,
  { backup, checked }: { readonly backup: KeptBackup; readonly checked: CheckedBackup },
): Promise<void> {
  const { dataDir, archiveDir, natsReplicas: replicas } = config;
  await usableFolder('LEDGERLINE_DATA', dataDir);
  if (checked.archives.length > 0) await usableFolder('LEDGERLINE_ARCHIVE', archiveDir);
  const bars = {
    archives: terminal.progress('archives'),
    records: terminal.progress('records'),
    files: terminal.progress('files'),
  };
  const progress = (what: keyof typeof bars, done: number, total: number) => bars[what].show(done, total);
  await using up = new AsyncDisposableStack();
  up.defer(() => {
    for (const bar of Object.values(bars)) bar.end();
  });
  const target = { backup, checked, dataDir, archiveDir, progress };
  const { openNats } = await import('../composition/ledger.ts');
  const io = { logger: loggerOf(terminal, 'error'), searchPath: terminal.env.PATH ?? '' };
  const waiting = (what: string) => terminal.err(`waiting for ${what}: NATS does not serve it yet`);
  await inOneStart(waiting, async () => {
    if (config.natsUrl !== undefined) await assertFreeServer(config.natsUrl, await seedOf(config), target);
    await layOut(target);
    const { servers, seed } = await openNats(config, io, up);
    const connection = await connected(servers, seed);
    up.defer(() => connection.close());
    const store = await openObjectStore({ servers, seed, replicas, mintId: randomUUID, now: () => Date.now() });
    up.defer(() => store.close());
    const consumers = await OutsideConsumerAdmin.open(servers, seed);
    up.defer(() => consumers.close());
    await patiently('the log that is restored', () => restore({ ...target, connection, store, consumers, replicas }));
  });
}

/** Before anything is laid out that would stay behind. Our own server needs that to start, and holds nothing then. */
async function assertFreeServer(
  servers: string,
  seed: string | undefined,
  target: Pick<LayOut, 'backup' | 'dataDir'>,
): Promise<void> {
  const connection = await connected(servers, seed);
  try {
    await patiently('the log that is restored', () => assertNoLog({ ...target, connection }));
  } finally {
    await connection.close();
  }
}

function connected(servers: string, seed: string | undefined): Promise<Connection> {
  return Connection.open({ servers, seed, name: 'ledgerline restore', requestMsMax: REQUEST_MS_MAX });
}
