/**
 * From commit to delivery: 500 agents, each with a long-polling CometD client of his own that hears `/v2/me/*`, while 100 of
 * their presences change a second. The clients are in a process of their own (support/long-pollers.ts); dialect, log and
 * database are in this one. Commit is the moment at which the NATS server stored the record, by its own stamp.
 * How late a plain follower in this process hears of the same records tells what is the log's and the machine's share.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { v7 } from 'uuid';
import { systemClock } from '../../src/clock.ts';
import { GWS_DEFAULTS } from '../../src/dialects/gws/options.ts';
import { createGws } from '../../src/dialects/gws/routes.ts';
import type { Runtime } from '../../src/model/runtime.ts';
import { type BenchRuntime, openBenchRuntime } from '../support/bench-runtime.ts';
import { forkPollers } from '../support/listener-process.ts';
import { agentIds, drive, givenAgents, identityOf } from './steady.ts';
import { type Bench, percentile } from './table.ts';

const CLIENTS = 500;
const RATE_PER_S = 100;
const SECONDS = 30;
const WARM_UP_S = 5;

export const bench: Bench = async (say) => {
  const centre = await openBenchRuntime();
  await givenAgents(centre, CLIENTS);
  const gws = await serveGws(centre);
  const pollers = forkPollers();
  say(`${CLIENTS} clients`);
  await pollers.poll({ url: gws.url, users: agentIds(CLIENTS) });
  const followed = followedAt(centre.runtime);
  const run = async (seconds: number) => {
    const commits = await drive(centre, { ratePerS: RATE_PER_S, seconds, agents: CLIENTS });
    const noted = await pollers.noted(commits.size);
    return {
      delivered: noted.map(([position, at]) => at - (commits.get(position) ?? Number.NaN)),
      followed: [...commits].map(([position, at]) => (followed.get(position) ?? Number.NaN) - at),
    };
  };
  say('warming up');
  await run(WARM_UP_S);
  say(`${SECONDS} seconds`);
  const before = process.cpuUsage();
  const latencies = await run(SECONDS);
  const { user, system } = process.cpuUsage(before);
  pollers.end();
  await gws.close();
  await centre.close();
  const [p50, p99] = [percentile(latencies.delivered, 0.5), percentile(latencies.delivered, 0.99)];
  return [
    {
      what: `${CLIENTS} CometD clients, ${RATE_PER_S} transitions/s, p99 commit to delivery`,
      figure: `${p99.toFixed(1)} ms (p50 ${p50.toFixed(1)}, ${((user + system) / 1e4 / SECONDS).toFixed(0)} % of a core)`,
      baseline: `${percentile(latencies.followed, 0.99).toFixed(1)} ms to follow the log alone`,
      aim: '<= 50 ms',
    },
  ];
};

/** When a follower of the log was given each record: ms since 1970, by position. */
function followedAt(runtime: Runtime): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  runtime.follow({
    after: 'now',
    deliver(records) {
      const at = performance.timeOrigin + performance.now();
      for (const { position } of records) times.set(position, at);
    },
  });
  return times;
}

async function serveGws({ runtime }: BenchRuntime) {
  const dialect = createGws({
    ...identityOf(runtime),
    runtime,
    clock: systemClock(),
    random: randomBytes,
    mintId: () => v7(),
    options: GWS_DEFAULTS,
  });
  const app = new Koa();
  app.use(dialect.middleware);
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await dialect.drain?.();
      server.closeAllConnections();
      server.close();
    },
  };
}
