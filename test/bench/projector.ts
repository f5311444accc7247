/**
 * How fast projections are rebuilt: agent records of about 700 bytes over many agents, from the memory log, against the
 * plain ordered drain of the same log. Prints, asserts nothing. `node test/bench/projector.ts [records] [agents]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projections } from '../../projections/index.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import { AsOf } from '../../src/projector/as-of.ts';
import { Projector } from '../../src/projector/projector.ts';
import { agentState } from '../support/agent-records.ts';
import { Chains } from '../support/given.ts';

const records = Number(process.argv[2] ?? 200_000);
const agents = Number(process.argv[3] ?? 10_000);
const presences = ['ready', 'away', 'wrapUp'];

const chains = new Chains();
for (let index = 0; index < records; index++) {
  const id = `agent-${(index * 7919) % agents}`;
  chains.add({ tenant: 'genesys', kind: 'agent', id }, agentState(presences[index % 3] ?? 'ready', index));
}
const log = new MemoryLog({ id: 'bench', now: () => 0, records: chains.stored });
const size = chains.stored.reduce((sum, { payload }) => sum + payload.length, 0) / records;
console.log(`${records} records of ${size.toFixed(0)} bytes, ${agents} agents`);

let started = now();
let drained = 0;
for await (const chunk of log.read({ after: 0, upTo: records })) drained += chunk.length;
report('drain of the memory log', drained, started);

const folder = mkdtempSync(join(tmpdir(), 'ledgerline-bench-'));
const clock = { now: () => 0, at: () => () => undefined };
for (const file of [join(folder, 'projections.db'), ':memory:']) {
  const projector = await Projector.open({
    file,
    log,
    projections,
    clock: { now: () => 0, at: () => () => undefined },
  });
  started = now();
  await projector.start();
  report(`rebuild into ${file === ':memory:' ? 'memory' : 'a file'}`, projector.position, started);
  const past = new AsOf({ log, projections, live: projector.live, clock });
  started = now();
  report('view of the past, without a kept copy', (await past.viewAt({ position: records - 1 })).position, started);
  await projector.close();
}
rmSync(folder, { recursive: true });

/** Processor time counts, since the machine may be shared. */
function now(): { readonly wallMs: number; readonly cpuUs: number } {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuUs: user + system };
}

function report(what: string, count: number, since: ReturnType<typeof now>): void {
  const { wallMs, cpuUs } = now();
  const rate = Math.round((count / (wallMs - since.wallMs)) * 1000);
  console.log(`${what}: ${rate}/s, ${((cpuUs - since.cpuUs) / count).toFixed(1)} µs of processor time each`);
}
