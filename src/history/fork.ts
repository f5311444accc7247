/**
 * What if: a private world that begins where the log stood at a position and then goes its own way. Commands are decided
 * in it by the same turns as in the real one, with today's machines or with others; nothing is ever appended.
 */
import { stateOf, stateValueOf, stepperOf } from '../actors/step.ts';
import { type Standing, type TurnRecord, type TurnResult, turn } from '../actors/turn.ts';
import { LedgerlineError } from '../errors.ts';
import { type ActorId, type ActorKey, formatActor, keyOf } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Command, Rejection } from '../model/command.ts';
import type { Position } from '../model/position.ts';
import type { HeldView } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import type { ActorSnapshot, ArmedTimer } from '../model/transition.ts';
import { actorHead } from '../projector/heads.ts';
import { restored } from './replayer.ts';

export interface ForkOptions {
  readonly runtime: Pick<Runtime, 'replay' | 'query'>;
  /** Today's, or changed ones. */
  readonly kinds: ActorKinds;
  /** The world as it was after this record. */
  readonly at: Position;
  /** Actors move by what they are fed alone: what one tells another reaches nobody. */
  readonly alone?: boolean;
}

export type Decided =
  | { readonly kind: 'moved'; readonly records: readonly TurnRecord[] }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

export class Fork implements Disposable {
  readonly #options: ForkOptions;
  readonly #view: HeldView;
  readonly #standings = new Map<ActorKey, Standing>();
  #minted = 0;

  /** Throws `momentUnavailable` for a position that the log has not reached. */
  static async open(options: ForkOptions): Promise<Fork> {
    return new Fork(options, await options.runtime.query({ position: options.at }));
  }

  private constructor(options: ForkOptions, view: HeldView) {
    this.#options = options;
    this.#view = view;
  }

  [Symbol.dispose](): void {
    this.#view[Symbol.dispose]();
  }

  /** Where it left the log: `at`, or the end of the last whole command before. */
  get position(): Position {
    return this.#view.position;
  }

  /** Time of the newest record before it, ms since 1970. */
  get time(): number {
    return this.#view.now;
  }

  /** Decides a command at `time` and keeps what it leads to. Throws `machineTooOld` for a state the machines do not know. */
  async submit(command: Command, time: number): Promise<Decided> {
    const { kinds, alone = false } = this.#options;
    for (;;) {
      const result: TurnResult = turn(command, time, {
        kinds,
        standing: (key) => this.#standings.get(key),
        mintId: () => `fork-${++this.#minted}`,
        tellsNobody: alone,
      });
      if (result.kind === 'missing') for (const actor of result.actors) await this.#load(actor);
      else if (result.kind === 'rejected') return { kind: 'rejected', rejection: result.rejection };
      else {
        for (const { actor, standing } of result.records) this.#standings.set(keyOf(actor), standing);
        return { kind: 'moved', records: result.records };
      }
    }
  }

  /** An actor as it is in here; version 0 before its first record. */
  async stateOf(actor: ActorId): Promise<ActorSnapshot> {
    const { version, live } = await this.#standing(actor);
    return { version, value: stateValueOf(live), state: stateOf(live) };
  }

  async timersOf(actor: ActorId): Promise<readonly ArmedTimer[]> {
    return (await this.#standing(actor)).live.timers;
  }

  async #standing(actor: ActorId): Promise<Standing> {
    return this.#standings.get(keyOf(actor)) ?? (await this.#load(actor));
  }

  async #load(actor: ActorId): Promise<Standing> {
    const { runtime, kinds } = this.#options;
    const kind = kinds.get(actor.kind);
    if (kind === undefined) throw new LedgerlineError('machineTooOld', `there is no kind ${actor.kind} here`);
    const key = keyOf(actor);
    const head = actorHead(this.#view, actor);
    let standing: Standing = {
      actor,
      key,
      kind,
      version: 0,
      hash: null,
      time: 0,
      live: stepperOf(kind).initial,
      position: 0,
    };
    if (head !== undefined)
      for await (const record of runtime.replay({ after: head.position - 1, upTo: head.position, of: actor })) {
        const live = restored(kind, record.transition.data);
        if (live === undefined) {
          const message = `the state of ${formatActor(actor)} at ${head.position} is none of this ${kind.name}`;
          throw new LedgerlineError('machineTooOld', message, { actor: formatActor(actor), position: head.position });
        }
        const { version, hash, time, position } = head;
        standing = { actor, key, kind, version, hash, time, live, position };
      }
    this.#standings.set(key, standing);
    return standing;
  }
}
