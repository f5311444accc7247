/** Projections rebuilt from zero out of JetStream, against the raw ordered drain of the same stream. */
import { join } from 'node:path';
import { kinds } from '../../machines/index.ts';
import { projections } from '../../projections/index.ts';
import { Projector } from '../../src/projector/projector.ts';
import { SpareThread } from '../../src/projector/spare-thread.ts';
import { agentState } from '../support/agent-records.ts';
import { bulkWriter, openBenchRuntime, openLog } from '../support/bench-runtime.ts';
import { Chains, type RecordDraft, START_MS } from '../support/given.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { PROJECTING_THREAD } from '../support/projecting-thread.ts';
import { type Bench, median, perSecond, timed } from './table.ts';

const RECORDS = 200_000;
const AGENTS = 10_000;
const ROUNDS = 3;
const PRESENCES = ['ready', 'away', 'wrapUp'];
/** Between two records: every agent changes about every five minutes. */
const STEP_MS = 300_000 / AGENTS;

export const bench: Bench = async (say) => {
  const server = await startNatsServer();
  const log = await openLog(server);
  say(`writing ${RECORDS} records`);
  const chains = new Chains();
  for (let index = 0; index < RECORDS; index += 1) {
    const id = `agent-${(index * 7919) % AGENTS}`;
    chains.add({ tenant: 'bench', kind: 'agent', id }, momentOf(index));
  }
  await bulkWriter(log)(chains.stored);
  const spare = await openBenchRuntime();
  const drains: number[] = [];
  const rebuilds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`round ${round + 1} of ${ROUNDS}`);
    drains.push(
      await timed(async () => {
        for await (const _ of log.read({ after: 0, upTo: RECORDS }));
      }),
    );
    const clock = { now: () => 0, at: () => () => undefined };
    const projector = await Projector.open({
      file: join(spare.folder, `rebuilt-${round}.db`),
      log,
      projections,
      kinds,
      spare: new SpareThread(PROJECTING_THREAD),
      clock,
    });
    rebuilds.push(await timed(() => projector.start()));
    await projector.close();
  }
  await spare.close();
  await log.close();
  await server.remove();
  return [
    {
      what: 'projections rebuilt',
      figure: perSecond(RECORDS, median(rebuilds)),
      baseline: `${perSecond(RECORDS, median(drains))} raw drain`,
      ratio: median(drains) / median(rebuilds),
      aim: '>= 0.4',
    },
  ];
};

function momentOf(index: number): RecordDraft {
  const time = START_MS + Math.round(index * STEP_MS);
  return { ...agentState(PRESENCES[index % 3] ?? 'ready', time), time };
}
