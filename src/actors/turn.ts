/**
 * One turn: a command's deliveries and every tell they cause, breadth first, over all the actors they reach, as pure
 * steps. Gives the records to commit together, or the one refusal that stops the whole command. Appends nothing,
 * loads nothing: an actor the caller has not supplied is asked for by `missing`.
 */
import { encode, hashOf, sourceOf, typeOf } from '../log/codec.ts';
import { type ActorId, type ActorKey, formatActor, isToken, isUsableId, keyOf } from '../model/actor-id.ts';
import type { ActorKind, ActorKinds } from '../model/actor-kind.ts';
import type { Command, MachineEvent, Rejection } from '../model/command.ts';
import type { Position } from '../model/position.ts';
import type { Transition } from '../model/transition.ts';
import { type Live, type StepResult, stateOf, stateValueOf, stepperOf } from './step.ts';

/** An actor as a turn starts from it or leaves it. */
export interface Standing {
  readonly actor: ActorId;
  readonly key: ActorKey;
  readonly kind: ActorKind;
  /** 0 for an actor that was never created. */
  readonly version: number;
  /** Hash of its last record; null before the first. */
  readonly hash: string | null;
  /** Time of its last record, ms; 0 before the first. */
  readonly time: number;
  readonly live: Live;
  /** Where its subject stands in the log. Unset while the record that led here is not acknowledged yet. */
  position: Position | undefined;
}

/** One record of a turn, with what it was decided on. */
export interface TurnRecord {
  readonly actor: ActorId;
  readonly kind: ActorKind;
  readonly transition: Transition;
  readonly payload: Uint8Array;
  readonly hash: string;
  readonly base: Standing;
  readonly standing: Standing;
}

export type TurnResult =
  | { readonly kind: 'moved'; readonly records: readonly TurnRecord[]; readonly time: number }
  | { readonly kind: 'rejected'; readonly rejection: Rejection; readonly read: readonly Standing[] }
  | { readonly kind: 'missing'; readonly actors: readonly ActorId[] };

export interface TurnWorld {
  readonly kinds: ActorKinds;
  /** The newest state the process knows, acknowledged or not. */
  standing(key: ActorKey): Standing | undefined;
  /** A fresh uuid v7. */
  mintId(): string;
  /** True where what is told reaches nobody: only the actors that the command itself names move. For what is tried, not recorded. */
  readonly tellsNobody?: boolean;
}

/** Records one command may make; reaching it is a machine talking in circles. */
export const RECORDS_PER_COMMAND_MAX = 500;
/** Bytes of one stored record, for commands from outside. */
export const RECORD_BYTES_MAX = 64 * 1024;

interface Queued {
  readonly to: ActorId;
  readonly event: MachineEvent;
  readonly told?: string;
}

/** A standing whose record is not encoded yet. */
type Decided = Omit<Standing, 'hash' | 'position'>;

interface Moved {
  readonly before: Decided;
  readonly after: Decided;
  readonly event: MachineEvent;
  readonly told?: string;
}

export function turn(command: Command, now: number, world: TurnWorld): TurnResult {
  if (command.deliveries.length === 0) throw new Error(`command ${command.id}: nothing to deliver`);
  const missing = missingAmong(command.deliveries, world);
  if (missing.length > 0) return { kind: 'missing', actors: missing };
  let time = now;
  for (;;) {
    const attempt = runOnce(command, time, world);
    if (attempt.kind !== 'tooEarly') return attempt;
    time = attempt.time;
  }
}

function missingAmong(
  deliveries: readonly { readonly to: ActorId }[],
  world: Pick<TurnWorld, 'kinds' | 'standing'>,
): readonly ActorId[] {
  return deliveries
    .map(({ to }) => to)
    .filter((actor) => isNameable(actor) && world.kinds.has(actor.kind) && world.standing(keyOf(actor)) === undefined);
}

