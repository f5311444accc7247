/**
 * The one who decides: takes commands, runs turns on the newest states it knows, commits them in groups, answers.
 * Promises: a caller is answered only with what is on disk, or with a refusal that rests on what is on disk; the same
 * command id has one effect; whatever was decided on a state that did not come to be is decided again.
 */
import { LRUCache } from 'lru-cache';
import { LedgerlineError } from '../errors.ts';
import type { Recorded } from '../log/codec.ts';
import { GroupCommit, type Parcel } from '../log/group-commit.ts';
import type { Log } from '../log/log.ts';
import { subjectOfKey } from '../log/subjects.ts';
import { type ActorId, type ActorKey, keyOf } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Clock } from '../model/clock.ts';
import type { Command, Outcome, Receipt } from '../model/command.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Chains, loadStanding } from './load.ts';
import { type Standing, type TurnRecord, type TurnResult, type TurnWorld, turn } from './turn.ts';

/** Receipts of commands already recorded, from the `commands` projection. */
export interface PastCommands {
  receiptOf(tenant: string, command: string): Receipt | undefined;
}

export interface HostOptions {
  readonly log: Log;
  readonly kinds: ActorKinds;
  readonly clock: Clock;
  readonly chains: Chains;
  readonly past: PastCommands;
  readonly mintId: () => string;
  readonly pause: (ms: number) => Promise<void>;
  readonly cachedActorsMax: number;
  readonly waitingCommandsMax: number;
  readonly batchBytesMax: number;
  readonly settleRetryMs: number;
  readonly doubtMsMax: number;
  /** Hears of every record the moment it is acknowledged, in log order; spares the projector decoding it again. */
  readonly recorded?: (records: readonly Recorded[]) => void;
  readonly onBatch?: (entries: number, commands: number) => void;
}

type Decision = Exclude<TurnResult, { kind: 'missing' }>;

/** A command on its way: decided at least once, not settled yet. */
interface Pending extends Parcel {
  readonly command: Command;
  readonly answer: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
  /** What is true of it if its batch is committed. */
  result: Decision;
  entries: readonly { readonly subject: string; readonly payload: Uint8Array }[];
  tries: number;
}

const TRIES_MAX = 20;

