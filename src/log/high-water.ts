/**
 * The high-water mark: what this installation remembers of its log, outside the log. A restored backup, a truncated block
 * or an exchanged folder show nowhere else: the server serves what is left as if it were all.
 * Checked at start and at every reconnect. How often it is written is the caller's choice: an older mark proves less.
 */
import { LedgerlineError } from '../errors.ts';
import type { Position } from '../model/position.ts';
import { hashOf } from './codec.ts';
import type { Log, StoredRecord } from './log.ts';
import { readWhole, writeWhole } from './whole-file.ts';

export interface HighWaterMark {
  readonly logId: string;
  /** Of a record that was acknowledged or read; 0 while the log is empty. */
  readonly position: Position;
  /** SHA-256 of that record's payload, hex; empty at position 0. */
  readonly hash: string;
}

export function markOf(log: Pick<Log, 'id'>, record: Pick<StoredRecord, 'position' | 'payload'>): HighWaterMark {
  return { logId: log.id, position: record.position, hash: hashOf(record.payload) };
}

/** Undefined when there is no such file yet. Throws `badConfiguration` for one that is no mark: it must not be guessed away. */
export async function readMark(file: string): Promise<HighWaterMark | undefined> {
  const text = await readWhole(file);
  if (text === undefined) return undefined;
  const mark = parse(text);
  if (mark === undefined) {
    const message = `${file} is no high-water mark; remove it only if the log is known to be whole`;
    throw new LedgerlineError('badConfiguration', message, { file });
  }
  return mark;
}

/** On disk before it returns. One call at a time per file. */
export function writeMark(file: string, mark: HighWaterMark): Promise<void> {
  return writeWhole(file, `${JSON.stringify(mark)}\n`);
}

/** Throws `logBehind`, naming the position and both values, unless the log still holds what the mark remembers. */
export async function checkMark(log: Log, mark: HighWaterMark): Promise<void> {
  const { logId, position, hash } = mark;
  if (log.id !== logId) {
    throw behind(`the log is ${log.id}, where ${logId} is remembered`, { position, expected: logId, found: log.id });
  }
  const head = await log.head();
  if (head < position) {
    throw behind(`the log ends at position ${head}, where ${position} is remembered`, {
      position,
      expected: position,
      found: head,
    });
  }
  if (position === 0) return;
  const record = await log.at(position);
  const found = record === undefined ? 'nothing' : hashOf(record.payload);
  if (found !== hash) {
    const message = `the log holds ${found} at position ${position}, where ${hash} is remembered`;
    throw behind(message, { position, expected: hash, found });
  }
}

interface Disagreement extends Record<string, unknown> {
  readonly position: Position;
  readonly expected: unknown;
  readonly found: unknown;
}

function behind(message: string, details: Disagreement): LedgerlineError {
  return new LedgerlineError('logBehind', `${message}: it went backwards or was exchanged`, details);
}

function parse(text: string): HighWaterMark | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { logId, position, hash } = value as Partial<Record<keyof HighWaterMark, unknown>>;
  if (typeof logId !== 'string' || typeof position !== 'number' || typeof hash !== 'string') return undefined;
  return Number.isSafeInteger(position) && position >= 0 ? { logId, position, hash } : undefined;
}
