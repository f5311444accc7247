/**
 * Begins the generation that was planned, if one was: called by whoever opens the log, while it is his alone. Afterwards
 * the stream is of that generation, consumers outside go on after the seam, and the plan is gone.
 */
import { LedgerlineError } from '../../errors.ts';
import { archiveAt, archiveFolder, type KeptArchive } from '../archive/archives.ts';
import { Connection } from '../connection.ts';
import { OutsideConsumerAdmin } from '../outside-consumers.ts';
import { forgetPlan, type Plan, readPlan, writePlan } from './plan.ts';
import { type SwitchStep, switchStream } from './switch-stream.ts';

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

/**
 * The generation that began; undefined when none was planned; `grown` when the log has more in it than was archived: it goes
 * on as it was, and the plan is dropped. Throws `unavailable` when it should be tried again, `recordInvalid` or `logBehind`
 * when something is missing.
 */
export async function beginPlanned(options: BeginOptions): Promise<number | 'grown' | undefined> {
  const { planFile, servers, seed, progress, reached } = options;
  const plan = await readPlan(planFile);
  if (plan === undefined) return undefined;
  const archive = await archiveOf(options, plan);
  const connection = await Connection.open({
    servers,
    seed,
    name: 'ledgerline generation',
    requestMsMax: REQUEST_MS_MAX,
  });
  try {
    const begin = (begun: { readonly replicas: number }) => writePlan(planFile, { ...plan, begun });
    const told = { ...(progress === undefined ? {} : { progress }), ...(reached === undefined ? {} : { reached }) };
    const outcome = await switchStream({ connection, plan, archive, begin, ...told });
    if (outcome === 'grown') {
      await forgetPlan(planFile);
      return outcome;
    }
  } finally {
    await connection.close();
  }
  await resume(options, plan);
  reached?.('consumers');
  await forgetPlan(planFile);
  return plan.generation;
}

async function archiveOf({ archiveFolder: folder }: BeginOptions, plan: Plan): Promise<KeptArchive> {
  const own = archiveFolder(folder, plan.generation - 1);
  const archive = await archiveAt(own);
  if (archive?.sha256 === plan.archive) return archive;
  const message = `${own} is not the archive that generation ${plan.generation} of the log is to begin with; bring it back`;
  throw new LedgerlineError('recordInvalid', message, { folder: own, sha256: plan.archive });
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
