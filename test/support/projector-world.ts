/** A projector on a memory log, in memory or in a temporary folder, closed with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { projections } from '../../projections/index.ts';
import type { Recorded } from '../../src/log/codec.ts';
import type { StoredRecord } from '../../src/log/log.ts';
import { MemoryLog } from '../../src/log/memory-log.ts';
import type { Clock } from '../../src/model/clock.ts';
import { KeptCopies } from '../../src/projector/kept-copies.ts';
import { Projector, type ProjectorOptions } from '../../src/projector/projector.ts';
import { readStored } from '../../src/projector/read.ts';
import { LOG_ID, START_MS } from './given.ts';

/** Stands a day after the start. */
export const clock: Clock = { now: () => START_MS + 86_400_000, at: () => () => undefined };

export function memoryLog(records: readonly StoredRecord[] = [], id = LOG_ID): MemoryLog {
  return new MemoryLog({ id, now: () => 0, records });
}

/** Stores records as they are, whole or not, as one batch. */
export async function store(log: MemoryLog, records: readonly StoredRecord[]): Promise<void> {
  for (const { subject, payload } of records) {
    const expected = (await log.last(subject))?.position ?? 0;
    const outcome = await log.append([{ subject, payload, expected }]);
    if (outcome.kind !== 'committed') throw new Error(`not stored: ${outcome.kind}`);
  }
}

/** Stored records with what they say, as their writer knows them. */
export function recordsIn(stored: readonly StoredRecord[]): Recorded[] {
  return stored.map(({ storedAt: _, ...placed }) => {
    const { record } = readStored(placed);
    if (record === undefined) throw new Error(`no record at ${placed.position}`);
    return { ...placed, record };
  });
}

export async function openProjector(log: MemoryLog, options: Partial<ProjectorOptions> = {}): Promise<Projector> {
  const projector = await Projector.open({ file: ':memory:', log, projections, clock, ...options });
  onTestFinished(() => projector.close());
  return projector;
}

export async function startProjector(log: MemoryLog, options: Partial<ProjectorOptions> = {}): Promise<Projector> {
  const projector = await openProjector(log, options);
  await projector.start();
  return projector;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgerline-projector-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function keptCopies(
  folder: string,
  everyRecords: number,
  filesMax = 8,
  bytesMax = Infinity,
): Promise<KeptCopies> {
  const failed = (error: unknown) => {
    throw error;
  };
  return KeptCopies.open({ folder, everyRecords, filesMax, bytesMax, failed });
}
