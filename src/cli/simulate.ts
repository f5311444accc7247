/**
 * `ledgerline simulate`: seeded traffic for a queue. In virtual time with the machines and the distributor of the server,
 * beside what queueing theory says; or, with `--live`, real calls to a queue of a running server behind the simulated switch.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { kinds } from '../../machines/index.ts';
import { messageOf } from '../errors.ts';
import { type Theory, theoryOf } from '../simulate/erlang.ts';
import type { Law } from '../simulate/random.ts';
import { type Simulated, type SimulationPlan, simulate } from '../simulate/simulate.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { countOf, explained, type JsonFlag, withConnection, withJson, withTenant } from './command-options.ts';
import { CliFailure, EXIT, wrongUse } from './exit.ts';
import { type LiveResult, simulateLive } from './simulate-live.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly agents: number;
  readonly calls: number;
  readonly perHour?: number;
  readonly occupancy: number;
  readonly talk: number;
  readonly law: Law['kind'];
  readonly patience?: number;
  readonly wrapUp: number;
  readonly answer: number;
  readonly within: number;
  readonly seed: number;
  readonly live?: string;
  readonly signIn?: true;
  readonly tenant?: string;
}

const HOUR_S = 3_600;
const WARM_UP = 0.05;
/** A law of talking times as callers have it: the standard deviation is three quarters of the mean. */
const LOGNORMAL_VARIATION = 0.75;

export function addSimulate(program: Command, terminal: Terminal): void {
  const command = program
    .command('simulate')
    .description('send seeded traffic through a queue and print what came of it')
    .option('--agents <n>', 'who answer', countOf, 10)
    .option('--calls <n>', 'how many; but with --live the first twentieth is not counted', countOf, 20_000)
    .option('--per-hour <n>', 'arrivals (Poisson); else as many as give --occupancy', countOf)
    .option('--occupancy <share>', 'share of their time that the agents talk, 0 to 1', shareOf, 0.8)
    .option('--talk <seconds>', 'mean', secondsOf, 180)
    .addOption(
      new Option('--law <law>', 'of talking times')
        .choices(['exponential', 'lognormal', 'deterministic'])
        .default('exponential'),
    )
    .option('--patience <seconds>', 'mean, exponential; else nobody gives up', secondsOf)
    .option('--wrap-up <seconds>', 'after every call', secondsOf, 0)
    .option('--answer <seconds>', 'until a ringing phone is picked up', secondsOf, 0)
    .option('--within <seconds>', 'of the service level', secondsOf, 20)
    .option('--seed <n>', 'the same seed gives the same traffic', countOf, 1)
    .option('--live <number>', 'call this queue of a running server, in real time, instead')
    .option('--sign-in', 'with --live: make members of the queue ready first, --agents of them; they stay so')
    .action((flags: Flags) => run(terminal, flags));
  explained(withJson(withConnection(withTenant(command))), [
    ['simulate --agents 30 --occupancy 0.9', 'virtual time: 20,000 calls, beside Erlang C'],
    ['simulate --agents 10 --occupancy 1.1 --patience 60', 'more than they can take: Erlang A'],
    [
      'simulate --live 8000 --tenant genesys --sign-in --calls 5 --per-hour 3600 --talk 2',
      'five real calls to the demo’s queue; Ctrl-C hangs them up',
    ],
  ]);
}

async function run(terminal: Terminal, flags: Flags): Promise<void> {
  const plan = planOf(flags);
  if (flags.live !== undefined) return runLive(terminal, flags, plan, flags.live);
  if (flags.signIn === true) throw wrongUse('--sign-in is for --live');
  const theory = theoryFor(plan);
  const bar = terminal.progress('simulating');
  try {
    show(terminal, flags, { plan, result: await simulate(kinds, plan, bar.show), theory });
  } finally {
    bar.end();
  }
}

async function runLive(terminal: Terminal, flags: Flags, plan: SimulationPlan, number: string): Promise<void> {
  const api = Api.of(terminal, flags);
  const live = { ...plan, number, tenant: flags.tenant, signsIn: flags.signIn === true };
  const bar = terminal.progress('calling');
  const stop = terminal.interrupted();
  let result: LiveResult;
  try {
    result = await simulateLive({ api, terminal }, live, bar.show, stop);
  } finally {
    bar.end();
  }
  if (flags.json === true) terminal.out(JSON.stringify(result));
  else print(terminal, liveRows(result, plan));
  if (stop.aborted)
    throw new CliFailure(EXIT.failed, `broken off: ${result.offered} of ${plan.calls} had called, and have hung up`);
}

