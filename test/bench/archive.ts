/** A generation archived, read back, and begun anew, against the raw ordered drain of the same stream. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { kinds } from '../../machines/index.ts';
import { beginPlanned } from '../../src/log/generation/begin-planned.ts';
import { planFileIn } from '../../src/log/generation/plan.ts';
import { planNext } from '../../src/log/generation/plan-next.ts';
import { survey } from '../../src/log/generation/survey.ts';
import { openWholeLog } from '../../src/log/generation/whole-log.ts';
import type { Log } from '../../src/log/log.ts';
import { subjectOf } from '../../src/log/subjects.ts';
import { agentState } from '../support/agent-records.ts';
import { bulkWriter, openBenchRuntime } from '../support/bench-runtime.ts';
import { Chains, START_MS } from '../support/given.ts';
import { type Bench, median, perSecond, timed } from './table.ts';

const RECORDS = 100_000;
const AGENTS = 10_000;
const ROUNDS = 3;
const HISTORIES = 200;

export const bench: Bench = async (say) => {
  const { server, folder, close } = await openBenchRuntime();
  const archiveFolder = join(folder, 'archive');
  const open = () => openWholeLog({ servers: server.url, mintId: randomUUID }, archiveFolder);
  const log = await open();
  say(`writing ${RECORDS} records`);
  const chains = new Chains();
  for (let index = 0; index < RECORDS; index += 1)
    chains.add({ tenant: 'bench', kind: 'agent', id: `agent-${(index * 7919) % AGENTS}` }, momentOf(index));
  await bulkWriter(log)(chains.stored);
  const drains = await rounds(() => drain(log));
  const asked = { log, before: undefined, invalid: new Set<number>(), kinds, keepMs: 0 };
  say('archiving');
  const found = await survey(asked);
  const planFile = planFileIn(folder);
  const plan = { log, archiveFolder, planFile, survey: found, consumers: [], time: '2026-01-01T00:00:00Z' };
  const archiving = await timed(() => planNext(plan));
  const beginning = await timed(() => beginPlanned({ planFile, archiveFolder, servers: server.url, seed: undefined }));
  await log.close();
  const whole = await open();
  const reads = await rounds(() => drain(whole));
  const histories = await timed(() => readHistories(whole));
  await whole.close();
  await close();
  const drained = `${perSecond(RECORDS, median(drains))} raw drain`;
  return [
    {
      what: 'records archived and proven',
      figure: perSecond(RECORDS, archiving),
      baseline: drained,
      ratio: median(drains) / archiving,
    },
    {
      what: 'records read from an archive',
      figure: perSecond(RECORDS, median(reads)),
      baseline: drained,
      ratio: median(drains) / median(reads),
    },
    { what: 'actors in a new generation', figure: perSecond(found.carried.size, beginning) },
    { what: 'history of an archived actor', figure: `${(histories / HISTORIES).toFixed(1)} ms` },
  ];
};

async function drain(log: Log): Promise<void> {
  for await (const _ of log.read({ after: 0, upTo: RECORDS }));
}

async function readHistories(log: Log): Promise<void> {
  for (let agent = 0; agent < HISTORIES; agent += 1) {
    const actor = { tenant: 'bench', kind: 'agent', id: `agent-${agent}` };
    for await (const _ of log.history(subjectOf(actor, 'public'), 0));
  }
}

async function rounds(work: () => Promise<void>): Promise<number[]> {
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) ms.push(await timed(work));
  return ms;
}

function momentOf(index: number) {
  const time = START_MS + index * 30;
  return { ...agentState(index % 2 === 0 ? 'ready' : 'away', time), time };
}
