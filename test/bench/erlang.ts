/**
 * The proof by theory, in full: mean wait and service level of queues with 5, 10 and 30 agents at three loads each, against
 * Erlang C, and with impatient callers against Erlang A, within 3 %.
 * The real call and agent machines and the real distributor (in virtual time, over the lean runtime) take fifty thousand
 * calls of each; that alone would leave an error of 5 to 20 %, since waits depend on one another. So the ideal queue
 * (src/simulate/ideal.ts), given the same callers, serves as control variate: what the machines measured, plus the ideal
 * queue's mean over tens of millions of callers, minus its mean over those fifty thousand (A. M. Law, "Simulation Modeling
 * and Analysis", 11.4). The machines' own difference from the ideal queue is printed, and is nought.
 */
import { kinds } from '../../machines/index.ts';
import { theoryOf } from '../../src/simulate/erlang.ts';
import { errorOf } from '../../src/simulate/error-of.ts';
import { idealQueue } from '../../src/simulate/ideal.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { callersOf, type TrafficPlan } from '../../src/simulate/traffic.ts';
import type { Bench, Row } from './table.ts';

const SERVICE_MS = 180_000;
const PATIENCE_MS = 120_000;
const LEVEL_MS = 20_000;
const REAL_CALLS = 50_000;
const RUN_CALLS = 1_000_000;
const RUNS_MIN = 10;
const RUNS_MAX = 60;
const ERROR_MAX = 0.0075;

const CASES: readonly { readonly agents: number; readonly loads: readonly number[]; readonly impatient?: true }[] = [
  { agents: 5, loads: [0.5, 0.7, 0.85] },
  { agents: 10, loads: [0.6, 0.75, 0.9] },
  { agents: 30, loads: [0.75, 0.85, 0.95] },
  { agents: 5, loads: [0.7, 0.9, 1.1], impatient: true },
  { agents: 10, loads: [0.7, 0.9, 1.1], impatient: true },
  { agents: 30, loads: [0.8, 0.95, 1.1], impatient: true },
];

export const bench: Bench = async (say) => {
  const rows: Row[] = [];
  for (const { agents, loads, impatient } of CASES)
    for (const load of loads) {
      const found = await proof(agents, load, impatient === true);
      for (const { what, figure, baseline = '' } of found) say(`${what}: ${figure}, theory ${baseline}`);
      rows.push(...found);
    }
  return rows;
};

async function proof(agents: number, load: number, impatient: boolean): Promise<Row[]> {
  const arrivalsPerMs = (agents * load) / SERVICE_MS;
  const model = { agents, arrivalsPerMs, serviceMsMean: SERVICE_MS };
  const theory = theoryOf(impatient ? { ...model, patienceMsMean: PATIENCE_MS } : model);
  // Every case has callers of its own, so that luck in one says nothing of the others.
  const seeds = agents * 100_000 + Math.round(load * 100) * 1_000 + (impatient ? 500 : 0);
  const traffic = (run: number, calls: number): TrafficPlan => ({
    seed: seeds + run,
    calls,
    arrivalsPerHour: arrivalsPerMs * 3_600_000,
    service: { kind: 'exponential', meanMs: SERVICE_MS },
    ...(impatient ? { patience: { kind: 'exponential', meanMs: PATIENCE_MS } } : {}),
  });
  const options = { agents, serviceLevelMs: LEVEL_MS, wrapUpMs: 0, answerMs: 0, warmUp: 0 };
  const real = await simulate(kinds, { ...traffic(1, REAL_CALLS), ...options });
  const same = idealQueue(callersOf(traffic(1, REAL_CALLS)), { ...options, batchCalls: REAL_CALLS });
  const [waits, levels]: [number[], number[]] = [[], []];
  while (waits.length < RUNS_MIN || (errorOf(waits) > ERROR_MAX * theory.waitMsMean && waits.length < RUNS_MAX)) {
    const run = idealQueue(callersOf(traffic(2 + waits.length, RUN_CALLS)), { ...options, batchCalls: RUN_CALLS });
    waits.push(run.waitMs.mean);
    levels.push(run.serviceLevel);
  }
  const name = `${impatient ? 'Erlang A' : 'Erlang C'}, ${agents} agents, load ${load}`;
  const off = percent(real.waitMs.mean / same.waitMs.mean - 1);
  const error = percent(errorOf(waits) / theory.waitMsMean);
  const waitMs = real.waitMs.mean - same.waitMs.mean + mean(waits);
  const level = real.serviceLevel.mean - same.serviceLevel + mean(levels);
  return [
    compared(
      `${name}: mean wait (machines off ideal ${off}, error ${error})`,
      waitMs / 1_000,
      theory.waitMsMean / 1_000,
      ' s',
    ),
    compared(`${name}: answered within 20 s`, level * 100, theory.serviceLevel(LEVEL_MS) * 100, ' %'),
  ];
}

function compared(what: string, simulated: number, theory: number, unit: string): Row {
  const shown = (value: number) => `${value.toFixed(3)}${unit}`;
  return { what, figure: shown(simulated), baseline: shown(theory), ratio: simulated / theory, aim: '0.97 to 1.03' };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
