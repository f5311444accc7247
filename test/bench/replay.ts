/**
 * Everything a tenant has recorded, replayed to a NATS consumer outside, against the raw drain of the same records by plain
 * NATS; both programs in a process of their own (drain.ts), beside the server as `npm start` has it.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import { agentState } from '../support/agent-records.ts';
import { bulkWriter } from '../support/bench-runtime.ts';
import { eventually } from '../support/eventually.ts';
import { Chains, START_MS } from '../support/given.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import type { Draining } from './drain.ts';
import { type Bench, median, perSecond } from './table.ts';

const TENANT = 'bench';
const RECORDS = 50_000;
const AGENTS = 1_000;
/** As docs/consumers.md says for whoever wants a replay to be fast. */
const IN_FLIGHT = 4_000;
const ROUNDS = 7;

export const bench: Bench = async (say) => {
  const server = await startServerProcess();
  const ask = asking(server);
  const { ports } = (await ask('GET', '/healthz')) as { readonly ports: { readonly nats: number } };
  const url = `nats://127.0.0.1:${ports.nats}`;
  const ownSeed = (await readFile(join(server.dataDir, 'nats', 'ledger.nk'), 'utf8')).trim();
  await ask('POST', '/v1/tenants', { id: TENANT, name: TENANT });
  say(`writing ${RECORDS} records`);
  await write(url, ownSeed);
  await eventually('all is projected', async () => {
    const { position } = await ask('GET', '/healthz');
    return Number(position) > RECORDS ? true : undefined;
  });
  const filter = `evt.${TENANT}.agent.>`;
  const raw: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`round ${round + 1} of ${ROUNDS}`);
    raw.push(await drained({ url, seed: ownSeed, count: RECORDS, filter }));
    const name = `c${round}`;
    const { seed, resume } = await ask('POST', `/v1/tenants/${TENANT}/consumers`, {
      name,
      from: '0',
      kinds: ['agent'],
      inFlight: IN_FLIGHT,
    });
    ours.push(await drained({ url, seed: String(seed), resume: String(resume), count: RECORDS, filter }));
  }
  await server.stop();
  await server.remove();
  return [
    {
      what: 'replay to a consumer outside, in order',
      figure: perSecond(RECORDS, median(ours)),
      baseline: `${perSecond(RECORDS, median(raw))} raw drain`,
      ratio: median(raw) / median(ours),
      aim: '>= 0.9',
    },
  ];
};

async function write(servers: string, seed: string): Promise<void> {
  const chains = new Chains();
  for (let index = 0; index < RECORDS; index += 1) {
    const time = START_MS + index;
    chains.add({ tenant: TENANT, kind: 'agent', id: `a${index % AGENTS}` }, { ...agentState('ready', time), time });
  }
  const log = await openJetStreamLog({ servers, seed, mintId: randomUUID });
  await bulkWriter(log)(chains.stored);
  await log.close();
}

async function drained(asked: Draining): Promise<number> {
  const child = fork(join(import.meta.dirname, 'drain.ts'));
  const exited = once(child, 'exit');
  child.send(asked);
  const [ms] = await once(child, 'message');
  await exited;
  return Number(ms);
}

function asking({ url }: ServerProcess) {
  return async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
    return value;
  };
}
