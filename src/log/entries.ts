/**
 * What both logs share about a batch of entries: what makes one well-formed, and how reading back decides what became
 * of one whose acknowledgement was lost.
 */
import assert from 'node:assert/strict';
import type { Position } from '../model/position.ts';
import { BATCH_ENTRIES_MAX, type Entry, type ReadBack, type StoredRecord } from './log.ts';

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
 * Decides by the first record of each subject after its expectation: ours anywhere proves the batch committed (it is
 * atomic), another's anywhere proves it lost. Asks subject by subject only until one of them proves something.
 */
export async function readBack(
  entries: readonly Entry[],
  next: (subject: string, after: Position) => Promise<StoredRecord | undefined>,
): Promise<ReadBack> {
  for (const { index, subject, payload, expected } of subjectStarts(entries)) {
    const stored = await next(subject, expected);
    if (stored === undefined) continue;
    return Buffer.compare(stored.payload, payload) === 0
      ? { kind: 'committed', first: stored.position - index }
      : { kind: 'lost' };
  }
  return { kind: 'absent' };
}
