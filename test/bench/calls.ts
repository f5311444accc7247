/**
 * Whole lives of calls on the real log, with the real distributor and people in a hurry: arrive, wait, offer, ring, answer,
 * hold, retrieve, blind transfer to a colleague, end, wrap-up of both: 20 records. First as many as it can.
 * Then at a steady rate, with calls that always wait: how soon is an agent who comes free offered the next one? From the
 * acknowledgement that he is ready until a follower, as his telephone's is one, hears of the offer. Calls arrive and are
 * hung up independently, each at exponential intervals: with fixed talking times all agents would soon come free at once,
 * and a slow server would be asked less often. After some seconds of the same, since a centre runs for days.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext } from '../../machines/call/context.ts';
import { systemClock } from '../../src/clock.ts';
import { beginningOf } from '../../src/distributor/beginning.ts';
import { Distributor } from '../../src/distributor/distributor.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import type { Until } from '../../src/model/runtime.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { draw, type Random, randomOf } from '../../src/simulate/random.ts';
import { projectedDirectory } from '../../src/switch/projected-directory.ts';
import { type BenchRuntime, openBenchRuntime } from '../support/bench-runtime.ts';
import { type Bench, cpuMs, inParallel, percentile, perSecond, timed } from './table.ts';

const TENANT = 'bench';
const AGENTS = 400;
const COLLEAGUES = 400;
const CALLS = 5_000;
const WARM_UP = 1_000;
/** Calls that live at once: with half as many the cores are idle a quarter of the time, since each waits for its own record. */
const WORKERS = 300;
const RATE_PER_S = 200;
const STEADY_S = 10;
const WARM_UP_S = 3;
/** So many talk on the average, half a second each. */
const STEADY_AGENTS = 100;
const WAITING = 400;
const SEED = 1;

export const bench: Bench = async (say) => [await wholeLives(say), await offersAfterFreedom(say)];

async function wholeLives(say: (line: string) => void) {
  const centre = await openCentre(AGENTS, COLLEAGUES);
  const before = centre.bench.runtime.live.position;
  await inParallel(WARM_UP, WORKERS, (index) => centre.life(`warm-${index}`));
  const warm = centre.bench.runtime.live.position;
  let ms = 0;
  const cpu = await cpuMs(async () => {
    ms = await timed(() => inParallel(CALLS, WORKERS, (index) => centre.life(`call-${index}`)));
  });
  const records = (centre.bench.runtime.live.position - warm) / CALLS;
  say(`${((warm - before) / WARM_UP).toFixed(1)} records per call, then ${records.toFixed(1)}`);
  say(`${Math.round((cpu * 1_000) / CALLS)} us of processor in this process per call`);
  await centre.close();
  return {
    what: `whole lives of calls, ${records.toFixed(0)} records each`,
    figure: perSecond(CALLS, ms),
    aim: '>= 500/s',
  };
}

async function offersAfterFreedom(say: (line: string) => void) {
  const centre = await openCentre(STEADY_AGENTS, 0);
  const freed = new Map<string, number>();
  const waits: number[] = [];
  centre.bench.runtime.follow({
    after: 'now',
    only: ({ actor, transition }) => actor.kind === 'agent' && transition.data.event.type === 'offer',
    ahead: true,
    deliver: (records) => {
      for (const { actor } of records) {
        const began = freed.get(actor.id);
        freed.delete(actor.id);
        if (began !== undefined) waits.push(performance.now() - began);
      }
    },
  });
  const random = randomOf(SEED);
  const talking: { readonly id: string; readonly agent: string }[] = [];
  let calls = 0;
  const arrive = async () => {
    const id = `steady-${++calls}`;
    const { agent } = await centre.answered(id);
    talking.push({ id, agent });
  };
  let nobody = 0;
  const hangUp = async () => {
    const [talk] = talking.splice(Math.floor(random() * talking.length), 1);
    if (talk === undefined) {
      nobody += 1;
      return;
    }
    await centre.submit('call', talk.id, { type: 'leg.ended', leg: `${talk.id}-1` });
    await centre.submit('agent', talk.agent, { type: 'setReady' }, 'durable');
    freed.set(talk.agent, performance.now());
  };
  const steady = (seconds: number) =>
    Promise.all([atIntervals(seconds, random, () => void arrive()), atIntervals(seconds, random, () => void hangUp())]);
  const allTalk = async () => {
    while (talking.length < STEADY_AGENTS) await delay(10);
  };
  for (let index = 0; index < STEADY_AGENTS + WAITING; index += 1) void arrive();
  await allTalk();
  await steady(WARM_UP_S);
  waits.length = 0;
  nobody = 0;
  await steady(STEADY_S);
  await allTalk();
  say(`${waits.length} offers followed an agent's coming free; ${nobody} times nobody talked who could hang up`);
  await centre.close();
  const figure = `median ${percentile(waits, 0.5).toFixed(1)} ms, p99 ${percentile(waits, 0.99).toFixed(1)} ms`;
  return { what: `from an agent's coming free to his next offer, ${RATE_PER_S} calls/s`, figure, aim: 'p99 <= 20 ms' };
}

