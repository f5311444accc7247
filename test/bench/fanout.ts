/**
 * From commit to delivery: 1,000 subscribers with filters, 500 transitions a second, over SSE and WebSocket, against 1,000
 * plain NATS subscribers with the same filters as subjects (`live.evt.<tenant>.agent.>`, as the log's server republishes).
 *
 * One server process as `npm start` has it, and one load for all: agents change their state over HTTP, one command every
 * 2 ms, so every record is a commit of its own with its own fsync. The ways take turns, another one first each time, each
 * with its subscribers in a fresh process of the same program, one connection per subscriber. Of 40 subscribers per tenant
 * 20 want all its agents and 20 one each, which makes some 10,000 deliveries a second. A delivery's time runs from the
 * server's own stamp on the stored record (`Nats-Time-Stamp`, the same for all ways) to the subscriber's callback; the
 * median of the rounds' p99 counts.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection } from 'nats';
import { startServerProcess } from '../support/server-process.ts';
import { type Heard, ID_BYTES, type Subscribing, type Wanted, type Way } from './subscriber.ts';
import { type Bench, inParallel, median, percentile } from './table.ts';

const TENANTS = 25;
const AGENTS_PER_TENANT = 20;
const SUBSCRIBERS_PER_TENANT = 40;
const EVERY_MS = 2;
const ROUND_MS = 6_000;
/** Of each round: connections settle, code gets warm. */
const WARM_MS = 1_500;
const ROUNDS = 3;
const WAYS: readonly Way[] = ['NATS', 'SSE', 'WebSocket'];

/** Another one begins each round: whoever comes after somebody else finds what he has left behind. */
const orderOf = (round: number): readonly Way[] =>
  WAYS.map((_, index) => WAYS[(index + round) % WAYS.length] ?? 'NATS');

const tenantOf = (index: number): string => `t${index % TENANTS}`;
const agentOf = (index: number): string => `a${Math.floor(index / TENANTS) % AGENTS_PER_TENANT}`;

interface Changed {
  readonly tenant: string;
  readonly id: string;
}

const WANTED = Array.from({ length: TENANTS * SUBSCRIBERS_PER_TENANT }, (_, index): Wanted => {
  const tenant = tenantOf(index);
  return index < TENANTS * AGENTS_PER_TENANT ? { tenant, id: agentOf(index) } : { tenant };
});

const isFor = (wanted: Wanted, { tenant, id }: Changed): boolean =>
  wanted.tenant === tenant && (wanted.id === undefined || wanted.id === id);

export const bench: Bench = async (say) => {
  const server = await startServerProcess();
  const { ports } = (await (await fetch(`${server.url}/healthz`)).json()) as { ports: { nats: number } };
  const natsUrl = `nats://127.0.0.1:${ports.nats}`;
  const load = new Load(server.url);
  await load.makeAgents();
  const nats = await connect({ servers: natsUrl });
  const stamps = await stampsFrom(nats);
  const tail: Record<Way, number[]> = { NATS: [], SSE: [], WebSocket: [] };
  const middle: Record<Way, number[]> = { NATS: [], SSE: [], WebSocket: [] };
  const busy: Record<Way, number[]> = { NATS: [], SSE: [], WebSocket: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const way of orderOf(round)) {
      say(`${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}: ${way}`);
      const before = await cpuMsOf(server.pid);
      const late = await latenessOver(way, way === 'NATS' ? natsUrl : server.url, load, stamps);
      if (round === 0) continue;
      busy[way].push((await cpuMsOf(server.pid)) - before);
      tail[way].push(percentile(late, 0.99));
      middle[way].push(percentile(late, 0.5));
    }
  }
  load.close();
  await nats.close();
  await server.stop();
  await server.remove();
  const figure = (way: Way) => `${median(tail[way]).toFixed(1)} ms (p50 ${median(middle[way]).toFixed(1)})`;
  const share = (way: Way) => `${((100 * median(busy[way])) / ROUND_MS).toFixed(0)} % of a core`;
  return WAYS.filter((way) => way !== 'NATS').flatMap((way) => [
    {
      what: `${TENANTS * SUBSCRIBERS_PER_TENANT} ${way} subscribers, commit to delivery, p99`,
      figure: figure(way),
      baseline: `${figure('NATS')} raw NATS`,
      ratio: median(tail[way]) / median(tail.NATS),
      aim: '<= 1.5',
    },
    { what: `the same, CPU of the server process`, figure: share(way), baseline: `${share('NATS')} with none of them` },
  ]);
};

