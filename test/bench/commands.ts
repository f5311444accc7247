/**
 * Durable single-actor commands in process, against raw JetStream publishes of the same bytes batched by hand; and one
 * command at a time on an idle server, against a raw synchronous publish.
 */
import type { Entry, Log } from '../../src/log/log.ts';
import { openBenchRuntime, openLog } from '../support/bench-runtime.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { type Bench, inParallel, median, percentile, perSecond, timed } from './table.ts';

const AGENTS = 1_000;
const IN_FLIGHT = 256;
const COMMANDS = 20_000;
const ALONE = 500;
const ROUNDS = 3;

export const bench: Bench = async (say) => {
  const world = await openBenchRuntime();
  const rawServer = await startNatsServer();
  const raw = await openLog(rawServer);
  const agent = (index: number) => `agent-${index % AGENTS}`;
  const submit = async (index: number, id = agent(index)) => {
    const away = Math.floor(index / AGENTS) % 2 === 0;
    const outcome = await world.runtime.submit(world.command(id, { type: away ? 'setAway' : 'setReady' }), 'durable');
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  };
  await inParallel(AGENTS, IN_FLIGHT, (index) =>
    world.runtime.submit(world.command(agent(index), { type: 'create', line: '100', presence: 'ready' })),
  );
  await inParallel(COMMANDS / 4, IN_FLIGHT, submit);
  const make = rawEntries(await lastPayloads(world.log, COMMANDS / 8));

  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`round ${round + 1} of ${ROUNDS}`);
    theirs.push(await timed(() => publishBatches(raw, make, COMMANDS)));
    ours.push(await timed(() => inParallel(COMMANDS, IN_FLIGHT, submit)));
  }
  say('one at a time');
  const alone: number[] = [];
  const rawAlone: number[] = [];
  for (let index = 0; index < ALONE; index += 1) {
    const lone = make(1);
    rawAlone.push(await timed(() => raw.append(lone)));
    alone.push(await timed(() => submit(index)));
  }
  await world.close();
  await raw.close();
  await rawServer.remove();

  const [p50, rawP50] = [percentile(alone, 0.5), percentile(rawAlone, 0.5)];
  return [
    {
      what: `durable commands, ${IN_FLIGHT} in flight`,
      figure: perSecond(COMMANDS, median(ours)),
      baseline: `${perSecond(COMMANDS, median(theirs))} raw batches of ${IN_FLIGHT}`,
      ratio: median(theirs) / median(ours),
      aim: '>= 0.7',
    },
    {
      what: 'one command on an idle server, p50',
      figure: `${p50.toFixed(2)} ms`,
      baseline: `${rawP50.toFixed(2)} ms raw publish`,
      ratio: p50 / rawP50,
      aim: '<= raw + 1.5 ms',
    },
  ];
};

/** Payloads of the newest records, to be published again as they are. */
async function lastPayloads(log: Log, count: number): Promise<Uint8Array[]> {
  const head = await log.head();
  const payloads: Uint8Array[] = [];
  for await (const chunk of log.read({ after: Math.max(0, head - count), upTo: head })) {
    for (const { payload } of chunk) payloads.push(Uint8Array.from(payload));
  }
  return payloads;
}

/** Entries with the bytes of real records, each for a subject of its own and with an expectation, as ours have. */
function rawEntries(payloads: readonly Uint8Array[]): (count: number) => Entry[] {
  let made = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      made += 1;
      const payload = payloads[made % payloads.length] ?? new Uint8Array();
      return { subject: `evt.bench.raw.${made}`, payload, expected: 0 };
    });
}

async function publishBatches(log: Log, make: (count: number) => Entry[], count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += IN_FLIGHT) {
    const outcome = await log.append(make(Math.min(IN_FLIGHT, count - sent)));
    if (outcome.kind !== 'committed') throw new Error(outcome.kind);
  }
}
