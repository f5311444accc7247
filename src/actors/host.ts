/**
 * The one who decides: takes commands, runs turns on the newest states it knows, commits them in groups, answers.
 * Promises: a caller is answered only with what is on disk, or with a refusal that rests on what is on disk; the same
 * command id has one effect; commands that deliver to one actor are decided in the order in which they came; whatever was
 * decided on a state that did not come to be is decided again.
 */
import { LedgerlineError } from '../errors.ts';
import type { Recorded } from '../log/codec.ts';
import { GroupCommit } from '../log/group-commit.ts';
import type { Log } from '../log/log.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Clock } from '../model/clock.ts';
import type { Command, Outcome } from '../model/command.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { KnownCommands, type PastCommands, unknownOutcome } from './known-commands.ts';
import { Lines } from './lines.ts';
import type { Chains } from './load.ts';
import { Pace } from './pace.ts';
import { type Asked, type Decision, isFinal, type Pending, pendingOf, receiptOf } from './pending.ts';
import { seal } from './seal.ts';
import { Standings } from './standings.ts';
import { type TurnWorld, turn } from './turn.ts';

export interface HostOptions {
  readonly log: Log;
  readonly kinds: ActorKinds;
  readonly clock: Clock;
  readonly chains: Chains;
  readonly past: PastCommands;
  readonly mintId: () => string;
  readonly pause: (ms: number) => Promise<void>;
  readonly cachedActorsMax: number;
  /** Of all tenants together; of one, half of it. */
  readonly waitingCommandsMax: number;
  readonly batchBytesMax: number;
  readonly settleRetryMs: number;
  readonly doubtMsMax: number;
  /** Why nothing should be stored now, although the log could be reached: a disk that is about to be full, a lease that lapsed. */
  readonly hindrance?: () => LedgerlineError | undefined;
  /** Hears of every record the moment it is acknowledged, in log order: the projector need not read it back. */
  readonly recorded?: (records: readonly Recorded[]) => void;
  readonly onBatch?: (entries: number, commands: number) => void;
}

const TRIES_MAX = 20;
/** Of the event loop: about 2 ms, after which it is looked what the log has acknowledged. */
const DECISIONS_PER_TURN = 32;

export class Host {
  readonly #options: HostOptions;
  readonly #world: TurnWorld;
  readonly #commit: GroupCommit<Pending>;
  readonly #standings: Standings;
  readonly #commands: KnownCommands;
  readonly #lines = new Lines();
  readonly #pace = new Pace(DECISIONS_PER_TURN);
  #newest: Position = LOG_START;
  /** Met a conflict, oldest first. */
  readonly #again: Pending[] = [];
  #isDecidingAgain = false;
  #held: LedgerlineError | undefined;
  #stopped: LedgerlineError | undefined;
  #draining: LedgerlineError | undefined;

