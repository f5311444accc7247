import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { kinds } from '../machines/index.ts';
import { projections } from '../projections/index.ts';
import { ManualClock } from '../src/clock.ts';
import type { LogFollowing } from '../src/log/log.ts';
import { gap } from '../src/log/log-failures.ts';
import { MemoryLog } from '../src/log/memory-log.ts';
import { SpareThread } from '../src/projector/spare-thread.ts';
import { LedgerRuntime } from '../src/runtime.ts';
import { PROJECTING_THREAD } from './support/projecting-thread.ts';
import { WORLD_START_MS } from './support/world.ts';

/** One that a server reads out which has lost its first record. */
class LackingLog extends MemoryLog {
  override head(): Promise<number> {
    return Promise.resolve(2);
  }
  override follow(): LogFollowing {
    return { ended: Promise.reject(gap(1, 2)), stop: () => undefined };
  }
}

test('a runtime that cannot read its log leaves no thread and no open file behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-runtime-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = new ManualClock(WORLD_START_MS);
  const databaseFile = join(folder, 'live.db');
  const opening = LedgerRuntime.open({
    log: new LackingLog({ id: 'lacking', now: () => clock.now() }),
    ...{ kinds, projections, clock, databaseFile },
    spare: new SpareThread(PROJECTING_THREAD),
    past: { receiptOf: () => undefined },
    mintId: () => 'never',
    pause: () => Promise.resolve(),
    settleMsMax: 1,
    cachedActorsMax: 1,
    waitingCommandsMax: 1,
    batchBytesMax: 1,
    settleRetryMs: 1,
    doubtMsMax: 1,
  });
  await expect(opening).rejects.toThrow('record 1 is missing from the log');
  expect(existsSync(databaseFile)).toBe(true);
  // The last one who closes a database takes it away.
  expect(existsSync(`${databaseFile}-wal`)).toBe(false);
});
