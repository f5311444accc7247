/**
 * `ledgerline generation`: the log begun anew. Its past goes into an archive, which is proven before anything is removed;
 * positions, histories and projections go on. While no server runs; what was interrupted is finished by repeating the
 * command, or by the next start.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { Ledger } from '../composition/ledger.ts';
import { readConfig } from '../config.ts';
import { checkpointFilesIn, signingKey } from '../history/checkpoint-files.ts';
import type { KeptArchive } from '../log/archive/archives.ts';
import { type Plan, planFileIn, readPlan } from '../log/generation/plan.ts';
import { archiveBefore, planNext } from '../log/generation/plan-next.ts';
import { type Survey, survey } from '../log/generation/survey.ts';
import { OutsideConsumerAdmin } from '../log/outside-consumers.ts';
import { consumerNameOf } from '../log/outside-subjects.ts';
import { usableFolder } from '../nats/usable-folder.ts';
import { quarantinedPositions } from '../projector/quarantine.ts';
import { IN_FLIGHT } from '../subscribers/outside/outside-consumers.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { onLedger } from './offline.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends JsonFlag {
  readonly keep: number;
  readonly dryRun?: true;
  readonly leaveBehind?: true;
}

interface Prepared {
  readonly generation: number;
  readonly found: Survey;
  readonly consumers: Consumers;
  /** Undefined in a dry run. */
  readonly archive: KeptArchive | undefined;
}

interface Consumers {
  /** They go on after the seam. */
  readonly kept: Plan['consumers'];
  /** Those that have not acknowledged everything that is there for them. */
  readonly behind: readonly { readonly name: string; readonly unread: number }[];
  /** Made by other means than `ledgerline consumer`: they end with the stream. */
  readonly foreign: readonly string[];
}

/** The log has grown meanwhile, or the archive was damaged before anything was removed. */
const NOT_BEGUN = new CliFailure(
  EXIT.unavailable,
  'the log goes on as it was, since its archive was not all of it: repeat the command',
);
const DAY_MS = 24 * 3_600_000;

export function addGeneration(program: Command, terminal: Terminal): void {
  const generation = program.command('generation').description('begin the log anew, with its past in archives');
  const next = generation
    .command('new')
    .description('archive the log and begin its next generation; no server may be running on the folder')
    .option('--keep <days>', 'actors that ended less than so many days ago stay in the new stream', daysOf, 30)
    .option('--dry-run', 'only tell what would happen')
    .option('--leave-behind', 'also when NATS consumers have not read everything: they go on after the seam')
    .action((flags: Flags) => begin(terminal, flags));
  explained(withJson(next), [
    ['generation new --dry-run', 'what would be archived, and with how many actors it would go on'],
    ['generation new', 'of ./data, or of LEDGERLINE_DATA'],
    ['generation new --keep 0', 'nobody who has ended stays in the new stream'],
  ]);
}

