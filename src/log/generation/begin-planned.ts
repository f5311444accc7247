/**
 * Begins the generation that was planned, if one was: called by whoever opens the log, while it is his alone. Afterwards
 * the stream is of that generation, consumers outside go on after the seam, and the plan is gone.
 */
import { LedgerlineError } from '../../errors.ts';
import { checkFiles, describeProblem } from '../archive/archive-check.ts';
import { archiveAt, archiveFolder, type KeptArchive } from '../archive/archives.ts';
import { Connection } from '../connection.ts';
import { OutsideConsumerAdmin } from '../outside-consumers.ts';
import { patiently } from '../patience.ts';
import { forgetPlan, type Plan, readPlan, writePlan } from './plan.ts';
import { reopenOld, type SwitchStep, switchStream } from './switch-stream.ts';

export type BeginStep = SwitchStep | 'consumers';

export interface BeginOptions {
  readonly planFile: string;
  readonly archiveFolder: string;
  readonly servers: string;
  readonly seed: string | undefined;
  readonly progress?: (done: number, total: number) => void;
  /** Told after each step; what it throws ends the work there, as a crash would. */
  readonly reached?: (step: BeginStep) => void;
}

const REQUEST_MS_MAX = 30_000;

/** Why the plan was dropped: nothing of it had begun, and the log goes on as it was. */
export interface Dropped {
  readonly dropped: string;
}

/**
 * The generation that began; undefined when none was planned. The plan is dropped when the log has grown since, or its
 * archive is not what it was, as long as the old stream is there. Throws `unavailable` when trying again did not help,
 * `recordInvalid` or `logBehind` when something is missing without which there is no log.
 */
export function beginPlanned(options: BeginOptions): Promise<number | Dropped | undefined> {
  // Each try goes on where the one before came to: a cluster elects, or clears the folder of the old stream.
  return patiently('the generation of the log that was planned', () => goOn(options));
}

async function goOn(options: BeginOptions): Promise<number | Dropped | undefined> {
  const { planFile } = options;
  const plan = await readPlan(planFile);
  if (plan === undefined) return undefined;
  const problem = await archiveProblem(options, plan);
  const { servers, seed } = options;
  const name = 'ledgerline generation';
  const connection = await Connection.open({ servers, seed, name, requestMsMax: REQUEST_MS_MAX });
  let dropped: string | undefined;
  try {
    dropped = await carryOut(options, plan, { connection, problem });
  } finally {
    await connection.close();
  }
  if (dropped === undefined) {
    await resume(options, plan);
    options.reached?.('consumers');
  }
  await forgetPlan(planFile);
  return dropped === undefined ? plan.generation : { dropped };
}

/** Why it was not done: then the log goes on as it was. */
async function carryOut(
  { planFile, archiveFolder: folder, progress, reached }: BeginOptions,
  plan: Plan,
  { connection, problem }: { readonly connection: Connection; readonly problem: string | undefined },
): Promise<string | undefined> {
  const archive = await archiveAt(archiveFolder(folder, plan.generation - 1));
  if (archive === undefined || problem !== undefined) {
    await reopenOld({ connection, plan });
    return problem ?? 'its archive is gone';
  }
  const begin = (begun: { readonly replicas: number }) => writePlan(planFile, { ...plan, begun });
  const told = { ...(progress === undefined ? {} : { progress }), ...(reached === undefined ? {} : { reached }) };
  const outcome = await switchStream({ connection, plan, archive, begin, ...told });
  return outcome === 'grown' ? 'the log has grown since it was archived' : undefined;
}

/** Looked at while the log itself is still there; afterwards the archive is the log, and a problem with it is a failure. */
async function archiveProblem({ archiveFolder: folder }: BeginOptions, plan: Plan): Promise<string | undefined> {
  const own = archiveFolder(folder, plan.generation - 1);
  const archive = await archiveAt(own);
  const problem =
    archive?.sha256 === plan.archive ? await damageIn(archive, plan) : `${own} is not the archive it was planned with`;
  if (problem === undefined || plan.begun === undefined) return problem;
  const message = `generation ${plan.generation} of the log cannot begin: ${problem}; bring it back`;
  throw new LedgerlineError('recordInvalid', message, { folder: own, sha256: plan.archive });
}

async function damageIn(archive: KeptArchive, { begun }: Plan): Promise<string | undefined> {
  const [problem] = begun === undefined ? await checkFiles(archive) : [];
  return problem === undefined ? undefined : describeProblem(problem);
}

async function resume({ servers, seed }: BeginOptions, { consumers, seam }: Plan): Promise<void> {
  if (consumers.length === 0) return;
  const admin = await OutsideConsumerAdmin.open(servers, seed);
  try {
    for (const { inFlight, ...scope } of consumers) await admin.begin(scope, { after: seam, inFlight });
  } finally {
    await admin.close();
  }
}
