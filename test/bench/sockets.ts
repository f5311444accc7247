/**
 * From commit to frame: 200 transitions a second told to 1,000 CCS sockets, against the same transitions told by the NATS
 * server to 1,000 core subscribers of what it republishes; by turns in one run, with the same driver, log and database at
 * work in both. Method: the listeners are raw TCP connections in a process of their own (support/listeners.ts), alike in both
 * but for the words they say; they hear everything, a tenth of them note when. Commit is the moment at which the NATS
 * server stored the record, by its own stamp. A frame is the event of the CCS catalogue; NATS sends the whole record.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/clock.ts';
import { createCcs } from '../../src/dialects/ccs/routes.ts';
import { digestOf } from '../../src/model/digest.ts';
import { type BenchRuntime, openBenchRuntime } from '../support/bench-runtime.ts';
import { forkListeners, type Listeners } from '../support/listener-process.ts';
import type { Listening } from '../support/listeners.ts';
import { drive, givenAgents, identityOf } from './steady.ts';
import { type Bench, percentile } from './table.ts';

const AGENTS = 200;
const LISTENERS = 1_000;
const RATE_PER_S = 200;
/** So many that every agent is ready again at the end. */
const ROUND_S = 6;
const ROUNDS = 3;
const TOKEN = 'bench';
/** A tenth of the listeners note. */
const NOTING_SHARE = 10;
const MASK = '\0\0\0\0';

export const bench: Bench = async (say) => {
  const centre = await openBenchRuntime();
  const listeners = forkListeners();
  await givenAgents(centre, AGENTS);
  const ccs = await serveCcs(centre);
  const sides = { frames: heardOnSocket(ccs.port), raw: heardOnNats(Number(new URL(centre.server.url).port)) };
  const latencies: Record<keyof typeof sides, number[]> = { frames: [], raw: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const side of ['raw', 'frames'] as const) {
      say(round === 0 ? `${side}: warming up` : `${side}: round ${round} of ${ROUNDS}`);
      const heard = await latenciesOf(centre, listeners, sides[side]);
      if (round > 0) latencies[side].push(...heard);
    }
  }
  listeners.end();
  await ccs.close();
  await centre.close();
  const [p99, rawP99] = [percentile(latencies.frames, 0.99), percentile(latencies.raw, 0.99)];
  const [p50, rawP50] = [percentile(latencies.frames, 0.5), percentile(latencies.raw, 0.5)];
  return [
    {
      what: `${LISTENERS} CCS sockets, ${RATE_PER_S} transitions/s, p99 commit to frame`,
      figure: `${p99.toFixed(1)} ms (p50 ${p50.toFixed(1)})`,
      baseline: `${rawP99.toFixed(1)} ms (p50 ${rawP50.toFixed(1)}) raw NATS`,
      ratio: p99 / rawP99,
      aim: '<= 1.5',
    },
  ];
};

async function latenciesOf(centre: BenchRuntime, listeners: Listeners, listening: Listening): Promise<number[]> {
  await listeners.listen(listening);
  const commits = await drive(centre, { ratePerS: RATE_PER_S, seconds: ROUND_S, agents: AGENTS });
  const noted = await listeners.noted(commits.size);
  await listeners.leave();
  return noted.map(([position, at]) => at - (commits.get(position) ?? Number.NaN));
}

function heardOnNats(port: number): Listening {
  const hello = 'CONNECT {"verbose":false,"headers":true}\r\nSUB live.evt.> 1\r\nPING\r\n';
  return { port, count: LISTENERS, notingShare: NOTING_SHARE, hello, welcome: 'PONG\r\n', marker: 'Nats-Sequence: ' };
}

/** An upgrade and the first message, a masked frame, in one breath. */
function heardOnSocket(port: number): Listening {
  const connect = JSON.stringify({ request: 'connect', token: TOKEN });
  const upgrade = [
    'GET /6/v2/sock HTTP/1.1',
    'Host: bench',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ].join('\r\n');
  const hello = `${upgrade}\r\n\r\n\x81${String.fromCharCode(0x80 | connect.length)}${MASK}${connect}`;
  return {
    port,
    count: LISTENERS,
    notingShare: NOTING_SHARE,
    hello,
    welcome: '"request":"connect"}',
    marker: '"sequence":',
  };
}

async function serveCcs({ runtime }: BenchRuntime) {
  const sha256 = digestOf(TOKEN);
  await runtime.submit({
    id: 'token',
    tenant: 'bench',
    by: 'user:bench',
    via: 'bench',
    deliveries: [
      {
        to: { tenant: 'bench', kind: 'token', id: 'bench' },
        event: { type: 'create', attributes: { sha256, permissions: ['Agent Events'] } },
      },
    ],
  });
  const dialect = createCcs({ ...identityOf(runtime), runtime, clock: systemClock(), mintId: () => 'bench' });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => void dialect.socket?.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await dialect.drain?.();
      server.close();
    },
  };
}
