/**
 * Commands by tenant and id, from the moment they are taken until the projection knows what became of them: what makes a
 * repeat the same command. It says what is known of an id; it decides nothing.
 */
import { LedgerlineError } from '../errors.ts';
import type { Command, Outcome, Receipt } from '../model/command.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';

/** Receipts of commands already recorded, from the `commands` projection. */
export interface PastCommands {
  receiptOf(tenant: string, command: string): Receipt | undefined;
}

export class KnownCommands {
  readonly #past: PastCommands;
  /** Being worked on; a repeat joins the first. */
  readonly #running = new Map<string, Promise<Outcome>>();
  /** How many of them each tenant has. */
  readonly #runningByTenant = new Map<string, number>();
  /** Between their acknowledgement and their projection. */
  readonly #recent = new Map<string, Receipt>();
  #projected: Position = LOG_START;
  /** Their callers were told that nobody knows; while there are any, nothing else is taken. */
  readonly #inDoubt = new Set<string>();

  constructor(past: PastCommands) {
    this.#past = past;
  }

  get running(): number {
    return this.#running.size;
  }

  runningOf(tenant: string): number {
    return this.#runningByTenant.get(tenant) ?? 0;
  }

  get anyInDoubt(): boolean {
    return this.#inDoubt.size > 0;
  }

  /** What a repeat is answered; undefined for a command that nobody has heard of. Rejects with `outcomeUnknown`. */
  answerTo({ tenant, id }: Command): Promise<Outcome> | undefined {
    const key = keyOf(tenant, id);
    const running = this.#running.get(key);
    if (running !== undefined) return running.then(asRepeated);
    const receipt = this.#recent.get(key) ?? this.#past.receiptOf(tenant, id);
    if (receipt !== undefined) return Promise.resolve({ kind: 'accepted', receipt, repeated: true });
    return this.#inDoubt.has(key) ? Promise.reject(unknownOutcome()) : undefined;
  }

  /** It is worked on, until `end`, with which `outcome` settles. */
  begin({ tenant, id }: Command, outcome: Promise<Outcome>): void {
    this.#running.set(keyOf(tenant, id), outcome);
    this.#runningByTenant.set(tenant, this.runningOf(tenant) + 1);
  }

  end({ tenant, id }: Command): void {
    if (!this.#running.delete(keyOf(tenant, id))) return;
    const others = this.runningOf(tenant) - 1;
    if (others > 0) this.#runningByTenant.set(tenant, others);
    else this.#runningByTenant.delete(tenant);
  }

  /** The log is read beside: its record may have come before its acknowledgement. */
  recorded(receipt: Receipt): void {
    if (receipt.position > this.#projected) this.#recent.set(keyOf(receipt.tenant, receipt.command), receipt);
  }

  /** The projection has it from now on. */
  projected({ actor, position, transition: { data } }: LoggedTransition): void {
    this.#projected = position;
    if (data.part.number === 1) this.#recent.delete(keyOf(data.cause.tenant ?? actor.tenant, data.cause.command));
  }

  doubt({ tenant, id }: Command): void {
    this.#inDoubt.add(keyOf(tenant, id));
  }

  isInDoubt({ tenant, id }: Command): boolean {
    return this.#inDoubt.has(keyOf(tenant, id));
  }

  resolveDoubt({ tenant, id }: Command): void {
    if (this.#inDoubt.size > 0) this.#inDoubt.delete(keyOf(tenant, id));
  }

  /** Resolves when everything that is worked on now is settled. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }
}

export function unknownOutcome(): LedgerlineError {
  const advice = 'repeat with the same command id';
  return new LedgerlineError('outcomeUnknown', `it is not known yet whether this was recorded: ${advice}`);
}

function asRepeated(outcome: Outcome): Outcome {
  return outcome.kind === 'accepted' ? { ...outcome, repeated: true } : outcome;
}

function keyOf(tenant: string, command: string): string {
  return `${tenant} ${command}`;
}
