/**
 * `ledgerline archive`: the archived generations of the log, and copies of the one that grows. None of it changes the log.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { checkpointFilesIn, publicKeyIn, signingKey } from '../history/checkpoint-files.ts';
import { wrongText } from '../history/wording.ts';
import { type CheckOptions, checkArchive, describeProblem } from '../log/archive/archive-check.ts';
import { archiveAt, archivesIn, type KeptArchive } from '../log/archive/archives.ts';
import { copyLog } from '../log/generation/copy-log.ts';
import type { Log } from '../log/log.ts';
import type { JsonObject } from '../model/json.ts';
import { makeFolder } from '../nats/usable-folder.ts';
import { assertEmpty } from './backup.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { logBeside, onLedger } from './offline.ts';
import { tableLines } from './table.ts';
import { coloured, type Terminal } from './terminal.ts';

interface CheckFlags extends JsonFlag {
  readonly publicKey?: string;
}

export function addArchive(program: Command, terminal: Terminal): void {
  const archive = program.command('archive').description('list, prove and write archives of the log');
  const list = archive.command('list').description('list the archived generations');
  list.action((flags: JsonFlag) => show(terminal, flags));
  explained(withJson(list), [['archive list', 'of ./data/archive, or of LEDGERLINE_ARCHIVE']]);
  const check = archive
    .command('check [folder]')
    .description('prove archives against their manifests, byte by byte; 1 when anything is wrong')
    .option('--public-key <file>', 'the key they were signed with; else that of the data folder')
    .action((folder: string | undefined, flags: CheckFlags) => prove(terminal, folder, flags));
  explained(withJson(check), [
    ['archive check', 'all archived generations'],
    ['archive check /mnt/tape/generation-3 --public-key /mnt/worm/key.pem', 'a copy kept elsewhere'],
  ]);
  const write = archive
    .command('write <folder>')
    .description(
      'write what is in the log now, and in no archive yet, into an empty folder, also beside a running server',
    )
    .action((folder: string, flags: JsonFlag) => copy(terminal, folder, flags));
  explained(withJson(write), [['archive write /mnt/backup/today', 'a copy that can be checked anywhere']]);
}

async function show(terminal: Terminal, { json }: JsonFlag): Promise<void> {
  const { archiveDir } = readConfig(terminal.env, terminal.cwd);
  const rows = (await archivesIn(archiveDir)).map(rowOf);
  if (json === true) for (const row of rows) terminal.out(JSON.stringify(row));
  else if (rows.length === 0) terminal.err('none');
  else for (const line of tableLines(terminal, rows)) terminal.out(line);
}

function rowOf({ folder, manifest, signed }: KeptArchive): JsonObject {
  const { generation, first, last, time, records, subjects, genesis, log } = manifest;
  const bytes = [...records, subjects, ...(genesis === null ? [] : [genesis])].reduce(
    (sum, file) => sum + file.bytes,
    0,
  );
  const carried = genesis?.lines ?? null;
  return { id: generation, first, last, carried, bytes, time, signed: signed !== undefined, log, folder };
}

async function prove(terminal: Terminal, folder: string | undefined, { json, publicKey }: CheckFlags): Promise<void> {
  const { archiveDir, dataDir } = readConfig(terminal.env, terminal.cwd);
  const keyFile = publicKey === undefined ? checkpointFilesIn(dataDir).publicKey : resolve(terminal.cwd, publicKey);
  const key = await publicKeyIn(keyFile);
  if (key === undefined && publicKey !== undefined)
    throw new CliFailure(EXIT.usage, `there is no key at ${keyFile}`, { code: 'usage' });
  const archives = folder === undefined ? await archivesIn(archiveDir) : [await given(resolve(terminal.cwd, folder))];
  let wrong = 0;
  for (const [index, archive] of archives.entries()) {
    const { generation, first, last } = archive.manifest;
    const bar = terminal.progress(`checking generation ${generation}`);
    const before = folder === undefined ? archives[index - 1] : await neighbour(archive);
    const progress = (done: number, total: number) => bar.show(done, total);
    const problems = await checkArchive(archive, { before, key, progress }).finally(() => bar.end());
    wrong += problems.length;
    if (json === true) terminal.out(JSON.stringify({ generation, first, last, folder: archive.folder, problems }));
    else if (problems.length === 0)
      terminal.out(`generation ${generation}: ${last - first + 1} records, as they were written`);
    else for (const problem of problems) terminal.out(coloured(terminal, 'red', describeProblem(problem)));
  }
  if (archives.length === 0 && json !== true) terminal.err('none');
  if (wrong > 0) throw new CliFailure(EXIT.failed, json === true ? '' : wrongText(wrong));
}

async function given(folder: string): Promise<KeptArchive> {
  const archive = await archiveAt(folder);
  if (archive !== undefined) return archive;
  throw new CliFailure(EXIT.usage, `${folder} is no archive: it has no manifest`, { code: 'usage' });
}

/** The archive before it, where both lie in one folder. */
async function neighbour({ folder, manifest }: KeptArchive): Promise<CheckOptions['before']> {
  if (manifest.previous === null) return undefined;
  const others = await archivesIn(resolve(folder, '..'));
  return others.find(({ sha256 }) => sha256 === manifest.previous) ?? 'elsewhere';
}

async function copy(terminal: Terminal, name: string, { json }: JsonFlag): Promise<void> {
  const config = readConfig(terminal.env, terminal.cwd);
  const folder = resolve(terminal.cwd, name);
  await assertEmpty(folder);
  const beside = await logBeside(config);
  const archive =
    beside === undefined
      ? await onLedger(terminal, ({ log }) => written(terminal, log, folder))
      : await written(terminal, beside, folder).finally(() => beside.close());
  const { first, last } = archive.manifest;
  if (json === true) terminal.out(JSON.stringify(rowOf(archive)));
  else terminal.out(`${last - first + 1} records (positions ${first} to ${last}) are in ${folder}`);
}

async function written(terminal: Terminal, log: Log, folder: string): Promise<KeptArchive> {
  const { archiveDir, dataDir } = readConfig(terminal.env, terminal.cwd);
  await makeFolder(folder);
  const bar = terminal.progress('archiving');
  const archive = await copyLog({
    ...{ log, folder, archiveFolder: archiveDir, time: new Date().toISOString() },
    key: await signingKey(checkpointFilesIn(dataDir)),
    progress: (done, total) => bar.show(done, total),
  }).finally(() => bar.end());
  if (archive !== undefined) return archive;
  throw new CliFailure(EXIT.failed, 'the log holds nothing that is in no archive', { code: 'nothingToArchive' });
}
