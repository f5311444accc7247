/** docs/examples/nats-consumer.ts in a process of its own, as often as it is started; what all of them have printed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Transition } from '../../../src/model/transition.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples', 'nats-consumer.ts');

export interface ReadingProgram {
  /** Everything it has printed, in order. */
  readonly printed: readonly Transition[];
  /** What it has said beside that. */
  readonly said: string;
  start(servers: string): void;
  kill9(): Promise<void>;
}

export function readingProgram(consumer: string, seed: string): ReadingProgram {
  const printed: Transition[] = [];
  let said = '';
  let child: ChildProcess | undefined;
  return {
    printed,
    get said() {
      return said;
    },
    start(servers) {
      const env = { ...process.env, SEED: seed };
      const started = spawn(process.execPath, [PROGRAM, consumer, servers], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      let rest = '';
      started.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        // What it had begun to print when it was killed it had not acknowledged.
        rest = lines.pop() ?? '';
        printed.push(...lines.map((line) => JSON.parse(line) as Transition));
      });
      started.stderr.on('data', (text: Buffer) => {
        said += text.toString();
      });
    },
    async kill9() {
      if (child === undefined || child.exitCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** What is wrong with the order of what was read, if each record counts when it comes for the first time: per actor from version 1 on, without a gap. */
export function disorderIn(records: readonly Transition[]): readonly string[] {
  const versions = new Map<string, number>();
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const { id, source, data } of records) {
    if (seen.has(id)) continue;
    seen.add(id);
    const before = versions.get(source) ?? 0;
    if (data.version !== before + 1) problems.push(`${source}: ${data.version} after ${before}`);
    versions.set(source, data.version);
  }
  return problems;
}
