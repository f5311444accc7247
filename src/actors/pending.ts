/**
 * A command on its way: decided at least once, not settled yet. What the group commit stores of it, and the receipt it ends
 * with.
 */
import type { Parcel } from '../log/group-commit.ts';
import type { Command, Outcome, Receipt } from '../model/command.ts';
import type { TurnResult } from './turn.ts';

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

export function pendingOf({ command, answer, fail, tries }: Asked, result: Decision): Pending {
  return { command, answer, fail, tries, result, entries: result.kind === 'moved' ? result.records : [] };
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
