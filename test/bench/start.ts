/**
 * How long until the server serves: on an empty folder, on the demo after everything was killed, and on a log of
 * 1,000,000 records of 100,000 agents; what it holds in memory meanwhile, and what a cached actor costs.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { agentKind } from '../../machines/agent/machine.ts';
import { type Live, stepperOf } from '../../src/actors/step.ts';
import { openLedger } from '../../src/composition/ledger.ts';
import { readConfig } from '../../src/config.ts';
import { BATCH_ENTRIES_MAX } from '../../src/log/log.ts';
import { agentState } from '../support/agent-records.ts';
import { bulkWriter } from '../support/bench-runtime.ts';
import { Chains, type RecordDraft, START_MS } from '../support/given.ts';
import { startServerProcess } from '../support/server-process.ts';
import { type Bench, median, type Row, timed } from './table.ts';

const RECORDS = 1_000_000;
const AGENTS = 100_000;
const CACHED = 20_000;
const ROUNDS = 3;
const PRESENCES = ['ready', 'away', 'wrapUp'];
/** Between two records: every agent changes about every five minutes. */
const STEP_MS = 300_000 / AGENTS;

export const bench: Bench = async (say) => [...(await small(say)), perActor(), ...(await large(say))];

async function small(say: (line: string) => void): Promise<Row[]> {
  const fresh: number[] = [];
  const revived: number[] = [];
  let memory = { rssMb: 0, heapMb: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`small, round ${round + 1} of ${ROUNDS}`);
    const began = performance.now();
    const server = await startServerProcess();
    fresh.push(performance.now() - began);
    memory = await memoryOf(server);
    process.kill(await server.natsPid(), 'SIGKILL');
    await server.kill9();
    revived.push(
      await timed(async () => {
        await server.start();
        const answer = await fetch(`${server.url}/v1/tenants/genesys/agents/ksippo`);
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
      }),
    );
    await server.stop();
    await server.remove();
  }
  return [
    { what: 'empty folder to ready, with the demo', figure: ms(median(fresh)), aim: '<= 2 s' },
    { what: 'kill -9 of everything to the first answered read', figure: ms(median(revived)), aim: '<= 1 s' },
    { what: 'memory of an idle demo server, resident', figure: `${memory.rssMb} MB`, aim: '<= 200 MB' },
    { what: 'memory of an idle demo server, heap', figure: `${memory.heapMb} MB`, aim: '<= 60 MB' },
  ];
}

async function memoryOf({
  url,
  pid,
}: {
  readonly url: string;
  readonly pid: number;
}): Promise<{ rssMb: number; heapMb: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  const heapMb = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1] ?? Number.NaN) / 2 ** 20;
  return { rssMb: Math.round(rssMb), heapMb: Math.round(heapMb) };
}

/** The live state alone: what a cache of actors holds per actor. */
function perActor(): Row {
  const stepper = stepperOf(agentKind);
  const alive: Live[] = [];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < CACHED; index += 1) {
    const self = { tenant: 'bench', kind: 'agent', id: `agent-${index}` };
    const born = stepper.step(stepper.initial, { type: 'create', line: `${index}` }, 1, index, self);
    if (born.kind === 'moved') alive.push(born.live);
  }
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / alive.length;
  const how = globalThis.gc === undefined ? ' (without a collection before: run node with --expose-gc)' : '';
  return { what: 'memory per cached actor', figure: `${Math.round(bytes)} B${how}`, aim: '<= 4 KB' };
}

async function large(say: (line: string) => void): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  try {
    await fill(dataDir, say);
    const env = { LEDGERLINE_DEMO: '0' };
    const began = performance.now();
    const server = await startServerProcess(env, dataDir);
    const stopped = performance.now() - began;
    process.kill(await server.natsPid(), 'SIGKILL');
    await server.kill9();
    const killed = await timed(() => server.start());
    await server.stop();
    return [
      { what: 'start to ready, 100,000 agents and 1,000,000 records', figure: ms(stopped), aim: '<= 3 s' },
      { what: 'the same after kill -9 of everything', figure: ms(killed), aim: '<= 3 s' },
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function fill(dataDir: string, say: (line: string) => void): Promise<void> {
  const env = {
    LEDGERLINE_DATA: dataDir,
    LEDGERLINE_NATS_PORT: '0',
    LEDGERLINE_NATS_BIN: process.env.LEDGERLINE_NATS_BIN,
  };
  const ledger = await openLedger(readConfig(env, '/'), {
    logger: pino({ level: 'warn' }, pino.destination(2)),
    searchPath: process.env.PATH ?? '',
    progress: () => undefined,
  });
  const chains = new Chains();
  const write = bulkWriter(ledger.log);
  let sent = 0;
  for (let index = 1; index <= RECORDS; index += 1) {
    chains.add({ tenant: 'bench', kind: 'agent', id: `agent-${(index * 7919) % AGENTS}` }, momentOf(index));
    if (index % BATCH_ENTRIES_MAX > 0) continue;
    await write(chains.stored.slice(sent));
    sent = index;
    if (index % 200_000 === 0) say(`${index} of ${RECORDS} records written`);
  }
  say('projecting them');
  await ledger.runtime.atRest();
  while (ledger.runtime.live.position < RECORDS) await ledger.runtime.atRest();
  await ledger.close();
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function momentOf(index: number): RecordDraft {
  const time = START_MS + Math.round(index * STEP_MS);
  return { ...agentState(PRESENCES[index % 3] ?? 'ready', time), time };
}
