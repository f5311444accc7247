import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of these a file is short and goes on for long, waiting for processes that start, die and elect. */
const WAITING = /[/]test[/](faults|docs)[/]/;
const OTHERS_TO_ONE = 4;

/** The largest first; those that wait among them, or the last of them would be left alone at the end. */
class WaitingAmongOthers extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { waiting = [], others = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      WAITING.test(moduleId) ? 'waiting' : 'others',
    );
    const mixed = waiting.flatMap((file, n) => [file, ...others.slice(n * OTHERS_TO_ONE, (n + 1) * OTHERS_TO_ONE)]);
    return [...mixed, ...others.slice(waiting.length * OTHERS_TO_ONE)];
  }
}

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than the two cores that are counted on: a third of the time goes by in waiting, for leases, elections, servers that start.
    maxWorkers: 3,
    // A process for each file is a fifth of the whole time; no module of ours keeps anything that a file could find of another's.
    isolate: false,
    sequence: { sequencer: WaitingAmongOthers },
    // Bounds for what never comes. Nothing is measured by them: a slow machine may take a minute for what takes a second here.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