/** Runs at one time; `tooEarly` when a tell reached an actor whose last record is later than that. */
function runOnce(command: Command, time: number, world: TurnWorld): TurnResult | { kind: 'tooEarly'; time: number } {
  const working = new Map<ActorKey, Decided>();
  const read = new Map<ActorKey, Standing>();
  const moves: Moved[] = [];
  const queue: Queued[] = command.deliveries.map(({ to, event }) => ({ to, event }));

  for (const [index, { to, event, told }] of queue.entries()) {
    const reject = (rejection: Rejection): TurnResult => ({ kind: 'rejected', rejection, read: [...read.values()] });
    const kind = world.kinds.get(to.kind);
    const problem = problemOf(to, event, kind, index < command.deliveries.length, command);
    if (problem !== undefined || kind === undefined) {
      return reject({ code: 'badEvent', actor: to, event: event.type, problems: [problem ?? 'no such kind'] });
    }
    const key = keyOf(to);
    const base = read.get(key) ?? world.standing(key);
    // All that wait are asked for together: one run more for a round of tells, not one for each of them.
    if (base === undefined) return { kind: 'missing', actors: missingAmong(queue.slice(index), world) };
    if (base.time > time) return { kind: 'tooEarly', time: base.time };
    read.set(key, base);

    const before = working.get(key) ?? base;
    const version = before.version + 1;
    const result = stepperOf(kind).step(before.live, event, version, time, to);
    if (result.kind !== 'moved') return reject(rejectionOf(result, to, event, before.version));

    const after = { actor: to, key, kind, version, time, live: result.live };
    working.set(key, after);
    moves.push({ before, after, event, ...(told === undefined ? {} : { told }) });
    if (queue.length + result.tells.length > RECORDS_PER_COMMAND_MAX) {
      throw new Error(
        `command ${command.id}: more than ${RECORDS_PER_COMMAND_MAX} records, last told by ${formatActor(to)}`,
      );
    }
    if (world.tellsNobody !== true)
      for (const tell of result.tells) queue.push({ ...tell, told: `${formatActor(to)}@${version}` });
  }
  const records = recordsOf(command, moves, read, time, world);
  const big = isOutside(command) ? records.find((record) => record.payload.byteLength > RECORD_BYTES_MAX) : undefined;
  if (big === undefined) return { kind: 'moved', records, time };
  const { actor, transition, payload } = big;
  const event = transition.data.event.type;
  const rejection: Rejection = {
    code: 'tooLarge',
    actor,
    event,
    bytes: payload.byteLength,
    bytesMax: RECORD_BYTES_MAX,
  };
  return { kind: 'rejected', rejection, read: [...read.values()] };
}

/** Encodes in order, each record of an actor carrying the hash of the one before. */
function recordsOf(
  command: Command,
  moves: readonly Moved[],
  read: ReadonlyMap<ActorKey, Standing>,
  time: number,
  world: TurnWorld,
): readonly TurnRecord[] {
  const latest = new Map<ActorKey, Standing>(read);
  const timeText = new Date(time).toISOString();
  const { id, by, via, trace, tenant } = command;
  return moves.map(({ before, after, event, told }, index) => {
    const base = latest.get(after.key);
    if (base === undefined) throw new Error(`turn: ${after.key} moved without being read`);
    const transition: Transition = {
      specversion: '1.0',
      id: world.mintId(),
      source: sourceOf(after.actor),
      type: typeOf(after.actor, event.type),
      time: timeText,
      datacontenttype: 'application/json',
      data: {
        version: after.version,
        event,
        from: before.version === 0 ? null : stateValueOf(before.live),
        to: stateValueOf(after.live),
        state: stateOf(after.live),
        cause: {
          command: id,
          ...(tenant === after.actor.tenant ? {} : { tenant }),
          by,
          via,
          ...(trace === undefined ? {} : { trace }),
          ...(told === undefined ? {} : { told }),
        },
        part: { number: index + 1, of: moves.length },
        machine: `${after.kind.name}@${after.kind.machineVersion}`,
        prev: base.hash,
      },
    };
    const payload = encode(transition);
    const hash = hashOf(payload);
    const standing: Standing = { ...after, hash, position: undefined };
    latest.set(after.key, standing);
    return { actor: after.actor, kind: after.kind, transition, payload, hash, base, standing };
  });
}

/** What is wrong with an event before any machine sees it. Tells come from our own machines and are not checked again. */
function problemOf(
  to: ActorId,
  event: MachineEvent,
  kind: ActorKind | undefined,
  fromOutside: boolean,
  command: Command,
): string | undefined {
  if (kind === undefined) return `unknown kind ${to.kind}`;
  if (!isNameable(to)) return 'the id cannot name an actor';
  if (!fromOutside) return undefined;
  if (event.type === 'timer') return command.by === 'timer' ? undefined : 'timer events come from the timers alone';
  if (event.type.startsWith('xstate.')) return 'event types of the machine itself cannot be sent';
  const schema = Object.hasOwn(kind.events, event.type) ? kind.events[event.type] : undefined;
  if (schema === undefined) return `a ${kind.name} takes no such event`;
  const checked = schema.safeParse(event);
  if (checked.success) return undefined;
  return checked.error.issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`).join('; ');
}

function isNameable(actor: ActorId): boolean {
  return isToken(actor.tenant) && isToken(actor.kind) && isUsableId(actor.id);
}

function isOutside(command: Command): boolean {
  return command.by !== 'timer' && !command.by.startsWith('system:');
}

function rejectionOf(
  result: Exclude<StepResult, { kind: 'moved' }>,
  actor: ActorId,
  { type: event }: MachineEvent,
  version: number,
): Rejection {
  if (result.kind === 'refused') {
    const { reason, details } = result;
    return { code: 'reason', actor, event, reason, ...(details === undefined ? {} : { details }) };
  }
  if (result.kind === 'guard') return { code: 'guard', actor, event, guards: result.guards };
  if (result.kind === 'finished') return { code: 'finished', actor, event };
  if (result.kind === 'staleTimer') return { code: 'staleTimer', actor, event };
  return version === 0 ? { code: 'unknownActor', actor, event } : { code: 'unhandled', actor, event };
}
