/**
 * A command on its way: decided at least once, not settled yet. What the group commit stores of it, and the receipt it ends
 * with.
 */
import type { Parcel } from '../log/group-commit.ts';
import { subjectOfKey } from '../log/subjects.ts';
import type { Command, Outcome, Receipt } from '../model/command.ts';
import type { Position } from '../model/position.ts';
import type { TurnRecord, TurnResult } from './turn.ts';

export type Decision = Exclude<TurnResult, { kind: 'missing' }>;

/** A command, and who waits for what becomes of it. */
export interface Asked {
  readonly command: Command;
  readonly answer: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
  /** How often it is decided, this time included. */
  readonly tries: number;
}

export interface Pending extends Asked, Parcel {
  /** What is true of it if its batch is committed. */
  readonly result: Decision;
}

export function pendingOf(asked: Asked, result: Decision): Pending {
  return { ...asked, result, entries: entriesOf(result), expectation: expectationOf(result) };
}

/** A refusal that rests on acknowledged states can be answered at once; anything else takes its place in the order. */
export function isFinal(result: Decision): result is Extract<Decision, { kind: 'rejected' }> {
  return result.kind === 'rejected' && result.read.every((standing) => standing.position !== undefined);
}

export function receiptOf(command: Command, result: Extract<Decision, { kind: 'moved' }>): Receipt {
  const records = result.records.map(({ actor, standing }) => ({
    actor,
    version: standing.version,
    position: standing.position ?? 0,
  }));
  return {
    tenant: command.tenant,
    command: command.id,
    position: records.at(-1)?.position ?? 0,
    time: new Date(result.time).toISOString(),
    records,
  };
}

function entriesOf(result: Decision): Pending['entries'] {
  if (result.kind === 'rejected') return [];
  return result.records.map((record) => ({ subject: subjectIn(record), payload: record.payload }));
}

function subjectIn({ standing, kind }: TurnRecord): string {
  return subjectOfKey(standing.key, kind.visibility);
}

/** The position of the state the actor's first record was decided on, as it stands when the batch is sent. */
function expectationOf(result: Decision): (subject: string) => Position {
  let firsts: Map<string, TurnRecord> | undefined;
  return (subject) => {
    firsts ??= firstRecords(result);
    const position = firsts.get(subject)?.base.position;
    if (position === undefined) throw new Error(`${subject}: decided on a state whose record was never acknowledged`);
    return position;
  };
}

function firstRecords(result: Decision): Map<string, TurnRecord> {
  const records = result.kind === 'moved' ? result.records : [];
  return new Map(records.toReversed().map((record) => [subjectIn(record), record]));
}