export class Host {
  readonly #options: HostOptions;
  readonly #world: TurnWorld;
  readonly #commit: GroupCommit<Pending>;
  /** Acknowledged states. */
  readonly #cache: LRUCache<ActorKey, Standing>;
  /** States decided but not acknowledged yet, newest per actor. */
  readonly #speculative = new Map<ActorKey, Standing>();
  /** Commands being worked on, by tenant and id; a repeat joins the first. */
  readonly #inFlight = new Map<string, Promise<Outcome>>();
  /** Receipts between their acknowledgement and their projection. */
  readonly #recent = new Map<string, Receipt>();
  /** Commands whose callers were told that nobody knows; while there are any, nothing else is taken. */
  #inDoubt = new Set<string>();
  #held: LedgerlineError | undefined;
  #stopped: LedgerlineError | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    // A size grows with what is cached; `max` would take the room for all of it at once.
    this.#cache = new LRUCache({ maxSize: options.cachedActorsMax, sizeCalculation: () => 1 });
    this.#world = {
      kinds: options.kinds,
      mintId: options.mintId,
      standing: (key) => this.#speculative.get(key) ?? this.#cache.get(key),
    };
    this.#commit = new GroupCommit<Pending>(options, {
      committed: (pendings, first) => this.#committed(pendings, first),
      conflicted: (pendings) => this.#conflicted(pendings),
      unsent: (pendings, cause) => this.#unsent(pendings, cause),
      doubtful: (inFlight, waiting) => this.#doubtful(inFlight, waiting),
    });
  }

  get waiting(): number {
    return this.#inFlight.size;
  }

  get cached(): number {
    return this.#cache.size;
  }

  /** Records a command, or says why not. Throws `unavailable`, `overloaded`, `outcomeUnknown`, `logBehind`, `machineTooOld`. */
  submit(command: Command): Promise<Outcome> {
    const key = commandKey(command.tenant, command.id);
    const running = this.#inFlight.get(key);
    if (running !== undefined) return running.then(asRepeated);
    const receipt = this.#recent.get(key) ?? this.#options.past.receiptOf(command.tenant, command.id);
    if (receipt !== undefined) return Promise.resolve({ kind: 'accepted', receipt, repeated: true });
    if (this.#inDoubt.has(key)) return Promise.reject(unknownOutcome());
    const { refusal } = this;
    if (refusal !== undefined) return Promise.reject(refusal);
    const outcome = this.#decide(command);
    this.#inFlight.set(key, outcome);
    const settled = () => this.#inFlight.delete(key);
    outcome.then(settled, settled);
    return outcome;
  }

  /** A record of the log, as the follower saw it: another writer's record makes our copy of that actor stale. */
  observe(record: LoggedTransition): void {
    const key = keyOf(record.actor);
    const cached = this.#cache.get(key);
    if (cached?.position !== undefined && record.position > cached.position && !this.#speculative.has(key))
      this.#cache.delete(key);
    const { cause, part } = record.transition.data;
    if (part.number === 1) this.#recent.delete(commandKey(cause.tenant ?? record.actor.tenant, cause.command));
  }

  /** Takes no command until released; used while it is not proven that the log is still the one that was followed. */
  hold(error: LedgerlineError): void {
    this.#held = error;
  }

  release(): void {
    this.#held = undefined;
  }

  /** From now on every command is answered with this error. */
  stop(error: LedgerlineError): void {
    this.#stopped ??= error;
  }

  /** Resolves when nothing is being decided or stored. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight.values());
    await this.#commit.drained();
  }

  /** Takes nothing new, settles what is under way. */
  drain(): Promise<void> {
    this.stop(new LedgerlineError('unavailable', 'the server is shutting down'));
    return this.idle();
  }

  close(): void {
    this.#commit.close();
  }

  /** Why no command is taken now; undefined when all is well. */
  get refusal(): LedgerlineError | undefined {
    const barred = this.#stopped ?? this.#held;
    if (barred !== undefined) return barred;
    const { log, waitingCommandsMax } = this.#options;
    if (log.status === 'down' || this.#inDoubt.size > 0)
      return new LedgerlineError('unavailable', 'the log cannot be reached');
    if (this.#inFlight.size < waitingCommandsMax) return undefined;
    return new LedgerlineError('overloaded', 'too many commands are waiting', { waitingCommandsMax });
  }

  #decide(command: Command): Promise<Outcome> {
    return new Promise((answer, fail) => {
      const place = (result: Decision): void => {
        const [entries, expectation] = [entriesOf(result), expectationOf(result)];
        this.#place({ command, answer, fail, result, entries, tries: 1, expectation });
      };
      this.#turn(command, place)?.catch(fail);
    });
  }

  /**
   * Runs the turn, again for as long as actors are missing, which is seldom. `place` is called in the same breath as the
   * run that found them all: the order in which states are decided on one another is the order in which they are stored.
   */
  #turn(command: Command, place: (result: Decision) => void): undefined | Promise<void> {
    const result = turn(command, this.#options.clock.now(), this.#world);
    if (result.kind === 'missing')
      return Promise.all(result.actors.map((actor) => this.#load(actor))).then(() => this.#turn(command, place));
    this.#speculate(result);
    place(result);
  }

  async #load(actor: ActorId): Promise<void> {
    const key = keyOf(actor);
    const { log, kinds, chains } = this.#options;
    const standing = await loadStanding(actor, { log, kinds, chains });
    // While it was read, a turn of another command may have moved the actor on.
    if (!this.#speculative.has(key) && !this.#cache.has(key)) this.#cache.set(key, standing);
  }

  #speculate(result: Decision): void {
    if (result.kind !== 'moved') return;
    for (const { standing } of result.records) this.#speculative.set(standing.key, standing);
  }

  /** A refusal that rests on acknowledged states is final; anything else takes its place in the order. */
  #place(pending: Pending): void {
    const { result } = pending;
    const final = result.kind === 'rejected' && result.read.every((standing) => standing.position !== undefined);
    if (final) pending.answer({ kind: 'rejected', rejection: result.rejection });
    else this.#commit.push(pending);
  }

  #committed(pendings: readonly Pending[], first: Position): void {
    this.#inDoubt.clear();
    let position = first;
    const recorded: Recorded[] = [];
    for (const { command, result, answer } of pendings) {
      if (result.kind === 'rejected') {
        answer({ kind: 'rejected', rejection: result.rejection });
        continue;
      }
      for (const { standing, payload, transition, hash, actor, kind } of result.records) {
        standing.position = position;
        recorded.push({
          payload,
          record: { position, actor, visibility: kind.visibility, transition, time: result.time, hash },
        });
        this.#acknowledge(standing);
        position += 1;
      }
      const receipt = receiptOf(command, result);
      this.#recent.set(commandKey(command.tenant, command.id), receipt);
      answer({ kind: 'accepted', receipt, repeated: false });
    }
    if (recorded.length > 0) this.#options.recorded?.(recorded);
  }

  #acknowledge(standing: Standing): void {
    const { key } = standing;
    if (this.#speculative.get(key) === standing) this.#speculative.delete(key);
    this.#cache.set(key, standing);
  }

  /** Nothing of these was stored: forget what they led to, and what they were decided on, and decide again in order. */
  #conflicted(pendings: readonly Pending[]): void {
    this.#speculative.clear();
    for (const { result } of pendings) {
      if (result.kind === 'moved') for (const { standing } of result.records) this.#cache.delete(standing.key);
    }
    // Who was told "unknown" may be repeating already; deciding for him as well would make two of one command.
    const stillWaited = pendings.filter(({ command }) => !this.#inDoubt.has(commandKey(command.tenant, command.id)));
    this.#inDoubt.clear();
    void this.#decideAgain(stillWaited);
  }

  async #decideAgain(pendings: readonly Pending[]): Promise<void> {
    for (const pending of pendings) {
      try {
        pending.tries += 1;
        if (pending.tries > TRIES_MAX)
          throw new LedgerlineError('unavailable', 'others keep writing to the same actors');
        await this.#turn(pending.command, (result) => {
          pending.result = result;
          pending.entries = entriesOf(result);
          pending.expectation = expectationOf(result);
          this.#place(pending);
        });
      } catch (error) {
        pending.fail(error);
      }
    }
  }

  #unsent(pendings: readonly Pending[], cause: LedgerlineError): void {
    this.#speculative.clear();
    for (const pending of pendings) pending.fail(cause);
  }

  #doubtful(inFlight: readonly Pending[], waiting: readonly Pending[]): void {
    for (const { command, fail } of inFlight) {
      this.#inDoubt.add(commandKey(command.tenant, command.id));
      fail(unknownOutcome());
    }
    for (const { fail } of waiting) fail(new LedgerlineError('unavailable', 'the log cannot be reached'));
    this.#speculative.clear();
    for (const pending of inFlight) this.#speculate(pending.result);
  }
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

function receiptOf(command: Command, result: Extract<TurnResult, { kind: 'moved' }>): Receipt {
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

function unknownOutcome(): LedgerlineError {
  const advice = 'repeat with the same command id';
  return new LedgerlineError('outcomeUnknown', `it is not known yet whether this was recorded: ${advice}`);
}

function asRepeated(outcome: Outcome): Outcome {
  return outcome.kind === 'accepted' ? { ...outcome, repeated: true } : outcome;
}

function commandKey(tenant: string, command: string): string {
  return `${tenant} ${command}`;
}
