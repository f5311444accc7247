/**
 * `ledgerline verify`: proves the log of this installation: chains, whole commands, today's machines, signed checkpoints and,
 * while no server runs, the projections. Beside a running server it reads the log by a connection of its own.
 */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { kinds } from '../../machines/index.ts';
import { projections } from '../../projections/index.ts';
import { type Config, readConfig } from '../config.ts';
import { isFailure } from '../errors.ts';
import type { KeptLeaves } from '../history/checkpoint-check.ts';
import { checkpointFilesIn, publicKeyIn, readLeaves, SignedLines } from '../history/checkpoint-files.ts';
import { compareProjections, type TableDifference } from '../history/compare-projections.ts';
import { describeFinding } from '../history/finding.ts';
import { type VerifyReport, verify } from '../history/verify.ts';
import { countText, wrongText } from '../history/wording.ts';
import { type ArchiveProblem, describeProblem } from '../log/archive/archive-check.ts';
import { checkGenerations } from '../log/generation/check-generations.ts';
import { GenerationLog } from '../log/generation/generation-log.ts';
import type { Log } from '../log/log.ts';
import { gapIn } from '../log/log-failures.ts';
import { upcasting } from '../model/upcast.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { changeLines } from './diff.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { fileWords } from './file-words.ts';
import { assertBegun, logBeside, onLedger, onLog } from './offline.ts';
import { coloured, type Terminal } from './terminal.ts';

interface Flags extends JsonFlag {
  readonly checkpoints?: string;
  readonly publicKey?: string;
}

interface Verified {
  /** What is wrong with archives of older generations; undefined where there are none. */
  readonly archives: readonly ArchiveProblem[] | undefined;
  /** How the log disagrees with what is remembered of its end. */
  readonly behind?: string;
  /** Why the records could not be gone through to the end. */
  readonly broken?: string;
  readonly report: VerifyReport | undefined;
  readonly signed: SignedLines | undefined;
  /** Undefined where they were not compared. */
  readonly projections: readonly TableDifference[] | undefined;
}

export function addVerify(program: Command, terminal: Terminal): void {
  const command = program
    .command('verify')
    .description('prove the whole log, record by record; 1 when anything is wrong')
    .option('--checkpoints <file>', 'signed checkpoints kept elsewhere; else those of the data folder')
    .option('--public-key <file>', 'the key they were signed with; else that of the data folder')
    .action((flags: Flags) => verifyLog(terminal, flags));
  explained(withJson(command), [
    ['verify', 'of ./data, or of LEDGERLINE_DATA'],
    [
      'verify --checkpoints /mnt/worm/signed-checkpoints.jsonl --public-key /mnt/worm/key.pem',
      'against copies kept elsewhere',
    ],
    ['verify --json | jq .findings[0]', 'the first record that is not as it should be'],
  ]);
}

async function verifyLog(terminal: Terminal, { json, ...flags }: Flags): Promise<void> {
  const config = readConfig(terminal.env, terminal.cwd);
  assertBegun(config);
  const signed = await signedIn(config, terminal, flags);
  const log = await logBeside(config);
  const verified =
    log === undefined
      ? await whole(terminal, signed, config)
      : await check(terminal, log, signed, config).finally(() => log.close());
  const { report, behind, broken, archives, projections: tables } = verified;
  const wrong =
    (report?.found ?? 0) +
    (archives?.length ?? 0) +
    (tables?.length ?? 0) +
    (broken === undefined ? 0 : 1) +
    (behind === undefined ? 0 : 1) +
    (signed?.problem === undefined ? 0 : 1);
  if (json === true) terminal.out(JSON.stringify(jsonOf(verified)));
  else for (const line of linesOf(terminal, verified)) terminal.out(line);
  if (wrong > 0) throw new CliFailure(EXIT.failed, json === true ? '' : wrongText(wrong));
}

async function signedIn(
  { dataDir }: Config,
  terminal: Terminal,
  { checkpoints, publicKey }: Flags,
): Promise<SignedLines | undefined> {
  const own = checkpointFilesIn(dataDir);
  const keyFile = publicKey === undefined ? own.publicKey : resolve(terminal.cwd, publicKey);
  const key = await publicKeyIn(keyFile);
  if (key !== undefined) {
    const file = checkpoints === undefined ? own.lines : resolve(terminal.cwd, checkpoints);
    // Lines that were asked for and are not there would agree with anything.
    if (checkpoints !== undefined)
      await access(file).catch((error: unknown) => Promise.reject(wrongUse(fileWords(error))));
    return SignedLines.in(file, key);
  }
  if (checkpoints === undefined && publicKey === undefined) return undefined;
  throw wrongUse(`there is no key at ${keyFile}`);
}

/** A log that went backwards, or lacks a record, is served by nobody, but which of its records are gone can be said. */
async function whole(terminal: Terminal, signed: SignedLines | undefined, config: Config): Promise<Verified> {
  try {
    return await onLedger(terminal, (ledger) => alone(terminal, ledger, signed, config), { quiet: true });
  } catch (error) {
    if (!isFailure(error) || (error.code !== 'logBehind' && gapIn(error) === undefined)) throw error;
    const verified = await onLog(terminal, (log) => check(terminal, log, signed, config));
    return { ...verified, behind: error.message };
  }
}

