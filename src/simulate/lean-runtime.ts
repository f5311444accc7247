/**
 * The runtime without its weight, for millions of calls: the real machines take the real steps, with their tells and
 * timers, and followers hear of each; but nothing is encoded, hashed, stored, projected or checked against a schema, and
 * what is over is forgotten. Same results as the whole stack, about ten times as many per second.
 */
import { type Live, stateOf, stateValueOf, stepperOf } from '../actors/step.ts';
import { LedgerlineError } from '../errors.ts';
import { type ActorId, type ActorKey, keyOf } from '../model/actor-id.ts';
import type { ActorKinds } from '../model/actor-kind.ts';
import type { Clock } from '../model/clock.ts';
import type { Command, Delivery, Outcome, RecordRef, Rejection } from '../model/command.ts';
import type { Following, FollowOptions, Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';

interface Standing {
  readonly live: Live;
  readonly version: number;
}

interface Moved {
  readonly key: ActorKey;
  readonly standing: Standing;
  readonly record: LoggedTransition;
}

type Follower = Pick<FollowOptions, 'only' | 'deliver'>;

export class LeanRuntime implements Pick<Runtime, 'submit' | 'follow'> {
  readonly #kinds: ActorKinds;
  readonly #clock: Clock;
  readonly #actors = new Map<ActorKey, Standing>();
  readonly #followers = new Set<Follower>();
  readonly #untold: (readonly LoggedTransition[])[] = [];
  #telling = false;
  #position = 0;

  constructor(kinds: ActorKinds, clock: Clock) {
    this.#kinds = kinds;
    this.#clock = clock;
  }

  /** Records made so far. */
  get position(): number {
    return this.#position;
  }

  async submit(command: Command): Promise<Outcome> {
    return this.take(command);
  }

  /** The same at once. */
  take(command: Command): Outcome {
    const turn = this.#turn(command);
    if ('rejection' in turn) return { kind: 'rejected', rejection: turn.rejection };
    const records: RecordRef[] = [];
    for (const { key, standing, record } of turn.moves) {
      this.#actors.set(key, standing);
      records.push({ actor: record.actor, version: standing.version, position: record.position });
    }
    for (const { key, standing, record } of turn.moves) this.#arm(key, standing, record.actor);
    this.#tell(turn.moves.map(({ record }) => record));
    const time = new Date(this.#clock.now()).toISOString();
    const receipt = { tenant: command.tenant, command: command.id, position: this.#position, time, records };
    return { kind: 'accepted', receipt, repeated: false };
  }

  /** From now on, whatever `after` says: there is no past here. */
  follow({ only, deliver }: FollowOptions): Following {
    const follower = { deliver, ...(only === undefined ? {} : { only }) };
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#followers.add(follower);
    const stop = () => {
      this.#followers.delete(follower);
      resolve();
    };
    return { position: this.#position, ended, stop };
  }

  /** Breadth first, all or nothing, as in actors/turn.ts. */
  #turn(command: Command): { readonly moves: readonly Moved[] } | { readonly rejection: Rejection } {
    const working = new Map<ActorKey, Standing>();
    const moves: Moved[] = [];
    const queue = [...command.deliveries];
    const at = this.#clock.now();
    for (const { to, event } of queue) {
      const kind = this.#kinds.get(to.kind);
      if (kind === undefined) throw new LedgerlineError('badConfiguration', `no kind ${to.kind} takes part`);
      const stepper = stepperOf(kind);
      const key = keyOf(to);
      const before = working.get(key) ?? this.#actors.get(key) ?? { live: stepper.initial, version: 0 };
      const version = before.version + 1;
      const result = stepper.step(before.live, event, version, at, to);
      if (result.kind !== 'moved') return { rejection: rejectionOf(result, to, event.type) };
      const standing = { live: result.live, version };
      working.set(key, standing);
      queue.push(...result.tells);
      const place = { command, time: at, index: moves.length };
      moves.push({ key, standing, record: this.#record({ to, event }, before, standing, place) });
    }
    this.#position += moves.length;
    return { moves };
  }

  #record(
    { to: actor, event }: Delivery,
    before: Standing,
    { live, version }: Standing,
    { command, time, index }: { readonly command: Command; readonly time: number; readonly index: number },
  ): LoggedTransition {
    const data = {
      version,
      event,
      from: before.version === 0 ? null : stateValueOf(before.live),
      to: stateValueOf(live),
      state: stateOf(live),
      cause: { command: command.id, by: command.by, via: command.via },
      part: { number: index + 1, of: index + 1 },
      machine: actor.kind,
      prev: null,
    };
    const transition = {
      specversion: '1.0' as const,
      id: '',
      source: '',
      type: event.type,
      time: '',
      datacontenttype: 'application/json' as const,
      data,
    };
    return { position: this.#position + index + 1, actor, visibility: 'public', transition, time, hash: '' };
  }

  /** What a follower does on hearing is told to all when all have heard what came before. */
  #tell(records: readonly LoggedTransition[]): void {
    this.#untold.push(records);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) this.#tellAll(next);
    this.#telling = false;
  }

  #tellAll(records: readonly LoggedTransition[]): void {
    for (const { only, deliver } of [...this.#followers]) {
      const wanted = only === undefined ? records : records.filter(only);
      if (wanted.length > 0) void deliver(wanted);
    }
    for (const { actor, transition } of records)
      if (transition.data.to === 'ended' || transition.data.state.done === true) this.#actors.delete(keyOf(actor));
  }

  #arm(key: ActorKey, { live, version }: Standing, actor: ActorId): void {
    for (const { name, due, armed } of live.timers) {
      if (armed !== version) continue;
      this.#clock.at(due, () => {
        const isArmed = this.#actors.get(key)?.live.timers.some((one) => one.name === name && one.armed === armed);
        if (isArmed !== true) return;
        const event = { type: 'timer', timer: name, armed };
        const id = `timer:${key}:${name}:${armed}`;
        this.take({ id, tenant: actor.tenant, by: 'timer', via: 'timers', deliveries: [{ to: actor, event }] });
      });
    }
  }
}

function rejectionOf(
  result: Exclude<ReturnType<ReturnType<typeof stepperOf>['step']>, { kind: 'moved' }>,
  actor: ActorId,
  event: string,
): Rejection {
  if (result.kind === 'refused') return { code: 'reason', actor, event, reason: result.reason };
  if (result.kind === 'guard') return { code: 'guard', actor, event, guards: result.guards };
  return { code: result.kind, actor, event };
}
