/**
 * A fork, told in full: other events are fed first, then what really happened afterwards is fed again, command by command,
 * and each outcome is compared with what was recorded. Says where the two first part, and how they end.
 * Timers of actors that have gone their own way fire by the fork's own states, when they are due; those of the others when
 * they fired in truth.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { kinds as todaysKinds } from '../../machines/index.ts';
import type { TurnRecord } from '../actors/turn.ts';
import { type ActorId, type ActorKey, formatActor, keyOf } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Command, Delivery, Rejection } from '../model/command.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { type Change, diffOf } from './diff.ts';
import { Fork, type ForkOptions } from './fork.ts';

export interface WhatIf extends Omit<ForkOptions, 'kinds' | 'alone'> {
  /** Today's unless given. */
  readonly kinds?: ActorKinds;
  /** Whose world it is: commands of other tenants are not fed again. */
  readonly tenant: string;
  /** This actor alone: it is fed what it was fed, by whomever, and only its records are compared. Else the whole tenant. */
  readonly actor?: ActorId;
  /** Fed first, as one command, at the time of the position. */
  readonly events: readonly Delivery[];
  /** What really happened up to here is fed again; nothing is, where this equals `at`. */
  readonly upTo: Position;
}

export interface Divergence {
  /** Of the recorded record that comes out otherwise; `at` when the fed events themselves make the difference. */
  readonly position: Position;
  readonly actor: ActorId;
  readonly event: string;
  readonly problem: string;
  /** Recorded against forked. */
  readonly changes: readonly Change[];
}

export interface WhatIfReport {
  readonly at: Position;
  readonly upTo: Position;
  /** Why the fed events were refused; then nothing else was done. */
  readonly refused?: Rejection;
  readonly commands: { readonly same: number; readonly different: number; readonly refused: number };
  /** Absent when all came out as recorded. */
  readonly first?: Divergence;
  /** Actors of the tenant that end otherwise, and how: recorded against forked. Private ones are left out. */
  readonly ends: readonly { readonly actor: ActorId; readonly changes: readonly Change[] }[];
}

/** Timers that one state may lead to before the next command; more is a machine that ticks for ever. */
const FIRINGS_MAX = 1_000;
/** After so many others have their turn in this process. */
const COMMANDS_PER_BREATH = 50;

/** Throws `momentUnavailable`, `machineTooOld`. */
export async function whatIf(plan: WhatIf): Promise<WhatIfReport> {
  const { runtime, at, kinds = todaysKinds } = plan;
  const open = () => Fork.open({ runtime, at, kinds, alone: plan.actor !== undefined });
  using fork = await open();
  using beginning = await open();
  const story = new Story(plan, fork, beginning);
  const refused = await story.begin();
  if (refused === undefined) await story.retell();
  return await story.report(refused);
}

class Story {
  readonly #plan: WhatIf;
  readonly #fork: Fork;
  /** Where it began; nothing happens here. */
  readonly #beginning: Fork;
  /** Actors that are not what was recorded any more. */
  readonly #apart = new Map<ActorKey, ActorId>();
  /** The newest recorded state of each actor that was recorded after the fork. */
  readonly #recorded = new Map<ActorKey, LoggedTransition>();
  readonly #commands = { same: 0, different: 0, refused: 0 };
  #first: Divergence | undefined;
  #firings = 0;

  constructor(plan: WhatIf, fork: Fork, beginning: Fork) {
    this.#plan = plan;
    this.#beginning = beginning;
    this.#fork = fork;
  }

  async begin(): Promise<Rejection | undefined> {
    const { tenant, events } = this.#plan;
    if (events.length === 0) return undefined;
    const command: Command = { id: 'what-if', tenant, by: 'user:what-if', via: 'fork', deliveries: events };
    const decided = await this.#fork.submit(command, this.#fork.time);
    if (decided.kind === 'rejected') return decided.rejection;
    for (const { actor } of decided.records) this.#apart.set(keyOf(actor), actor);
    return undefined;
  }

