import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than the two cores that are counted on: a third of the time goes by in waiting, for leases, elections, servers that start.
    maxWorkers: 3,
    // Bounds for what never comes. Nothing is measured by them: a slow machine may take a minute for what takes a second here.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
