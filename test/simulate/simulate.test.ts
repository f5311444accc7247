/**
 * The whole proof in small: real machines and the real distributor under Poisson traffic give what theory says. How near
 * they must come follows from the sample: three standard errors of the batch means, and the errors must be small enough for
 * that to mean something. Seeded, so it is the same every time. The full table is test/bench/erlang.ts.
 */
import { expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { theoryOf } from '../../src/simulate/erlang.ts';
import { type SimulationPlan, simulate } from '../../src/simulate/simulate.ts';

const SERVICE_MS = 180_000;
const LEVEL_MS = 20_000;
const ERRORS = 3;
const TIMEOUT_MS = 600_000;

function plan(agents: number, load: number, more: Partial<SimulationPlan> = {}): SimulationPlan {
  return {
    seed: 20_260_101,
    calls: 16_000,
    arrivalsPerHour: (load * 3_600_000) / SERVICE_MS,
    service: { kind: 'exponential', meanMs: SERVICE_MS },
    agents,
    wrapUpMs: 0,
    answerMs: 0,
    serviceLevelMs: LEVEL_MS,
    warmUp: 0.05,
    ...more,
  };
}

function within({ mean, error }: { readonly mean: number; readonly error: number }, theory: number): void {
  expect(error / theory).toBeLessThan(0.06);
  expect(Math.abs(mean - theory)).toBeLessThan(ERRORS * error);
}

test(
  'without impatience it is Erlang C',
  async () => {
    const result = await simulate(kinds, plan(2, 1));
    const theory = theoryOf({ agents: 2, arrivalsPerMs: 1 / SERVICE_MS, serviceMsMean: SERVICE_MS });
    within(result.waitMs, theory.waitMsMean);
    within(result.serviceLevel, theory.serviceLevel(LEVEL_MS));
    expect(result.occupancy).toBeCloseTo(theory.occupancy, 1);
    expect(result).toMatchObject({ offered: 15_200, answered: 15_200, abandoned: 0, otherwise: 0 });
  },
  TIMEOUT_MS,
);

test(
  'with impatience it is Erlang A',
  async () => {
    const patience = { kind: 'exponential', meanMs: 60_000 } as const;
    const result = await simulate(kinds, plan(5, 5.5, { patience }));
    const rates = { arrivalsPerMs: 5.5 / SERVICE_MS, serviceMsMean: SERVICE_MS, patienceMsMean: 60_000 };
    const theory = theoryOf({ agents: 5, ...rates });
    within(result.waitMs, theory.waitMsMean);
    within(result.serviceLevel, theory.serviceLevel(LEVEL_MS));
    // A share of 15,200 calls that depend on their neighbours: 0.02 is six times the error of independent ones.
    expect(Math.abs(result.abandoned / result.offered - theory.abandons)).toBeLessThan(0.02);
    expect(result.answered + result.abandoned).toBe(result.offered);
  },
  TIMEOUT_MS,
);

test('wrap-up counts as service to those who wait', async () => {
  const calls = 3_000;
  const without = await simulate(kinds, plan(5, 3, { calls }));
  const withIt = await simulate(kinds, plan(5, 3, { calls, wrapUpMs: 60_000 }));
  expect(withIt.waitMs.mean).toBeGreaterThan(2 * without.waitMs.mean);
});

test('the same plan gives the same result and tells its progress', async () => {
  const seen: number[] = [];
  const short = plan(5, 3, { calls: 3_000 });
  const first = await simulate(kinds, short, (ended, calls) => seen.push(ended / calls));
  expect(await simulate(kinds, short)).toEqual(first);
  expect(seen).toEqual([1 / 3, 2 / 3, 1]);
});

test('even traffic of fixed service times meets no queue', async () => {
  const fixed = { kind: 'deterministic', meanMs: 1_000 } as const;
  const result = await simulate(kinds, plan(30, 3, { calls: 2_000, service: fixed }));
  expect(result.waitMsMax).toBe(0);
  expect(result.talkMsMean).toBe(1_000);
});
