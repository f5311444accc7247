/**
 * The proof by theory, in full: mean wait and service level of simulated queues with 5, 10 and 30 agents at three loads
 * each, against Erlang C, and with impatient callers against Erlang A. Real call and agent machines, the real distributor,
 * in virtual time over the lean runtime. Independent runs are added until the standard error of the mean wait is small
 * enough to tell 3 % (`npm run bench -- erlang`; the better part of an hour).
 */
import { kinds } from '../../machines/index.ts';
import { theoryOf } from '../../src/simulate/erlang.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import type { Bench, Row } from './table.ts';

const SERVICE_MS = 180_000;
const PATIENCE_MS = 120_000;
const LEVEL_MS = 20_000;
const RUN_CALLS = 100_000;
const RUNS_MIN = 4;
const RUNS_MAX = 60;
const ERROR_MAX = 0.012;

const CASES: readonly { readonly agents: number; readonly loads: readonly number[]; readonly impatient?: true }[] = [
  { agents: 5, loads: [0.5, 0.6, 0.7] },
  { agents: 10, loads: [0.6, 0.7, 0.8] },
  { agents: 30, loads: [0.75, 0.8, 0.85] },
  { agents: 5, loads: [0.7, 0.9, 1.1], impatient: true },
  { agents: 10, loads: [0.7, 0.9, 1.1], impatient: true },
  { agents: 30, loads: [0.8, 0.95, 1.1], impatient: true },
];

export const bench: Bench = async (say) => {
  const rows: Row[] = [];
  for (const { agents, loads, impatient } of CASES)
    for (const load of loads) {
      const found = await proof(agents, load, impatient === true, say);
      for (const { what, figure, baseline } of found) say(`${what}: ${figure}, theory ${baseline}`);
      rows.push(...found);
    }
  return rows;
};

async function proof(agents: number, load: number, impatient: boolean, say: (line: string) => void): Promise<Row[]> {
  const arrivalsPerMs = (agents * load) / SERVICE_MS;
  const model = { agents, arrivalsPerMs, serviceMsMean: SERVICE_MS };
  const theory = theoryOf(impatient ? { ...model, patienceMsMean: PATIENCE_MS } : model);
  const [waits, levels]: [number[], number[]] = [[], []];
  while (waits.length < RUNS_MIN || (errorOf(waits) > ERROR_MAX * theory.waitMsMean && waits.length < RUNS_MAX)) {
    const result = await simulate(kinds, {
      seed: 1 + waits.length,
      calls: RUN_CALLS,
      arrivalsPerHour: arrivalsPerMs * 3_600_000,
      service: { kind: 'exponential', meanMs: SERVICE_MS },
      ...(impatient ? { patience: { kind: 'exponential', meanMs: PATIENCE_MS } } : {}),
      agents,
      wrapUpMs: 0,
      answerMs: 0,
      serviceLevelMs: LEVEL_MS,
      warmUp: 0.02,
    });
    waits.push(result.waitMs.mean);
    levels.push(result.serviceLevel.mean);
    say(`${agents} agents, load ${load}: ${waits.length} runs, error ${percent(errorOf(waits) / theory.waitMsMean)}`);
  }
  const name = `${impatient ? 'Erlang A' : 'Erlang C'}, ${agents} agents, load ${load}`;
  const sample = `${waits.length * (RUN_CALLS / 1_000)}k calls`;
  const error = percent(errorOf(waits) / theory.waitMsMean);
  return [
    compared(`${name}: mean wait (${sample}, ± ${error})`, mean(waits) / 1_000, theory.waitMsMean / 1_000, ' s'),
    compared(`${name}: answered within 20 s`, mean(levels) * 100, theory.serviceLevel(LEVEL_MS) * 100, ' %'),
  ];
}

function compared(what: string, simulated: number, theory: number, unit: string): Row {
  const shown = (value: number) => `${value.toFixed(3)}${unit}`;
  return { what, figure: shown(simulated), baseline: shown(theory), ratio: simulated / theory, aim: '0.97 to 1.03' };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of the mean of independent runs. */
function errorOf(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
