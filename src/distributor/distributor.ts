/**
 * Brings waiting calls and free agents together: follows the log, keeps both in memory, and offers by ordinary commands.
 * It owns nothing. What waits and who is free is derived again at start, an offer moves call and agent in one turn or not
 * at all, so it may be killed anywhere, run twice, or be late: at worst an offer is refused, which costs another try.
 * Calls that cannot stay (closed, full, waited too long, nobody at work) are sent on by the same road.
 */
import { isFailure } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Command, Outcome } from '../model/command.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { UnderWay } from '../model/under-way.ts';
import type { Directory } from '../switch/directory.ts';
import { Desk } from './desk.ts';
import { type Beginning, factOf, hasArrived, type WaitingCall } from './fact.ts';
import { commandOf, leaveMove, type Move, offerMove } from './moves.ts';
import { type Leave, mustLeave, waitsUntil } from './overflow.ts';

export interface DistributorOptions {
  readonly runtime: Pick<Runtime, 'submit' | 'follow'>;
  readonly clock: Clock;
  /** Read at start, to the end and at once. */
  readonly beginning: () => Beginning;
  /** Where a number leads a call that overflows. */
  readonly directory: Directory;
  /** Between two tries while commands are not taken. */
  readonly retryMs: number;
  /** A command that failed or was refused for no reason of the game. */
  readonly report: (command: Command, problem: unknown) => void;
}

const KINDS = new Set(['call', 'agent', 'queue', 'user', 'extension']);
/** A call that overflowed so often without reaching anybody goes round in circles, and is hung up on. */
const OVERFLOWS_MAX = 8;
/** How others refuse a command that came too late. */
const RACES = new Set(['notWaiting', 'alreadyOffered', 'ended']);

export class Distributor {
  readonly #options: DistributorOptions;
  readonly #desks = new Map<string, Desk>();
  readonly #underWay = new UnderWay();
  /** Per waiting call, its next waking, for its longest wait or after a failure; per agent who rests, the end of it. */
  readonly #wakes = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  /** Per call, also while it rings somewhere and waits nowhere. */
  readonly #overflows = new Map<string, number>();
  #following: Following | undefined;
  #stopped = false;

  constructor(options: DistributorOptions) {
    this.#options = options;
  }

