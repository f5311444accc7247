/**
 * The yardstick and what it measures: for the same callers, real machines and the real distributor let everybody wait
 * exactly as long as the ideal queue does; and the ideal queue is what theory says.
 */
import { expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { theoryOf } from '../../src/simulate/erlang.ts';
import { idealQueue } from '../../src/simulate/ideal.ts';
import type { Law } from '../../src/simulate/random.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { callersOf } from '../../src/simulate/traffic.ts';

const SERVICE_MS = 180_000;
const LEVEL_MS = 20_000;
const exponential = (meanMs: number): Law => ({ kind: 'exponential', meanMs });

function trafficOf(agents: number, load: number, patience?: Law) {
  const arrivalsPerHour = (agents * load * 3_600_000) / SERVICE_MS;
  return { arrivalsPerHour, service: exponential(SERVICE_MS), ...(patience === undefined ? {} : { patience }) };
}

test('callers are served one after the other by whoever is free first', () => {
  const caller = (afterMs: number, talkMs: number, patienceMs?: number) => ({ afterMs, talkMs, patienceMs });
  const callers = [caller(0, 100), caller(10, 100), caller(10, 100), caller(10, 100, 50), caller(0, 5, 80)];
  const ideal = idealQueue(callers, { agents: 2, serviceLevelMs: 79, batchCalls: 10 });
  // They wait 0, 0, 80, 50 (and are gone), 80.
  expect(ideal).toMatchObject({ calls: 5, abandoned: 1, serviceLevel: 0.5 });
  expect(ideal.waitMs.mean).toBe(210 / 5);
});

test.each<[string, number, number, Law | undefined]>([
  ['five agents', 5, 0.8, undefined],
  ['thirty agents', 30, 0.95, undefined],
  ['ten agents and impatient callers', 10, 1.1, exponential(120_000)],
])('%s: the machines let callers wait as the ideal queue does', async (_, agents, load, patience) => {
  const plan = { ...trafficOf(agents, load, patience), seed: 3, calls: 2_000, agents };
  const options = { wrapUpMs: 0, answerMs: 0, serviceLevelMs: LEVEL_MS, warmUp: 0 };
  const real = await simulate(kinds, { ...plan, ...options });
  const ideal = idealQueue(callersOf(plan), { agents, serviceLevelMs: LEVEL_MS, batchCalls: 50 });
  expect(real.waitMs.mean).toBeCloseTo(ideal.waitMs.mean, 6);
  expect(real.serviceLevel.mean).toBeCloseTo(ideal.serviceLevel, 12);
  expect(real.abandoned).toBe(ideal.abandoned);
});

test('over a million callers the ideal queue is Erlang C within 3 %', () => {
  const plan = { ...trafficOf(5, 0.6), seed: 1, calls: 1_000_000 };
  const ideal = idealQueue(callersOf(plan), { agents: 5, serviceLevelMs: LEVEL_MS, batchCalls: 20_000 });
  const theory = theoryOf({ agents: 5, arrivalsPerMs: 3 / SERVICE_MS, serviceMsMean: SERVICE_MS });
  expect(ideal.waitMs.error / theory.waitMsMean).toBeLessThan(0.015);
  expect(Math.abs(ideal.waitMs.mean / theory.waitMsMean - 1)).toBeLessThan(0.03);
  expect(Math.abs(ideal.serviceLevel / theory.serviceLevel(LEVEL_MS) - 1)).toBeLessThan(0.03);
});
