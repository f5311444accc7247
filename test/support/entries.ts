/** Entries and records for tests of the log, in the fewest words. */
import assert from 'node:assert/strict';
import type { AppendOutcome, Entry, Log, StoredRecord } from '../../src/log/log.ts';
import type { Position } from '../../src/model/position.ts';
import { eventually } from './eventually.ts';

/** Without `expected`: a later entry of a subject that the batch already holds. */
export function entry(subject: string, payload: string | Uint8Array, expected?: Position): Entry {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return expected === undefined ? { subject, payload: bytes } : { subject, payload: bytes, expected };
}

/** One record each on subjects of their own: `evt.t.n.<prefix>0`, …; payloads are the subjects, filled up to `bytes`. */
export function entriesOnNewSubjects(prefix: string, count: number, bytes = 0): Entry[] {
  return Array.from({ length: count }, (_, index) => {
    const subject = `evt.t.n.${prefix}${index}`;
    return entry(subject, subject.padEnd(bytes), 0);
  });
}

/** Appends and returns the first position; fails unless committed. A machine that stands still for seconds is waited for. */
export async function mustAppend(log: Log, entries: readonly Entry[]): Promise<Position> {
  const outcome: AppendOutcome = await log.append(entries);
  if (outcome.kind === 'unknown')
    return eventually('it is known what became of an append', () => settled(log, entries));
  assert(outcome.kind === 'committed', `append was ${outcome.kind}`);
  return outcome.first;
}

/** The first position; undefined while nobody knows. */
async function settled(log: Log, entries: readonly Entry[]): Promise<Position | undefined> {
  const back = await log.outcomeOf(entries);
  if (back.kind === 'absent') {
    const again = await log.append(entries);
    return again.kind === 'committed' ? again.first : undefined;
  }
  return back.kind === 'committed' ? back.first : undefined;
}

/** Appends `count` records in batches of at most 1000, on new subjects. */
export async function fill(log: Log, prefix: string, count: number, bytes = 0): Promise<void> {
  const entries = entriesOnNewSubjects(prefix, count, bytes);
  for (let from = 0; from < count; from += 1000) await mustAppend(log, entries.slice(from, from + 1000));
}

export async function all(chunks: AsyncIterable<readonly StoredRecord[]>): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const chunk of chunks) records.push(...chunk);
  return records;
}

export function text(record: StoredRecord | undefined): string | undefined {
  return record === undefined ? undefined : Buffer.from(record.payload).toString();
}

export function positions(records: readonly StoredRecord[]): Position[] {
  return records.map(({ position }) => position);
}

/** `from`, `from + 1`, … `to`. */
export function positionsFrom(from: Position, to: Position): Position[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