async function alone(
  terminal: Terminal,
  { log, runtime }: Parameters<Parameters<typeof onLedger>[1]>[0],
  signed: SignedLines | undefined,
  config: Config,
): Promise<Verified> {
  const verified = await check(terminal, log, signed, config);
  // They are made of the records that cannot be read.
  if (verified.broken !== undefined || lacksRecords(verified)) return verified;
  const bar = terminal.progress('comparing');
  const progress = (done: number, total: number) => bar.show(done, total);
  const shown = upcasting(projections, kinds);
  const compared = await compareProjections({ log, projections: shown, kinds, live: runtime.live, progress }).finally(
    () => bar.end(),
  );
  return { ...verified, projections: compared };
}

async function check(terminal: Terminal, log: Log, signed: SignedLines | undefined, config: Config): Promise<Verified> {
  const archives = log instanceof GenerationLog ? await checkArchives(terminal, log, config) : undefined;
  const bar = terminal.progress('verifying');
  const progress = (done: number, total: number) => bar.show(done, total);
  const checkpoints = signed ?? [];
  const file = checkpointFilesIn(config.dataDir).leaves;
  const leaves: KeptLeaves = (range) => readLeaves(file, range);
  const found = { archives, signed, projections: undefined };
  try {
    return { ...found, report: await verify({ log, kinds, checkpoints, leaves, progress }) };
  } catch (error) {
    // A damaged or missing archive was named above; it also ends the reading of records.
    if (archives === undefined || archives.length === 0 || !isFailure(error)) throw error;
    return { ...found, report: undefined, broken: error.message };
  } finally {
    bar.end();
  }
}

async function checkArchives(
  terminal: Terminal,
  log: GenerationLog,
  { archiveDir, dataDir }: Config,
): Promise<readonly ArchiveProblem[]> {
  const bar = terminal.progress('checking archives');
  const progress = (done: number, total: number) => bar.show(done, total);
  const key = await publicKeyIn(checkpointFilesIn(dataDir).publicKey);
  return checkGenerations(log, { archiveFolder: archiveDir, key, progress }).finally(() => bar.end());
}

function lacksRecords({ report }: Verified): boolean {
  return report !== undefined && report.missing > 0;
}

function jsonOf({ archives, behind, broken, report, signed, projections: tables }: Verified): object {
  const problem = signed?.problem;
  return {
    ...report,
    ...(archives === undefined ? {} : { archives }),
    ...(behind === undefined ? {} : { behind }),
    ...(broken === undefined ? {} : { broken }),
    ...(problem === undefined ? {} : { checkpointFile: problem }),
    ...(tables === undefined ? {} : { projections: tables.map(({ table }) => table) }),
  };
}

function* linesOf(terminal: Terminal, verified: Verified): Generator<string> {
  const { archives, behind, broken, report, signed, projections: tables } = verified;
  if (behind !== undefined) yield coloured(terminal, 'red', behind);
  for (const problem of archives ?? []) yield coloured(terminal, 'red', describeProblem(problem));
  if (archives?.length === 0) yield 'the archives are whole, and the generations of the log go on from one another';
  if (broken !== undefined) yield coloured(terminal, 'red', `the records could not be gone through: ${broken}`);
  if (report !== undefined) yield* reportLines(terminal, report, signed);
  if (signed?.problem !== undefined) {
    const { line, problem } = signed.problem;
    yield coloured(terminal, 'red', `signed checkpoints, line ${line}: ${problem}`);
  }
  for (const { table } of tables ?? [])
    yield coloured(terminal, 'red', `table ${table} is not what the log says; rebuild it`);
  if (tables?.length === 0) yield 'the projections are those of a rebuild';
  else if (tables === undefined && (behind !== undefined || lacksRecords(verified)))
    yield 'the projections were not compared: they are made of records that this log does not hold';
  else if (tables === undefined && broken === undefined)
    yield 'the projections were not compared: a server is using them';
}

function* reportLines(terminal: Terminal, report: VerifyReport, signed: SignedLines | undefined): Generator<string> {
  const {
    upTo,
    commands,
    actors,
    findings,
    found,
    explained: older,
    void: parts,
    setBack,
    checkpoints,
    timers,
  } = report;
  yield `${upTo} records, ${commands} commands, ${actors} actors; ${countText(timers.armed, 'timer')} armed, ${timers.overdue} overdue`;
  for (const { machine, records, first } of older) {
    yield `${records} records of ${machine} would go otherwise today, the first at ${first}; their states stand`;
  }
  if (parts !== undefined)
    yield `${parts.records} records of incomplete commands, the first at ${parts.first}: void, never acknowledged, skipped by every reader`;
  if (setBack !== undefined)
    yield `${countText(setBack.records, 'record')} by which an operator set an actor back to an earlier version, the first at ${setBack.first}`;
  for (const finding of findings) {
    yield coloured(terminal, 'red', describeFinding(finding));
    yield* changeLines(
      terminal,
      finding.changes.map((change) => ({ ...change })),
    );
  }
  if (found > findings.length) yield `and ${found - findings.length} more`;
  if (signed === undefined) yield 'no checkpoint was ever signed here';
  else yield `${checkpoints.agreed} of ${signed.count} signed checkpoints agree, up to position ${checkpoints.upTo}`;
}