/** In microseconds, since draws are whole. */
const INTERVALS = { kind: 'exponential', meanMs: 1_000_000 / RATE_PER_S } as const;

/** `RATE_PER_S` times a second, whatever the one before takes. */
async function atIntervals(seconds: number, random: Random, work: () => void): Promise<void> {
  const began = performance.now();
  for (let at = 0; at < seconds * 1_000; at += draw(INTERVALS, random) / 1_000) {
    const ahead = began + at - performance.now();
    if (ahead > 0) await delay(ahead);
    work();
  }
}

interface BenchCentre {
  readonly bench: BenchRuntime;
  submit(kind: string, id: string, event: MachineEvent, until?: Until): Promise<void>;
  life(id: string): Promise<void>;
  /** Arrives, and waits until somebody is offered it and answers. */
  answered(id: string): Promise<NonNullable<CallContext['offer']>>;
  close(): Promise<void>;
}

async function openCentre(agents: number, colleagues: number): Promise<BenchCentre> {
  const bench = await openBenchRuntime();
  const { runtime } = bench;
  let commands = 0;
  const submit = async (kind: string, id: string, event: MachineEvent, until?: Until) => {
    const to = { tenant: TENANT, kind, id };
    const command = { id: `calls-${++commands}`, tenant: TENANT, by: 'system:bench', via: 'bench' };
    const outcome = await runtime.submit({ ...command, deliveries: [{ to, event }] }, until);
    if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.rejection));
  };
  const members = Array.from({ length: agents }, (_, index) => ({ agent: `a${index}` }));
  await submit('queue', 'q', { type: 'create', attributes: { name: 'q', extension: '8000', members } });
  for (let index = 0; index < agents + colleagues; index += 1)
    await submit('agent', `a${index}`, { type: 'create', line: String(1000 + index), presence: 'ready' });
  const offers = new Map<string, (context: CallContext) => void>();
  runtime.follow({
    after: 'now',
    only: ({ actor, transition }) => actor.kind === 'call' && transition.data.event.type === 'offer',
    ahead: true,
    deliver: (records: readonly LoggedTransition[]) => {
      for (const { actor, transition } of records)
        offers.get(actor.id)?.(transition.data.state.context as unknown as CallContext);
    },
  });
  const clock = systemClock();
  const distributor = new Distributor({
    runtime,
    clock,
    beginning: () => beginningOf(runtime.live),
    directory: projectedDirectory(runtime.live),
    retryMs: 1_000,
    report: (command, problem) => {
      throw new Error(`${command.id}: ${JSON.stringify(problem)}`);
    },
  });
  void distributor.start();
  const idle = Array.from({ length: colleagues }, (_, index) => `a${agents + index}`);

  const answered = async (id: string) => {
    const { promise, resolve } = Promise.withResolvers<CallContext>();
    offers.set(id, resolve);
    const caller = { leg: `${id}-1`, number: '19735550123' };
    await submit('call', id, { type: 'arrive', direction: 'inbound', to: '8000', caller, queue: { queue: 'q' } });
    const { offer } = await promise;
    offers.delete(id);
    if (offer === null) throw new Error(`${id} was offered to nobody`);
    await submit('call', id, { type: 'leg.ringing', leg: offer.leg });
    await submit('call', id, { type: 'leg.answered', leg: offer.leg });
    return offer;
  };
  return {
    bench,
    submit,
    async life(id) {
      const { agent, leg } = await answered(id);
      await submit('call', id, { type: 'hold', leg });
      await submit('call', id, { type: 'retrieve', leg });
      const colleague = idle.pop() ?? 'nobody';
      const line = String(1000 + Number(colleague.slice(1)));
      const target = { leg: `${id}-3`, number: line, line, agent: colleague };
      await submit('call', id, { type: 'blindTransfer', leg, target });
      await submit('call', id, { type: 'leg.ringing', leg: target.leg });
      await submit('call', id, { type: 'leg.answered', leg: target.leg });
      await submit('call', id, { type: 'leg.ended', leg: `${id}-1` });
      idle.push(colleague);
      await submit('agent', agent, { type: 'setReady' });
    },
    answered,
    async close() {
      await distributor.stop();
      await bench.close();
    },
  };
}
