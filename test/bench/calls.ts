/**
 * Whole lives of calls on the real log, with the real distributor and people in a hurry: arrive, wait, offer, ring, answer,
 * hold, retrieve, blind transfer to a colleague, end, wrap-up of both: 20 records. First as many as it can, then at a
 * steady rate with more calls than agents: how soon is an agent who comes free offered the next one?
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext } from '../../machines/call/context.ts';
import { systemClock } from '../../src/clock.ts';
import { beginningOf } from '../../src/distributor/beginning.ts';
import { Distributor } from '../../src/distributor/distributor.ts';
import type { MachineEvent } from '../../src/model/command.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { projectedDirectory } from '../../src/switch/projected-directory.ts';
import { type BenchRuntime, openBenchRuntime } from '../support/bench-runtime.ts';
import { type Bench, inParallel, percentile, perSecond, timed } from './table.ts';

const TENANT = 'bench';
const AGENTS = 200;
const COLLEAGUES = 200;
const CALLS = 3_000;
const WORKERS = 150;
const RATE_PER_S = 200;
const STEADY_S = 10;
const TALK_MS = 200;
const STEADY_AGENTS = 36;

export const bench: Bench = async (say) => [await wholeLives(say), await offersAfterFreedom(say)];

async function wholeLives(say: (line: string) => void) {
  const centre = await openCentre(AGENTS, COLLEAGUES);
  const before = centre.bench.runtime.live.position;
  await inParallel(200, WORKERS, (index) => centre.life(`warm-${index}`));
  const warm = centre.bench.runtime.live.position;
  const ms = await timed(() => inParallel(CALLS, WORKERS, (index) => centre.life(`call-${index}`)));
  const records = (centre.bench.runtime.live.position - warm) / CALLS;
  say(`${((warm - before) / 200).toFixed(1)} records per call, then ${records.toFixed(1)}`);
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
    only: ({ actor }) => actor.kind === 'agent',
    deliver: (records) => {
      for (const { actor, transition } of records) {
        const began = freed.get(actor.id);
        freed.delete(actor.id);
        const { type } = transition.data.event;
        if (type === 'offer' && began !== undefined) waits.push(performance.now() - began);
        else if (type === 'setReady') freed.set(actor.id, performance.now());
      }
    },
  });
  const lives: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < RATE_PER_S * STEADY_S; index += 1) {
    await delay(Math.max(0, began + (index * 1_000) / RATE_PER_S - performance.now()));
    lives.push(centre.shortLife(`steady-${index}`));
  }
  await Promise.all(lives);
  say(`${waits.length} offers followed an agent's coming free`);
  await centre.close();
  const figure = `median ${percentile(waits, 0.5).toFixed(1)} ms, p99 ${percentile(waits, 0.99).toFixed(1)} ms`;
  return { what: `from an agent's coming free to his next offer, ${RATE_PER_S} calls/s`, figure, aim: 'p99 <= 20 ms' };
}

interface BenchCentre {
  readonly bench: BenchRuntime;
  life(id: string): Promise<void>;
  shortLife(id: string): Promise<void>;
  close(): Promise<void>;
}

async function openCentre(agents: number, colleagues: number): Promise<BenchCentre> {
  const bench = await openBenchRuntime();
  const { runtime } = bench;
  let commands = 0;
  const submit = async (kind: string, id: string, event: MachineEvent) => {
    const to = { tenant: TENANT, kind, id };
    const command = { id: `calls-${++commands}`, tenant: TENANT, by: 'system:bench', via: 'bench' };
    const outcome = await runtime.submit({ ...command, deliveries: [{ to, event }] });
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

  /** Arrives, and waits until somebody is offered it and answers. */
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
    async shortLife(id) {
      const { agent } = await answered(id);
      await delay(TALK_MS);
      await submit('call', id, { type: 'leg.ended', leg: `${id}-1` });
      await submit('agent', agent, { type: 'setReady' });
    },
    async close() {
      await distributor.stop();
      await bench.close();
    },
  };
}
