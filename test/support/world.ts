/**
 * A whole installation in memory: the real kinds, projections and runtime over the memory log, on a clock moved by hand.
 * Everything but disk, network and NATS is as in production.
 */
import { kinds as realKinds } from '../../machines/index.ts';
import { receiptOf } from '../../projections/commands.ts';
import { projections as realProjections } from '../../projections/index.ts';
import * as armed from '../../projections/timers.ts';
import { ManualClock } from '../../src/clock.ts';
import { directoryRecords } from '../../src/identity/directory-records.ts';
import { createIdentity, type Identity } from '../../src/identity/identity.ts';
import { createPasswordHasher, type PasswordHasher } from '../../src/identity/password.ts';
import { createThrottle, type ThrottleLimits } from '../../src/identity/throttle.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import type { ActorKinds } from '../../src/model/actor-kind.ts';
import type { Command, Delivery, Receipt } from '../../src/model/command.ts';
import type { Projection } from '../../src/model/projection.ts';
import { LedgerRuntime } from '../../src/runtime.ts';
import { Timers } from '../../src/timers/timers.ts';
import { CHEAP, countingBytes } from './identities.ts';

export interface World {
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  readonly runtime: LedgerRuntime;
  readonly hasher: PasswordHasher;
  readonly identity: Identity;
  /** Submits deliveries as one command and expects it to be accepted. */
  record(tenant: string, ...deliveries: readonly Delivery[]): Promise<Receipt>;
  /** Moves time on, through everything that falls due; the new now. */
  advance(ms: number): Promise<number>;
  close(): Promise<void>;
}

/** 2026-01-01T00:00:00Z, where a manual clock begins. */
export const WORLD_START_MS = Date.UTC(2026, 0, 1);

const DOUBT_MS_MAX = 5_000;

export interface WorldOptions {
  readonly throttle?: ThrottleLimits;
  /** What an earlier world left behind: its log and its clock live on, everything else begins anew. */
  readonly after?: Pick<World, 'log' | 'clock'>;
  /** Instead of the real ones. */
  readonly kinds?: ActorKinds;
  /** Callers are not told that a command is in doubt; else at once. */
  readonly patient?: boolean;
  /** Besides the real ones. */
  readonly projections?: readonly Projection[];
}

export async function givenWorld(options: WorldOptions = {}): Promise<World> {
  const clock = options.after?.clock ?? new ManualClock(WORLD_START_MS);
  const log = options.after?.log ?? new MemoryLog({ id: 'world', now: () => clock.now() });
  let minted = 0;
  const isEndless = (ms: number) => options.patient === true && ms === DOUBT_MS_MAX;
  const runtime: LedgerRuntime = await LedgerRuntime.open({
    log,
    kinds: options.kinds ?? realKinds,
    clock,
    projections: [...realProjections, ...(options.projections ?? [])],
    databaseFile: ':memory:',
    past: { receiptOf: (tenant, command) => receiptOf(runtime.live, tenant, command) },
    mintId: () => `00000000-0000-7000-8000-${(++minted).toString(16).padStart(12, '0')}`,
    pause: (ms) => new Promise((resolve) => (isEndless(ms) ? undefined : setImmediate(resolve))),
    settleMsMax: 60_000,
    cachedActorsMax: 1_000,
    waitingCommandsMax: 20_000,
    batchBytesMax: 4_000_000,
    settleRetryMs: 1,
    doubtMsMax: DOUBT_MS_MAX,
  });
  const timers = new Timers({
    runtime,
    clock,
    armed,
    retryMs: 1,
    report: (_, problem) => {
      throw problem;
    },
  });
  timers.start();
  const hasher = createPasswordHasher(countingBytes, CHEAP);
  const identity = createIdentity({
    live: runtime.live,
    records: directoryRecords,
    hasher,
    throttle: createThrottle(options.throttle),
    clock,
    random: countingBytes,
  });
  return {
    log,
    clock,
    runtime,
    hasher,
    identity,
    async record(tenant, ...deliveries) {
      const command: Command = { id: `given-${++minted}`, tenant, by: 'system:test', via: 'test', deliveries };
      const outcome = await runtime.submit(command);
      if (outcome.kind === 'rejected') throw new Error(`not recorded: ${JSON.stringify(outcome.rejection)}`);
      return outcome.receipt;
    },
    async advance(ms) {
      await clock.advance(ms, async () => {
        await timers.atRest();
        await runtime.atRest();
      });
      return clock.now();
    },
    async close() {
      await timers.stop();
      await runtime.close();
    },
  };
}
