/**
 * What Prometheus may scrape. Counters and histograms are fed by whoever does the work, through the methods below; what
 * is a level rather than an event (positions, followers, caches) is read when a scrape comes.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isFailure } from '../errors.ts';
import type { Runtime } from '../model/runtime.ts';

/** Levels, by metric name. Each is asked at every scrape. */
export type Levels = Readonly<Record<string, Level>>;

export type Level = {
  readonly help: string;
  /** True for what only grows, from wherever it begins with this process. */
  readonly isCounter?: true;
} & (
  | { readonly read: () => number }
  | { readonly labels: readonly string[]; readonly read: () => readonly Sample[] | Promise<readonly Sample[]> }
);

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metrics {
  /** `outcome`: accepted, repeated, a rejection's code, or a failure's. */
  commandDone(outcome: string, seconds: number): void;
  /** One batch is stored: so many records of so many commands. */
  appended(records: number, commands: number): void;
  requestDone(dialect: string, method: string, status: number, seconds: number): void;
  readonly contentType: string;
  scrape(): Promise<string>;
  /** Levels whose readers exist only later than the metrics do. */
  addLevels(levels: Levels): void;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const BATCH = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const commands = new Counter({
    name: 'ledgerline_commands_total',
    help: 'Commands by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const commandSeconds = new Histogram({
    name: 'ledgerline_command_seconds',
    help: 'Time from submit to answer',
    buckets: SECONDS,
    registers,
  });
  const records = new Counter({ name: 'ledgerline_appended_records_total', help: 'Records stored', registers });
  const batches = new Histogram({
    name: 'ledgerline_append_batch_records',
    help: 'Records per batch',
    buckets: BATCH,
    registers,
  });
  const batchCommands = new Histogram({
    name: 'ledgerline_append_batch_commands',
    help: 'Commands per batch',
    buckets: BATCH,
    registers,
  });
  const requests = new Histogram({
    name: 'ledgerline_http_request_seconds',
    help: 'Time from request to answer; streams count until they begin',
    labelNames: ['dialect', 'method', 'status'],
    buckets: SECONDS,
    registers,
  });
  return {
    commandDone(outcome, seconds) {
      commands.inc({ outcome });
      commandSeconds.observe(seconds);
    },
    appended(count, commandCount) {
      records.inc(count);
      batches.observe(count);
      batchCommands.observe(commandCount);
    },
    requestDone(dialect, method, status, seconds) {
      requests.observe({ dialect, method: METHODS.has(method) ? method : 'other', status: `${status}` }, seconds);
    },
    contentType: registry.contentType,
    scrape: () => registry.metrics(),
    addLevels(levels) {
      for (const [name, level] of Object.entries(levels)) {
        const of = level.isCounter === true ? Counter : Gauge;
        const labelNames = 'labels' in level ? [...level.labels] : [];
        new of({ name, help: level.help, labelNames, registers, collect: readingOf(level) });
      }
    },
  };
}

/** The same runtime, with every command counted. */
export function measured(runtime: Runtime, metrics: Metrics, nowMs: () => number): Runtime {
  const submit: Runtime['submit'] = async (command, until) => {
    const began = nowMs();
    const done = (outcome: string): void => metrics.commandDone(outcome, (nowMs() - began) / 1000);
    try {
      const outcome = await runtime.submit(command, until);
      done(outcome.kind === 'rejected' ? outcome.rejection.code : outcome.repeated ? 'repeated' : 'accepted');
      return outcome;
    } catch (error) {
      done(isFailure(error) ? error.code : 'broken');
      throw error;
    }
  };
  return {
    submit,
    query: (moment) => runtime.query(moment),
    positionAt: (time) => runtime.positionAt(time),
    get live() {
      return runtime.live;
    },
    get reach() {
      return runtime.reach;
    },
    follow: (options) => runtime.follow(options),
    replay: (range) => runtime.replay(range),
  };
}

/** What was read before is forgotten: who is gone has no level any more. */
function readingOf(level: Level): (this: Counter | Gauge) => Promise<void> {
  return async function collect() {
    const samples = 'labels' in level ? await level.read() : [{ labels: {}, value: level.read() }];
    this.reset();
    for (const { labels, value } of samples) this.inc(labels, value);
  };
}
