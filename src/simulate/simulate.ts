/**
 * `ledgerline simulate`: a queue with equal agents under seeded traffic, in virtual time, with the real call and agent
 * machines and the real distributor over the lean runtime; and the table it gives.
 */
import type { CallContext } from '../../machines/call/context.ts';
import { Distributor } from '../distributor/distributor.ts';
import type { Fact } from '../distributor/fact.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Command } from '../model/command.ts';
import { contextOf } from '../model/transition.ts';
import { LeanRuntime } from './lean-runtime.ts';
import { type SimulationResult, Tally } from './tally.ts';
import { callersOf, Traffic, type TrafficPlan } from './traffic.ts';
import { VirtualTime } from './virtual-time.ts';

export interface SimulationPlan extends TrafficPlan {
  readonly agents: number;
  /** After every call. */
  readonly wrapUpMs: number;
  readonly answerMs: number;
  readonly serviceLevelMs: number;
  /** Share of the calls that is left out at the beginning. */
  readonly warmUp: number;
}

export interface Simulated extends SimulationResult {
  readonly virtualMs: number;
  /** Steps of machines. */
  readonly records: number;
}

const TENANT = 'simulation';
const QUEUE = 'queue';
const BATCHES = 40;
const PROGRESS_EVERY_CALLS = 1_000;

/**
 * Runs a plan to its end. The same plan gives the same result. Throws on anything that a machine or the distributor did
 * not expect: a simulation that goes on after that measures something else.
 */
export async function simulate(
  kinds: ActorKinds,
  plan: SimulationPlan,
  progress: (ended: number, calls: number) => void = () => undefined,
): Promise<Simulated> {
  const clock = new VirtualTime(0);
  const runtime = new LeanRuntime(kinds, clock);
  const report = (what: unknown, problem: unknown) => {
    throw new Error(`the simulation went wrong: ${JSON.stringify(what)}: ${JSON.stringify(problem)}`);
  };
  const warmUpCalls = Math.floor(plan.calls * plan.warmUp);
  const tally = new Tally({ ...plan, warmUpCalls, batchCalls: Math.ceil((plan.calls - warmUpCalls) / BATCHES) });
  let ended = 0;
  runtime.follow({
    after: 'now',
    only: ({ actor, transition }) => actor.kind === 'call' && transition.data.to === 'ended',
    deliver(records) {
      for (const { transition } of records) tally.add(contextOf<CallContext>(transition));
      ended += records.length;
      if (ended % PROGRESS_EVERY_CALLS === 0) progress(ended, plan.calls);
    },
  });
  const distributor = new Distributor({
    runtime,
    clock,
    beginning: () => ({ position: 0, facts: [queueOf(plan.agents)] }),
    directory: { resolve: (_, number) => ({ kind: 'unknown', number }) },
    retryMs: 1_000,
    report,
  });
  void distributor.start();
  for (let agent = 1; agent <= plan.agents; agent += 1) runtime.take(agentAtWork(agent, plan));
  const traffic = new Traffic({
    runtime,
    clock,
    callers: callersOf(plan),
    tenant: TENANT,
    queue: QUEUE,
    answerMs: () => plan.answerMs,
    prefix: 'c',
    report,
  });
  traffic.start();
  while (!traffic.isOver && clock.next()) {
    await distributor.atRest();
    await traffic.atRest();
    await distributor.atRest();
  }
  await distributor.stop();
  return { ...tally.result, virtualMs: clock.now(), records: runtime.position };
}

function agentId(agent: number): string {
  return `a${String(agent).padStart(4, '0')}`;
}

function queueOf(agents: number): Fact {
  const members = Array.from({ length: agents }, (_, index) => ({ agent: agentId(index + 1) }));
  const attributes = { name: QUEUE, extension: '8000', members };
  return {
    actor: { tenant: TENANT, kind: 'queue', id: QUEUE },
    version: 1,
    value: 'active',
    context: { attributes },
    done: false,
  };
}

function agentAtWork(agent: number, { wrapUpMs }: SimulationPlan): Command {
  const id = agentId(agent);
  const event = { type: 'create', presence: 'ready', line: String(1000 + agent), wrapUpMs };
  const to = { tenant: TENANT, kind: 'agent', id };
  return { id: `create:${id}`, tenant: TENANT, by: 'system:simulate', via: 'simulate', deliveries: [{ to, event }] };
}
