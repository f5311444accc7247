/** The runtime on a real NATS server with our nats.conf, as production has it, for benchmarks. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kinds } from '../../machines/index.ts';
import { receiptOf } from '../../projections/commands.ts';
import { projections } from '../../projections/index.ts';
import { systemClock } from '../../src/clock.ts';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import { BATCH_ENTRIES_MAX, type Entry, type Log } from '../../src/log/log.ts';
import { idMint } from '../../src/mint-id.ts';
import type { Command, MachineEvent } from '../../src/model/command.ts';
import { SpareThread } from '../../src/projector/spare-thread.ts';
import { LedgerRuntime } from '../../src/runtime.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { PROJECTING_THREAD } from './projecting-thread.ts';

export interface BenchRuntime {
  readonly runtime: LedgerRuntime;
  readonly log: Log;
  readonly server: NatsServer;
  readonly folder: string;
  command(id: string, event: MachineEvent): Command;
  close(): Promise<void>;
}

export async function openLog(server: NatsServer): Promise<Log> {
  const log = await openJetStreamLog({ servers: server.url, mintId: randomUUID });
  server.stage();
  return log;
}

export async function openBenchRuntime(): Promise<BenchRuntime> {
  const server = await startNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const log = await openLog(server);
  const runtime: LedgerRuntime = await LedgerRuntime.open({
    log,
    kinds,
    projections,
    clock: systemClock(),
    databaseFile: join(folder, 'live.db'),
    spare: new SpareThread(PROJECTING_THREAD),
    past: { receiptOf: (tenant, command) => receiptOf(runtime.live, tenant, command) },
    mintId: idMint(),
    pause: (ms) => delay(ms),
    cachedActorsMax: 200_000,
    waitingCommandsMax: 100_000,
    batchBytesMax: 2_000_000,
    settleRetryMs: 50,
    doubtMsMax: 5_000,
    settleMsMax: 5_000,
  });
  let commands = 0;
  return {
    runtime,
    log,
    server,
    folder,
    command: (id, event) => {
      commands += 1;
      const deliveries = [{ to: { tenant: 'bench', kind: 'agent', id }, event }];
      return { id: `bench-${commands}`, tenant: 'bench', by: 'user:bench', via: 'bench', deliveries };
    },
    close: async () => {
      await runtime.close();
      await log.close();
      await server.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stores records as they are, in the largest batches there are, on a log that holds nothing of their subjects yet. */
export function bulkWriter(log: Log): (records: readonly Entry[]) => Promise<void> {
  const last = new Map<string, number>();
  return async (records) => {
    for (let sent = 0; sent < records.length; sent += BATCH_ENTRIES_MAX) {
      const batch = records.slice(sent, sent + BATCH_ENTRIES_MAX);
      const seen = new Set<string>();
      const outcome = await log.append(
        batch.map(({ subject, payload }) => {
          const isFirst = !seen.has(subject);
          seen.add(subject);
          return { subject, payload, ...(isFirst ? { expected: last.get(subject) ?? 0 } : {}) };
        }),
      );
      if (outcome.kind !== 'committed') throw new Error(outcome.kind);
      for (const [index, { subject }] of batch.entries()) last.set(subject, outcome.first + index);
    }
  };
}