  /** Begins with what is, and follows from there. Settles when following ends, as `Following.ended` does. */
  start(): Promise<void> {
    const { position, facts } = this.#options.beginning();
    for (const fact of facts) if (KINDS.has(fact.actor.kind)) this.#deskOf(fact.actor.tenant).learn(fact);
    for (const desk of this.#desks.values()) this.#decide(desk);
    this.#following = this.#options.runtime.follow({
      after: position,
      only: ({ actor }) => KINDS.has(actor.kind),
      ahead: true,
      deliver: (records) => this.#deliver(records),
    });
    return this.#following.ended;
  }

  /** Decides no more; resolves when the commands under way are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#following?.stop();
    for (const { cancel } of this.#wakes.values()) cancel();
    this.#wakes.clear();
    await this.atRest();
  }

  /** Resolves when no command of its own is under way. */
  async atRest(): Promise<void> {
    await this.#underWay.atRest();
  }

  /** Levels for metrics, over all tenants. */
  get levels(): { readonly waiting: number; readonly free: number; readonly underWay: number } {
    let waiting = 0;
    let free = 0;
    for (const { floor } of this.#desks.values()) {
      waiting += floor.waiting;
      free += floor.free;
    }
    return { waiting, free, underWay: this.#underWay.size };
  }

  #deskOf(tenant: string): Desk {
    const known = this.#desks.get(tenant);
    if (known !== undefined) return known;
    const desk = new Desk(tenant);
    this.#desks.set(tenant, desk);
    return desk;
  }

  #deliver(records: readonly LoggedTransition[]): void {
    const touched = new Set<Desk>();
    for (const record of records) {
      const desk = this.#deskOf(record.actor.tenant);
      const fact = factOf(record);
      desk.learn(fact);
      if (record.actor.kind === 'call' && hasArrived(fact)) this.#overflows.delete(keyIn(desk, record.actor.id));
      touched.add(desk);
    }
    for (const desk of touched) this.#decide(desk);
  }

  /** Calls first: one that an agent did not take goes to somebody else before he is asked again. */
  #decide(desk: Desk): void {
    if (this.#stopped) return;
    const { calls, agents } = desk.takeNews();
    for (const call of calls) this.#serve(desk, call);
    for (const agent of agents) {
      this.#wakeAgent(desk, agent);
      const call = desk.floor.callFor(agent);
      if (call !== undefined) this.#offer(desk, call, agent);
    }
  }

  #serve(desk: Desk, call: string): void {
    const known = desk.waiting(call);
    if (known === undefined) {
      this.#wakeCall(desk, call, undefined);
      return;
    }
    if (!desk.isOpen(call)) return;
    const { queue, enteredAt } = known.queued;
    const settings = desk.staff.queue(queue);
    const waiting = {
      queue: settings,
      enteredAt,
      ahead: desk.ahead(call, known),
      staffed: desk.staffed(queue),
      ...(known.hasCaller ? {} : { agentFree: desk.floor.agentFor(call) !== undefined }),
    };
    const leave = mustLeave(waiting, this.#options.clock.now());
    if (leave !== undefined) {
      this.#sendOn(desk, call, known, leave);
      return;
    }
    this.#wakeCall(desk, call, waitsUntil(settings, enteredAt));
    this.#findAgent(desk, call);
  }

  /** Finds an agent for a call. An agent who became free together with it first takes the calls that come before it. */
  #findAgent(desk: Desk, call: string): void {
    for (;;) {
      const agent = desk.floor.agentFor(call);
      if (agent === undefined) return;
      const first = desk.floor.callFor(agent) ?? call;
      this.#offer(desk, first, agent);
      if (first === call) return;
    }
  }

  #offer(desk: Desk, call: string, agent: string): void {
    const move = offerMove(desk, call, agent);
    if (move !== undefined) this.#submit(move);
  }

  #sendOn(desk: Desk, call: string, known: WaitingCall, leave: Leave): void {
    const key = keyIn(desk, call);
    const overflows = this.#overflows.get(key) ?? 0;
    const where = overflows < OVERFLOWS_MAX ? leave : { why: leave.why };
    this.#overflows.set(key, overflows + 1);
    this.#submit(leaveMove(desk, call, known, where, this.#options.directory));
  }

  #submit(move: Move): void {
    const { desk, call, agent } = move;
    desk.speakFor(call, agent);
    this.#underWay.add(this.#answer(move).finally(() => this.#decide(desk)));
  }

  async #answer(move: Move): Promise<void> {
    const { desk, call, agent } = move;
    const command = commandOf(move);
    let outcome: Outcome;
    try {
      outcome = await this.#options.runtime.submit(command, 'durable');
    } catch (error) {
      this.#notMoved(move);
      this.#releaseLater(move);
      if (!isFailure(error) || error.retry !== 'same') this.#options.report(command, error);
      return;
    }
    if (outcome.kind === 'rejected') this.#notMoved(move);
    desk.release(call, agent, this.#staleAfter(move, outcome, command));
  }

  /** A call that was to overflow did not: however long the log is away, it goes round in no circle meanwhile. */
  #notMoved({ desk, call, agent }: Move): void {
    const key = keyIn(desk, call);
    const overflows = agent === undefined ? this.#overflows.get(key) : undefined;
    if (overflows !== undefined) this.#overflows.set(key, overflows - 1);
  }

  /** Which knowledge an outcome has overtaken: all that moved, or the one who refused. */
  #staleAfter(move: Move, outcome: Outcome, command: Command): { readonly call?: number; readonly agent?: number } {
    if (outcome.kind === 'accepted') {
      const version = (kind: string) => outcome.receipt.records.findLast(({ actor }) => actor.kind === kind)?.version;
      const { call, agent } = { call: version('call'), agent: version('agent') };
      if (call === undefined) {
        this.#options.report(command, 'somebody has used its id for another command');
        return { call: move.callVersion };
      }
      // The records of these very versions are still to come, as news; what is known from before them no longer holds.
      return { call: call - 1, ...(agent === undefined ? {} : { agent: agent - 1 }) };
    }
    const { rejection } = outcome;
    if (rejection.actor.kind === 'agent') return { agent: move.agentVersion ?? 0 };
    if (rejection.code !== 'reason' || !RACES.has(rejection.reason)) this.#options.report(command, rejection);
    return { call: move.callVersion };
  }

  #releaseLater({ desk, call, agent }: Move): void {
    const { clock, retryMs } = this.#options;
    if (this.#stopped) return;
    const wake = () => {
      this.#wakes.delete(key);
      desk.release(call, agent, {});
      this.#decide(desk);
    };
    const key = `retry ${keyIn(desk, call)}`;
    this.#wakes.set(key, { at: 0, cancel: clock.at(clock.now() + retryMs, wake) });
  }

  #wakeCall(desk: Desk, call: string, at: number | undefined): void {
    this.#wakeAt(at, keyIn(desk, call), () => {
      desk.reconsider(call);
      this.#decide(desk);
    });
  }

  /** An agent who rests, at the end of it. */
  #wakeAgent(desk: Desk, agent: string): void {
    this.#wakeAt(desk.restsUntil(agent), `rest ${keyIn(desk, agent)}`, () => {
      desk.rested(agent);
      this.#decide(desk);
    });
  }

  /** At that time instead of any other for this key; undefined: not at all. */
  #wakeAt(at: number | undefined, key: string, act: () => void): void {
    const known = this.#wakes.get(key);
    if (known?.at === at) return;
    known?.cancel();
    this.#wakes.delete(key);
    if (at === undefined) return;
    const wake = () => {
      this.#wakes.delete(key);
      act();
    };
    this.#wakes.set(key, { at, cancel: this.#options.clock.at(at, wake) });
  }
}

function keyIn(desk: Desk, call: string): string {
  return `${desk.tenant} ${call}`;
}