  constructor(options: HostOptions) {
    const { kinds, mintId, past, cachedActorsMax } = options;
    this.#options = options;
    this.#commands = new KnownCommands(past);
    this.#standings = new Standings(options, cachedActorsMax);
    this.#world = { kinds, mintId, standing: (key) => this.#standings.of(key) };
    this.#commit = new GroupCommit<Pending>(options, {
      committed: (pendings, first) => this.#committed(pendings, first),
      conflicted: (pendings) => this.#conflicted(pendings),
      seal: (end) => seal(end, options),
      unsent: (pendings, cause) => this.#unsent(pendings, cause),
      doubtful: (inFlight, waiting) => this.#doubtful(inFlight, waiting),
    });
  }

  get waiting(): number {
    return this.#commands.running;
  }

  /** Position of the last record that was stored here; 0 before the first. */
  get newest(): Position {
    return this.#newest;
  }

  get cached(): number {
    return this.#standings.cached;
  }

  /** Records a command, or says why not. Throws `unavailable`, `overloaded`, `outcomeUnknown`, `logBehind`, `machineTooOld`. */
  submit(command: Command): Promise<Outcome> {
    const known = this.#commands.answerTo(command);
    if (known !== undefined) return known;
    const refusal = this.refusal ?? this.#crowdedBy(command.tenant);
    if (refusal !== undefined) return Promise.reject(refusal);
    return this.#decide(command);
  }

  /** A record of the log, as the follower saw it. */
  observe(record: LoggedTransition): void {
    this.#standings.observe(record);
    this.#commands.projected(record);
  }

  /** Takes no command until released; used while it is not proven that the log is still the one that was followed. */
  hold(error: LedgerlineError): void {
    this.#held = error;
  }

  release(): void {
    this.#held = undefined;
  }

  /** From now on every command is answered with this error, those that were taken and are not decided yet among them. */
  stop(error: LedgerlineError): void {
    this.#stopped ??= error;
  }

  /** Resolves when nothing is being decided or stored. */
  async idle(): Promise<void> {
    while (this.#commands.running > 0) await this.#commands.settled();
    await this.#commit.drained();
  }

  /** Takes nothing new, settles what is under way. */
  drain(): Promise<void> {
    this.#draining = new LedgerlineError('unavailable', 'the server is shutting down');
    return this.idle();
  }

  close(): void {
    this.#commit.close();
  }

  /** Why no command is taken now; undefined when all is well. */
  get refusal(): LedgerlineError | undefined {
    const { log, waitingCommandsMax, hindrance } = this.#options;
    const barred = this.#stopped ?? this.#draining ?? hindrance?.() ?? this.#held;
    if (barred !== undefined) return barred;
    if (log.status === 'down' || this.#commands.anyInDoubt) return unreachable();
    if (this.#commands.running < waitingCommandsMax) return undefined;
    return new LedgerlineError('overloaded', 'too many commands are waiting', { waitingCommandsMax });
  }

  /** No tenant has more than half of what may wait: the others have the rest. */
  #crowdedBy(tenant: string): LedgerlineError | undefined {
    const most = Math.ceil(this.#options.waitingCommandsMax / 2);
    if (this.#commands.runningOf(tenant) < most) return undefined;
    return new LedgerlineError('overloaded', 'too many commands of this tenant are waiting', { tenant, most });
  }

  #decide(command: Command): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#commands.begin(command, promise);
    const asked: Asked = {
      command,
      answer: (outcome) => {
        this.#commands.end(command);
        resolve(outcome);
      },
      fail: (error) => {
        this.#commands.end(command);
        reject(error);
      },
      tries: 1,
    };
    this.#pace.run(() => this.#lines.enter({ command, fail: asked.fail, attempt: () => this.#attempt(asked) }));
    return promise;
  }

  /**
   * Runs the turn; what to wait for where actors are missing, which is seldom. It takes its place in the same breath: the
   * order in which states are decided on one another is the order in which they are stored.
   */
  #attempt(asked: Asked): Promise<unknown> | undefined {
    if (this.#stopped !== undefined) throw this.#stopped;
    // It was taken before the doubt, and would wait behind it for as long as it lasts.
    if (this.#commands.anyInDoubt) throw unreachable();
    const result = turn(asked.command, this.#options.clock.now(), this.#world);
    if (result.kind === 'missing') return Promise.all(result.actors.map((actor) => this.#standings.load(actor)));
    this.#speculate(result);
    if (isFinal(result)) asked.answer({ kind: 'rejected', rejection: result.rejection });
    else this.#commit.push(pendingOf(asked, result));
    return undefined;
  }

  #speculate(result: Decision): void {
    if (result.kind !== 'moved') return;
    for (const { standing } of result.records) this.#standings.speculate(standing);
  }

  #committed(pendings: readonly Pending[], first: Position): void {
    let position = first;
    const recorded: Recorded[] = [];
    for (const { command, result, answer } of pendings) {
      this.#commands.resolveDoubt(command);
      if (result.kind === 'rejected') {
        answer({ kind: 'rejected', rejection: result.rejection });
        continue;
      }
      for (const { standing, subject, payload, transition, hash, actor, kind } of result.records) {
        standing.position = position;
        recorded.push({
          position,
          subject,
          payload,
          record: { position, actor, visibility: kind.visibility, transition, time: result.time, hash },
        });
        this.#standings.acknowledge(standing);
        position += 1;
      }
      const receipt = receiptOf(command, result);
      this.#commands.recorded(receipt);
      answer({ kind: 'accepted', receipt, repeated: false });
    }
    if (recorded.length === 0) return;
    this.#newest = position - 1;
    this.#options.recorded?.(recorded);
  }

  /** None of these was stored: forget what they led to, and what they were decided on, and decide again in order. */
  #conflicted(pendings: readonly Pending[]): void {
    this.#standings.forgetSpeculations();
    for (const { result } of pendings) {
      if (result.kind === 'moved') for (const { standing } of result.records) this.#standings.forget(standing.key);
    }
    // Who was told "unknown" may be repeating already; deciding for him as well would make two of one command.
    const stillWaited = pendings.filter(({ command }) => !this.#commands.isInDoubt(command));
    for (const { command } of pendings) this.#commands.resolveDoubt(command);
    this.#again.unshift(...stillWaited);
    if (!this.#isDecidingAgain) this.#lines.hold(this.#decideAgain());
  }

  /** One after the other. Who meets a second conflict meanwhile was ahead of those that are left, and comes before them again. */
  async #decideAgain(): Promise<void> {
    this.#isDecidingAgain = true;
    for (let next = this.#again[0]; next !== undefined; next = this.#again[0]) {
      const { command, answer, fail, tries } = next;
      try {
        if (tries >= TRIES_MAX) throw new LedgerlineError('unavailable', 'others keep writing to the same actors');
        const wait = this.#attempt({ command, answer, fail, tries: tries + 1 });
        if (wait !== undefined) {
          await wait;
          continue;
        }
      } catch (error) {
        fail(error);
      }
      this.#again.splice(this.#again.indexOf(next), 1);
    }
    this.#isDecidingAgain = false;
  }

  #unsent(pendings: readonly Pending[], cause: LedgerlineError): void {
    this.#standings.forgetSpeculations();
    for (const pending of pendings) pending.fail(cause);
  }

  #doubtful(inFlight: readonly Pending[], waiting: readonly Pending[]): void {
    for (const { command, fail } of inFlight) {
      this.#commands.doubt(command);
      fail(unknownOutcome());
    }
    for (const { fail } of waiting) fail(unreachable());
    this.#standings.forgetSpeculations();
    for (const pending of inFlight) this.#speculate(pending.result);
  }
}

function unreachable(): LedgerlineError {
  return new LedgerlineError('unavailable', 'the log cannot be reached');
}