/** Agents that change their state, one after the other. */
class Load {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #sent = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async makeAgents(): Promise<void> {
    await inParallel(TENANTS, TENANTS, (index) =>
      this.#post('/v1/tenants', { id: tenantOf(index), name: tenantOf(index) }),
    );
    await inParallel(TENANTS * AGENTS_PER_TENANT, 64, (index) =>
      this.#post(`/v1/tenants/${tenantOf(index)}/agents`, { id: agentOf(index), line: '100', presence: 'ready' }),
    );
  }

  /** At its pace for so long, however long the answers take; what changed, once all is stored. */
  async run(ms: number): Promise<readonly Changed[]> {
    const began = performance.now();
    const first = this.#sent;
    const answers: Promise<void>[] = [];
    for (let due = began; due < began + ms; due += EVERY_MS) {
      const early = due - performance.now();
      if (early > 1) await delay(early);
      answers.push(this.#change(this.#sent++));
    }
    await Promise.all(answers);
    return answers.map((_, index) => ({ tenant: tenantOf(first + index), id: agentOf(first + index) }));
  }

  close(): void {
    this.#agent.destroy();
  }

  #change(index: number): Promise<void> {
    const round = Math.floor(index / (TENANTS * AGENTS_PER_TENANT));
    const state = round % 2 === 0 ? 'setAway' : 'setReady';
    return this.#post(`/v1/tenants/${tenantOf(index)}/agents/${agentOf(index)}/${state}`, {});
  }

  async #post(path: string, fields: object): Promise<void> {
    const body = JSON.stringify(fields);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    const asked = request(this.#url + path, { method: 'POST', agent: this.#agent, headers });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    if ((answer.statusCode ?? 0) >= 300) throw new Error(`${answer.statusCode} ${text}`);
  }
}

/** By id: when the record was stored, by the log's server, ms since 1970. */
type Stamps = ReadonlyMap<string, number>;

async function stampsFrom(nats: NatsConnection): Promise<Stamps> {
  const stored = new Map<string, number>();
  nats.subscribe('live.evt.>', {
    callback: (_, message) => {
      const [seconds, fraction = '0Z'] = (message.headers?.get('Nats-Time-Stamp') ?? '').split('.');
      const ms = 1000 * Number(`0.${fraction.slice(0, -1)}`);
      stored.set(message.json<{ readonly id: string }>().id, Date.parse(`${seconds}Z`) + ms);
    },
  });
  await nats.flush();
  return stored;
}

/** ms from commit to delivery of one round, of every delivery once it is warm. */
async function latenessOver(way: Way, url: string, load: Load, stamps: Stamps): Promise<number[]> {
  const child = fork(join(import.meta.dirname, 'subscriber.ts'), { serialization: 'advanced' });
  const told = async () => (await once(child, 'message'))[0];
  child.send({ way, url, wanted: WANTED } satisfies Subscribing);
  await told();
  const warm = performance.timeOrigin + performance.now() + WARM_MS;
  const changed = await load.run(ROUND_MS);
  child.send(changed.reduce((sum, one) => sum + WANTED.filter((wanted) => isFor(wanted, one)).length, 0));
  const { ids, times } = (await told()) as Heard;
  child.kill();
  await once(child, 'exit');
  const idOf = (index: number) =>
    Buffer.from(ids.buffer, ids.byteOffset + index * ID_BYTES, ID_BYTES).toString('latin1');
  const late: number[] = [];
  for (const [index, time] of times.entries()) {
    const committed = stamps.get(idOf(index));
    if (committed === undefined) throw new Error(`heard of record ${idOf(index)}, which was never stored`);
    if (committed >= warm) late.push(time - committed);
  }
  return late;
}

/** User and system time of a process so far. */
async function cpuMsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
