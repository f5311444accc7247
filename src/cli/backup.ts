/**
 * `ledgerline backup`: all of an installation that cannot be made again, in a folder; beside a running server too. What came into
 * the log after the position it names is not in it.
 */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { KeptBackup } from '../backup/backup.ts';
import { writeBackup } from '../backup/write-backup.ts';
import { type Config, readConfig } from '../config.ts';
import { checkpointFilesIn, signingKey } from '../history/checkpoint-files.ts';
import { countText } from '../history/wording.ts';
import type { Log } from '../log/log.ts';
import { openObjectStore } from '../log/object-store.ts';
import { OutsideConsumerAdmin } from '../log/outside-consumers.ts';
import { grantsIn } from '../nats/access.ts';
import { makeFolder } from '../nats/usable-folder.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { wrongUse } from './exit.ts';
import { assertBegun, type NatsBeside, natsBeside, onLedger, openLogBeside } from './offline.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends JsonFlag {
  readonly archives: boolean;
}

export function addBackup(program: Command, terminal: Terminal): void {
  const command = program
    .command('backup <folder>')
    .description('write all that cannot be made again into an empty folder, also beside a running server')
    .option('--no-archives', 'leave out archived generations, which never change: a copy of them is kept elsewhere')
    .action((folder: string, flags: Flags) => backUp(terminal, folder, flags));
  explained(withJson(command), [
    ['backup /mnt/backup/today', 'of ./data, or of LEDGERLINE_DATA'],
    ['backup /mnt/backup/$(date +%F) --json', 'every night, from cron'],
  ]);
}

async function backUp(terminal: Terminal, name: string, { json, archives }: Flags): Promise<void> {
  const config = readConfig(terminal.env, terminal.cwd);
  assertBegun(config);
  const folder = resolve(terminal.cwd, name);
  await assertEmpty(folder);
  const write = (log: Log, nats: NatsBeside) => written(terminal, { config, folder, log, nats, archives });
  const nats = await natsBeside(config);
  const backup =
    nats === undefined
      ? await onLedger(terminal, (ledger) => write(ledger.log, ledger))
      : await withLog(await openLogBeside(config, nats), (log) => write(log, nats));
  if (json === true) {
    const { last, seam, generation, time, files } = backup;
    terminal.out(
      JSON.stringify({ folder, log: backup.log, generation, first: seam + 1, last, files: files.length, time }),
    );
  } else terminal.out(`${folder} holds ${describeBackup(backup)}`);
}

export async function assertEmpty(folder: string): Promise<void> {
  if ((await readdir(folder).catch(() => [])).length > 0) throw wrongUse(`${folder} is not empty`);
}

/** What is in it, in words. */
export function describeBackup({ last, seam, files, archives }: KeptBackup): string {
  const { manifests, areHere } = archives;
  const generations = countText(manifests.length, 'archived generation');
  const before = manifests.length === 0 ? '' : areHere ? `, ${generations}` : `, without ${generations}`;
  const where = last > seam ? `positions ${seam + 1} to ${last}` : `after position ${seam}`;
  return `${countText(last - seam, 'record')} (${where}), ${countText(files.length, 'file')}${before}`;
}

async function withLog<Result>(log: Log, work: (log: Log) => Promise<Result>): Promise<Result> {
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

interface Writing {
  readonly config: Config;
  readonly folder: string;
  readonly log: Log;
  readonly nats: NatsBeside;
  readonly archives: boolean;
}

async function written(terminal: Terminal, { config, folder, log, nats, archives }: Writing): Promise<KeptBackup> {
  const { dataDir, archiveDir } = config;
  const { servers, seed } = nats;
  await makeFolder(folder);
  const bars = {
    records: terminal.progress('records'),
    files: terminal.progress('files'),
    archives: terminal.progress('archives'),
  };
  await using up = new AsyncDisposableStack();
  up.defer(() => {
    for (const bar of Object.values(bars)) bar.end();
  });
  const store = await openObjectStore({ servers, seed, mintId: randomUUID, now: () => Date.now() });
  up.defer(() => store.close());
  const consumers = await OutsideConsumerAdmin.open(servers, seed);
  up.defer(() => consumers.close());
  return await writeBackup({
    ...{ folder, log, store, dataDir, archiveDir, consumers, withArchives: archives },
    grants: await grantsIn(join(dataDir, 'nats')),
    key: await signingKey(checkpointFilesIn(dataDir)),
    time: new Date().toISOString(),
    progress: (what, done, total) => bars[what].show(done, total),
  });
}