  async retell(): Promise<void> {
    let told = 0;
    for await (const command of this.#commandsAfter()) {
      if (++told % COMMANDS_PER_BREATH === 0) await turnOfTheLoop();
      const ours = command.filter((one) => this.#isOurs(one));
      const [first] = ours;
      if (first === undefined) continue;
      await this.#fireUntil(first.time);
      // Of the tenant, whole commands, with the private actors and those of the installation that they moved.
      await this.#again(this.#plan.actor === undefined ? command : ours, first);
    }
  }

  async report(refused: Rejection | undefined): Promise<WhatIfReport> {
    const { position: at } = this.#fork;
    const ends: { readonly actor: ActorId; readonly changes: readonly Change[] }[] = [];
    for (const [key, actor] of this.#apart) {
      if (!this.#isShown(actor)) continue;
      const changes = diffOf(await this.#truth(key, actor), shown(await this.#fork.stateOf(actor)));
      if (changes.length > 0) ends.push({ actor, changes });
    }
    const base = { at, upTo: Math.max(at, this.#plan.upTo), commands: this.#commands, ends };
    return {
      ...base,
      ...(refused === undefined ? {} : { refused }),
      ...(this.#first === undefined ? {} : { first: this.#first }),
    };
  }

  /** What really happened after the fork, whole commands. */
  async *#commandsAfter(): AsyncGenerator<readonly LoggedTransition[]> {
    let open: LoggedTransition[] = [];
    for await (const record of this.#plan.runtime.replay({ after: this.#fork.position, upTo: this.#plan.upTo })) {
      open.push(record);
      const { number, of } = record.transition.data.part;
      if (number < of) continue;
      yield open;
      open = [];
    }
  }

  #isOurs({ actor: one }: LoggedTransition): boolean {
    const { tenant, actor } = this.#plan;
    return actor === undefined ? one.tenant === tenant : keyOf(one) === keyOf(actor);
  }

  async #again(recorded: readonly LoggedTransition[], { time, transition, actor }: LoggedTransition): Promise<void> {
    for (const record of recorded) this.#recorded.set(keyOf(record.actor), record);
    const { cause } = transition.data;
    const alone = this.#plan.actor !== undefined;
    const outside = alone ? recorded : recorded.filter((one) => one.transition.data.cause.told === undefined);
    const deliveries = outside
      .map((one): Delivery => ({ to: one.actor, event: one.transition.data.event }))
      .filter(({ to, event }) => !(event.type === 'timer' && this.#apart.has(keyOf(to))));
    if (deliveries.length === 0) return;
    const { command: id, by, via } = cause;
    const decided = await this.#fork.submit({ id, tenant: cause.tenant ?? actor.tenant, by, via, deliveries }, time);
    if (decided.kind === 'rejected') {
      this.#commands.refused += 1;
      this.#part(recorded, `refused: ${reasonOf(decided.rejection)}`);
      return;
    }
    this.#commands[this.#compare(recorded, decided.records) ? 'same' : 'different'] += 1;
  }

  /** True when each record of the command is there, in its actor's order, and nothing else. */
  #compare(recorded: readonly LoggedTransition[], forked: readonly TurnRecord[]): boolean {
    const mine = Map.groupBy(forked, ({ actor }) => keyOf(actor));
    let same = true;
    for (const record of recorded) {
      const { to, state } = record.transition.data;
      const data = mine.get(keyOf(record.actor))?.shift()?.transition.data;
      const changes = data === undefined ? [] : diffOf({ value: to, ...state }, { value: data.to, ...data.state });
      if (data !== undefined && changes.length === 0) continue;
      same = false;
      this.#part([record], data === undefined ? 'it is not told in the fork' : 'it comes to another state', changes);
    }
    for (const [more] of mine.values()) {
      if (more === undefined) continue;
      same = false;
      this.#apart.set(keyOf(more.actor), more.actor);
    }
    return same;
  }

  #part(records: readonly LoggedTransition[], problem: string, changes: readonly Change[] = []): void {
    for (const { actor } of records) this.#apart.set(keyOf(actor), actor);
    const shownFirst = records.find(({ actor }) => this.#isShown(actor));
    if (shownFirst === undefined) return;
    const { position, actor, transition } = shownFirst;
    this.#first ??= { position, actor, event: transition.data.event.type, problem, changes };
  }

  /** Timers of those that went their own way, in the order in which they fall due. */
  async #fireUntil(time: number): Promise<void> {
    while (this.#firings < FIRINGS_MAX) {
      const due = [];
      for (const actor of this.#apart.values())
        for (const timer of await this.#fork.timersOf(actor)) if (timer.due <= time) due.push({ actor, ...timer });
      const [next] = due.sort((one, other) => one.due - other.due);
      if (next === undefined) return;
      this.#firings += 1;
      const event = { type: 'timer', timer: next.name, armed: next.armed };
      const id = `what-if-timer-${this.#firings}`;
      const command = {
        id,
        tenant: next.actor.tenant,
        by: 'timer',
        via: 'fork',
        deliveries: [{ to: next.actor, event }],
      };
      const decided = await this.#fork.submit(command, next.due);
      if (decided.kind === 'rejected') return;
      for (const { actor } of decided.records) this.#apart.set(keyOf(actor), actor);
    }
  }

  /** Public, and of the tenant. */
  #isShown({ tenant, kind }: ActorId): boolean {
    const { kinds = todaysKinds } = this.#plan;
    return tenant === this.#plan.tenant && kinds.get(kind)?.visibility === 'public';
  }

  /** How the actor really ended, at `upTo` or, where nothing happened to it, at the fork. */
  async #truth(key: ActorKey, actor: ActorId): Promise<object> {
    const record = this.#recorded.get(key);
    if (record !== undefined) return { value: record.transition.data.to, ...record.transition.data.state };
    return shown(await this.#beginning.stateOf(actor));
  }
}

function shown({ value, state }: { readonly value: unknown; readonly state: object }): object {
  return { value, ...state };
}

function reasonOf(rejection: Rejection): string {
  const reason = rejection.code === 'reason' ? rejection.reason : rejection.code;
  return `${formatActor(rejection.actor)} does not take ${rejection.event} (${reason})`;
}