function daysOf(text: string): number {
  if (!/^\d{1,5}(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be a number of days.');
  return Number(text);
}

async function begin(terminal: Terminal, flags: Flags): Promise<void> {
  const { dataDir } = readConfig(terminal.env, terminal.cwd);
  const planned = await readPlan(planFileIn(dataDir));
  if (planned !== undefined) return finish(terminal, flags, planned);
  const prepared = await onLedger(terminal, (ledger) => prepare(terminal, ledger, flags));
  if (flags.dryRun === true) return tell(terminal, flags, prepared, 'would be');
  const reached = await onLedger(terminal, async ({ log }) => log.generation.number);
  if (reached !== prepared.generation) throw NOT_BEGUN;
  tell(terminal, flags, prepared, 'were');
}

/** An earlier one was interrupted after its plan was made: opening the log carries it out. */
async function finish(terminal: Terminal, { json }: Flags, planned: Plan): Promise<void> {
  const { number, seam } = await onLedger(terminal, async ({ log }) => log.generation);
  if (number !== planned.generation) throw NOT_BEGUN;
  if (json === true) terminal.out(JSON.stringify({ generation: number, seam, finished: true }));
  else terminal.out(`generation ${number}, which had been interrupted, goes on after position ${seam}`);
}

async function prepare(terminal: Terminal, ledger: Ledger, flags: Flags): Promise<Prepared> {
  const { log, runtime, clock } = ledger;
  const { dataDir, archiveDir } = readConfig(terminal.env, terminal.cwd);
  if (flags.dryRun !== true) await runtime.sealEnd();
  await runtime.atRest();
  const found = await surveyed(terminal, ledger, archiveDir, flags.keep);
  const generation = log.generation.number + 1;
  if (found.first > found.last) {
    const message = `generation ${log.generation.number} holds nothing yet: there is nothing to archive`;
    throw new CliFailure(EXIT.failed, message, { code: 'nothingToArchive' });
  }
  const consumers = await consumersOf(ledger);
  if (flags.dryRun === true) return { generation, found, consumers, archive: undefined };
  if (consumers.behind.length > 0 && flags.leaveBehind !== true) throw behindFailure(consumers.behind);
  await usableFolder('LEDGERLINE_ARCHIVE', archiveDir);
  const bars = { archiving: terminal.progress('archiving'), checking: terminal.progress('checking') };
  const archive = await planNext({
    ...{ log, survey: found, archiveFolder: archiveDir, planFile: planFileIn(dataDir), consumers: consumers.kept },
    key: await signingKey(checkpointFilesIn(dataDir)),
    time: new Date(clock.now()).toISOString(),
    progress: (what, done, total) => bars[what].show(done, total),
  }).finally(() => {
    for (const bar of Object.values(bars)) bar.end();
  });
  return { generation, found, consumers, archive };
}

async function surveyed(
  terminal: Terminal,
  { log, runtime, kinds }: Ledger,
  folder: string,
  days: number,
): Promise<Survey> {
  const bar = terminal.progress('surveying');
  const { live } = runtime;
  const before = await archiveBefore(log, folder);
  const invalid = quarantinedPositions(live, log.generation.seam, live.position);
  const progress = (done: number, total: number) => bar.show(done, total);
  return survey({ log, before, invalid, kinds, keepMs: days * DAY_MS, progress }).finally(() => bar.end());
}

async function consumersOf({ servers, seed, access }: Ledger): Promise<Consumers> {
  const admin = await OutsideConsumerAdmin.open(servers, seed);
  try {
    const known = new Map((await admin.known()).map((consumer) => [consumer.name, consumer]));
    const own = new Set(access.grants.map(consumerNameOf));
    return {
      kept: access.grants.map(({ tenant, name, kinds }) => {
        const inFlight = known.get(consumerNameOf({ tenant, name, kinds }))?.inFlight ?? IN_FLIGHT;
        return { tenant, name, kinds: [...kinds], inFlight };
      }),
      behind: [...known.values()].filter(({ unread }) => unread > 0),
      foreign: [...known.keys()].filter((name) => !own.has(name)),
    };
  } finally {
    await admin.close();
  }
}

function behindFailure(behind: Consumers['behind']): CliFailure {
  const list = behind.map(({ name, unread }) => `${name} (${unread})`).join(', ');
  const message = `NATS consumers have records to acknowledge that will not be in the new stream: ${list}; let them, or say --leave-behind`;
  return new CliFailure(EXIT.failed, message, {
    code: 'consumersBehind',
    consumers: behind.map((one) => ({ ...one })),
  });
}

function tell(terminal: Terminal, { json, keep }: Flags, prepared: Prepared, verb: 'were' | 'would be'): void {
  const { generation, found, consumers, archive } = prepared;
  const { first, last, bytes, actors, carried } = found;
  if (json === true) {
    const { behind, foreign } = consumers;
    const made = archive === undefined ? { dryRun: true } : { archive: archive.folder };
    const counted = { records: last - first + 1, bytes, actors, begins: carried.size };
    terminal.out(JSON.stringify({ generation, seam: last, ...counted, behind, foreign, ...made }));
    return;
  }
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  const where = archive === undefined ? '' : ` in ${archive.folder}, and proven against the log`;
  terminal.out(`${last - first + 1} records (positions ${first} to ${last}, ${size}) ${verb} archived${where}`);
  const { living, endedKept, endedLeft } = actors;
  terminal.out(
    `${living} living actors, and ${endedKept} that ended in the last ${keep} days, ${verb} carried over; ${endedLeft} that ended before ${verb} left in the archive`,
  );
  for (const { name, unread } of consumers.behind)
    terminal.out(`NATS consumer ${name}: ${unread} records ${verb} left behind`);
  for (const name of consumers.foreign)
    terminal.out(`NATS consumer ${name}, not made by \`ledgerline consumer\`: ends with the old stream; make it again`);
  terminal.out(`generation ${generation} ${archive === undefined ? 'would go on' : 'goes on'} after position ${last}`);
}