function planOf(flags: Flags): SimulationPlan {
  const { agents, occupancy, talk, law, patience, wrapUp, answer, within, seed, calls } = flags;
  const meanMs = talk * 1000;
  return {
    seed,
    calls,
    agents,
    arrivalsPerHour: flags.perHour ?? (agents * occupancy * HOUR_S) / (talk + wrapUp),
    service: law === 'lognormal' ? { kind: law, meanMs, variation: LOGNORMAL_VARIATION } : { kind: law, meanMs },
    ...(patience === undefined ? {} : { patience: { kind: 'exponential', meanMs: patience * 1000 } }),
    wrapUpMs: wrapUp * 1000,
    answerMs: answer * 1000,
    serviceLevelMs: within * 1000,
    warmUp: WARM_UP,
  };
}

interface Told {
  readonly plan: SimulationPlan;
  readonly result: Simulated;
  readonly theory: Theory | undefined;
}

function show(terminal: Terminal, { json }: Flags, { plan, result, theory }: Told): void {
  if (json === true) {
    const expected = theory && { ...theory, serviceLevel: theory.serviceLevel(plan.serviceLevelMs) };
    terminal.out(JSON.stringify({ plan, result, ...(expected === undefined ? {} : { theory: expected }) }));
    return;
  }
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const rows = [
    ['', 'simulated', theory === undefined ? '' : 'theory'],
    ['calls', String(result.offered)],
    ['answered', String(result.answered)],
    ['abandoned', percent(result.abandoned / result.offered), theory && percent(theory.abandons)],
    [
      'mean wait',
      `${seconds(result.waitMs.mean)} ± ${seconds(result.waitMs.error)}`,
      theory && seconds(theory.waitMsMean),
    ],
    ['longest wait', seconds(result.waitMsMax)],
    [
      `answered within ${plan.serviceLevelMs / 1000} s`,
      percent(result.serviceLevel.mean),
      theory && percent(theory.serviceLevel(plan.serviceLevelMs)),
    ],
    ['occupancy', percent(result.occupancy), theory && percent(theory.occupancy)],
    ['virtual time', `${(result.virtualMs / 3_600_000).toFixed(1)} h`],
    ['records', String(result.records)],
  ];
  print(terminal, rows);
}

function liveRows(result: LiveResult, { serviceLevelMs }: SimulationPlan): readonly (readonly string[])[] {
  return [
    ['calls', String(result.offered)],
    ['answered', String(result.answered)],
    ['abandoned', String(result.abandoned)],
    ['turned away', String(result.refused)],
    ['mean wait', `${result.waitSecondsMean.toFixed(2)} s`],
    [`answered within ${serviceLevelMs / 1000} s`, String(result.answeredWithin)],
  ];
}

/** In columns, the first to the left and the figures to the right. */
function print(terminal: Terminal, rows: readonly (readonly (string | undefined)[])[]): void {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [what = '', ...figures] of rows) {
    const cells = figures.map((figure = '', index) => figure.padStart(widths[index + 1] ?? 0));
    terminal.out([what.padEnd(widths[0] ?? 0), ...cells].join('  ').trimEnd());
  }
}

/** Theory knows exponential times, no wrap-up and phones that are picked up at once. */
function theoryFor(plan: SimulationPlan): Theory | undefined {
  if (plan.service.kind !== 'exponential' || plan.wrapUpMs > 0 || plan.answerMs > 0) return undefined;
  try {
    return theoryOf({
      agents: plan.agents,
      arrivalsPerMs: plan.arrivalsPerHour / 3_600_000,
      serviceMsMean: plan.service.meanMs,
      ...(plan.patience === undefined ? {} : { patienceMsMean: plan.patience.meanMs }),
    });
  } catch (error) {
    throw new CliFailure(EXIT.usage, `${messageOf(error)}: give --patience, or less --occupancy`);
  }
}

function shareOf(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share <= 10)) throw new InvalidArgumentError('It must be a share such as 0.8.');
  return share;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0 && seconds <= 86_400)) throw new InvalidArgumentError('It must be a number of seconds.');
  return seconds;
}
