/**
 * What both logs share about a batch of entries: what makes one well-formed, and how reading back decides what became
 * of one whose acknowledgement was lost.
 */
import assert from 'node:assert/strict';
import type { Position } from '../model/position.ts';
import { BATCH_ENTRIES_MAX, type Entry, type Log, type ReadBack, type StoredRecord } from './log.ts';

/** One exact subject: a wildcard, a space or a foreign prefix would be stored elsewhere, or nowhere. */
const EXACT_SUBJECT = /^(?:evt|sec)(?:\.[^\s.*>]+)+$/;

/** The first entry of one subject in a batch, with its index there. */
export interface SubjectStart {
  readonly index: number;
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly expected: Position;
}

/**
 * The batch's subjects in order of appearance. Asserts that the entries are 1 to 1000 and keep the rule of
 * `Entry.expected`; names them by index, since a private subject is a secret.
 */
export function subjectStarts(entries: readonly Entry[]): readonly SubjectStart[] {
  assert(entries.length >= 1 && entries.length <= BATCH_ENTRIES_MAX, `a batch of ${entries.length} entries`);
  const starts = new Map<string, SubjectStart>();
  for (const [index, { subject, payload, expected }] of entries.entries()) {
    if (starts.has(subject)) {
      assert(expected === undefined, `entry ${index} is a second expectation on its subject`);
      continue;
    }
    assert(expected !== undefined, `entry ${index} is the first of its subject and has no expectation`);
    assert(EXACT_SUBJECT.test(subject), `entry ${index} has no subject of the log`);
    starts.set(subject, { index, subject, payload, expected });
  }
  return [...starts.values()];
}

/**
 * Decides by the first record of each subject after its expectation: ours proves that the batch was taken, another's that
 * it was refused. Asks subject by subject only until one of them proves something. Taken is not yet stored: the last
 * entry must be there too, since a server that goes down may have written the first ones only.
 */
export async function readBack(entries: readonly Entry[], log: Pick<Log, 'next' | 'at'>): Promise<ReadBack> {
  for (const { index, subject, payload, expected } of subjectStarts(entries)) {
    const stored = await log.next(subject, expected);
    if (stored === undefined) continue;
    return isSame(stored, payload) ? howMuchOf(entries, stored.position - index, log) : { kind: 'lost' };
  }
  return { kind: 'absent' };
}

/** Entries are written in order, so that what is missing is missing at the end. */
async function howMuchOf(entries: readonly Entry[], first: Position, log: Pick<Log, 'at'>): Promise<ReadBack> {
  const stands = async (index: number) => isSame(await log.at(first + index), entries[index]?.payload);
  if (await stands(entries.length - 1)) return { kind: 'committed', first };
  let stored = 1;
  while (await stands(stored)) stored += 1;
  return { kind: 'partly', first, stored, sealed: (await log.at(first + stored)) !== undefined };
}

function isSame(stored: StoredRecord | undefined, payload: Uint8Array | undefined): boolean {
  return stored !== undefined && payload !== undefined && Buffer.compare(stored.payload, payload) === 0;
}
