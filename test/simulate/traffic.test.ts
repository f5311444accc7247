/**
 * The same traffic through the lean runtime and through the whole stack (log, group commit, projections, timers): the same
 * measures, and the statistics of the read model are those measures too.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallContext } from '../../machines/call/context.ts';
import { kinds } from '../../machines/index.ts';
import { agentTimes, occupancyOf, queueStatistics } from '../../projections/statistics.ts';
import { type SimulationPlan, simulate } from '../../src/simulate/simulate.ts';
import { Tally } from '../../src/simulate/tally.ts';
import { callersOf, Traffic } from '../../src/simulate/traffic.ts';
import { anAgent, aQueue, CENTRE, type Centre, givenCentre } from '../support/centre.ts';

const PLAN: SimulationPlan = {
  seed: 5,
  calls: 300,
  arrivalsPerHour: 120,
  service: { kind: 'lognormal', meanMs: 60_000, variation: 0.8 },
  patience: { kind: 'exponential', meanMs: 40_000 },
  agents: 2,
  wrapUpMs: 15_000,
  answerMs: 4_000,
  serviceLevelMs: 20_000,
  warmUp: 0,
};
const AGENTS = ['a0001', 'a0002'];

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
});
afterEach(() => centre.close());

async function throughTheWholeStack() {
  const tally = new Tally({ ...PLAN, warmUpCalls: 0, batchCalls: 8 });
  const traffic = new Traffic({
    runtime: centre.runtime,
    clock: centre.clock,
    callers: callersOf(PLAN),
    tenant: CENTRE,
    queue: 'queue',
    answerMs: () => PLAN.answerMs,
    prefix: 'c',
    report: (what, problem) => {
      throw new Error(`${JSON.stringify(what)}: ${JSON.stringify(problem)}`);
    },
  });
  centre.startDistributor();
  await centre.happens(aQueue('queue', AGENTS), ...AGENTS.map((id) => anAgent(id, { wrapUpMs: PLAN.wrapUpMs })));
  centre.runtime.follow({
    after: 'now',
    only: ({ actor, transition }) => actor.kind === 'call' && transition.data.to === 'ended',
    deliver: (records) => {
      for (const { transition } of records) tally.add(transition.data.state.context as unknown as CallContext);
    },
  });
  traffic.start();
  while (!traffic.isOver) {
    await centre.clock.advance(60_000, async () => {
      await traffic.atRest();
      await centre.settle();
      await traffic.atRest();
    });
  }
  traffic.stop();
  return tally.result;
}

test('lean and whole measure the same, and the statistics agree', async () => {
  const lean = await simulate(kinds, PLAN);
  const whole = await throughTheWholeStack();
  expect(lean).toMatchObject(whole);
  expect(whole.answered).toBeGreaterThan(150);
  expect(whole.abandoned).toBeGreaterThan(50);

  const span = { tenant: CENTRE, from: 0, to: Number.MAX_SAFE_INTEGER };
  const counted = queueStatistics(centre.runtime.live, { ...span, queue: 'queue' });
  expect(counted).toMatchObject({
    entered: PLAN.calls,
    answered: whole.answered,
    abandoned: whole.abandoned,
    handled: whole.answered,
    talkMsMean: whole.talkMsMean,
    waitMsMax: whole.waitMsMax,
  });
  expect(counted.answeredWithin.s20 / whole.answered).toBeCloseTo(whole.serviceLevel.mean, 10);
  expect(counted.handleMsMean).toBeCloseTo(whole.talkMsMean + PLAN.wrapUpMs, -1);
  const busy = occupancyOf(agentTimes(centre.runtime.live, span));
  expect(busy).toBeGreaterThan(whole.occupancy);
  expect(busy).toBeLessThan(1);
});
