/**
 * One turn: a command's deliveries and every tell they cause, breadth first, over all the actors they reach, as pure
 * steps. Gives the records to commit together, or the one refusal that stops the whole command. Appends nothing,
 * loads nothing: an actor the caller has not supplied is asked for by `missing`.
 */
import { encode, hashOf, sourceOf, typeOf } from '../log/codec.ts';
import { subjectOfKey } from '../log/subjects.ts';
import { type ActorId, type ActorKey, formatActor, isToken, isUsableId, keyOf } from '../model/actor-id.ts';
import type { ActorKind, ActorKinds } from '../model/actor-kind.ts';
import { AHEAD_MS_MAX } from '../model/clock.ts';
import type { Command, MachineEvent, Rejection } from '../model/command.ts';
import { stateProblem } from '../model/form-check.ts';
import type { Position } from '../model/position.ts';
import type { Cause, Transition } from '../model/transition.ts';
import { isSetBack, type Live, type StepResult, stateOf, stateValueOf, stepperOf } from './step.ts';

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
  readonly subject: string;
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

/** The way in of those who set actors back (set-back.ts): no request comes by it. */
export const BY_SETTING_BACK = 'set-back';
/** Records one command may make; reaching it is a machine talking in circles. */
const RECORDS_PER_COMMAND_MAX = 500;
/** Bytes of one stored record, for commands from outside. */
const RECORD_BYTES_MAX = 64 * 1024;

interface Queued {
  readonly to: ActorId;
  readonly event: MachineEvent;
  readonly told?: string;
}

/** A standing whose record is not encoded yet. */
type Decided = Omit<Standing, 'hash' | 'position'>;

/** An actor the turn has reached: what it started from, and where it is by now. */
interface Reached {
  readonly base: Standing;
  now: Decided;
  /** Its last record of this turn, once that is encoded. */
  recorded: Standing | undefined;
}

interface Moved {
  readonly of: Reached;
  readonly before: Decided;
  readonly after: Decided;
  readonly event: MachineEvent;
  readonly told: string | undefined;
}

/** Its time is `now`, or the last of an actor it reaches that is a little later, so that no actor's records go back in time. */
export function turn(command: Command, now: number, world: TurnWorld): TurnResult {
  if (command.deliveries.length === 0) throw new Error(`command ${command.id}: nothing to deliver`);
  let time = now;
  for (;;) {
    const attempt = runOnce(command, time, now + AHEAD_MS_MAX, world);
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

/** Runs at one time; `tooEarly` when it reached an actor whose last record is later than that, and no later than `believed`. */
function runOnce(
  command: Command,
  time: number,
  believed: number,
  world: TurnWorld,
): TurnResult | { kind: 'tooEarly'; time: number } {
  const reached = new Map<ActorKey, Reached>();
  const moves: Moved[] = [];
  const queue: Queued[] = [...command.deliveries];
  const reject = (rejection: Rejection): TurnResult => ({ kind: 'rejected', rejection, read: basesOf(reached) });

  for (const [index, { to, event, told }] of queue.entries()) {
    const key = keyOf(to);
    let actor = reached.get(key);
    const base = actor?.base ?? world.standing(key);
    const kind = base?.kind ?? world.kinds.get(to.kind);
    if (kind === undefined) return reject(badEvent(to, event, `unknown kind ${to.kind}`));
    if (base === undefined && !isNameable(to)) return reject(badEvent(to, event, 'the id cannot name an actor'));
    const problem = index < command.deliveries.length ? problemOf(event, kind, command) : undefined;
    if (problem !== undefined) return reject(badEvent(to, event, problem));
    // All that wait are asked for together: one run more for a round of tells, not one for each of them.
    if (base === undefined) return { kind: 'missing', actors: missingAmong(queue.slice(index), world) };
    if (base.time > time && base.time <= believed) return { kind: 'tooEarly', time: base.time };
    if (actor === undefined) {
      actor = { base, now: base, recorded: undefined };
      reached.set(key, actor);
    }

    const before = actor.now;
    const version = before.version + 1;
    const result = stepperOf(kind).step(before.live, event, version, time, to);
    if (result.kind !== 'moved') return reject(rejectionOf(result, to, event, before.version));
    if (kind.checks?.includes(event.type) === true) continue;

    const after = { actor: to, key, kind, version, time, live: result.live };
    actor.now = after;
    moves.push({ of: actor, before, after, event, told });
    if (queue.length + result.tells.length > RECORDS_PER_COMMAND_MAX) {
      throw new Error(
        `command ${command.id}: more than ${RECORDS_PER_COMMAND_MAX} records, last told by ${formatActor(to)}`,
      );
    }
    if (world.tellsNobody !== true)
      for (const tell of result.tells) queue.push({ ...tell, told: `${formatActor(to)}@${version}` });
  }
  const [first] = command.deliveries;
  if (moves.length === 0 && first !== undefined) return reject(badEvent(first.to, first.event, 'it moves nobody'));
  const records = recordsOf(command, moves, time, world);
  const big = isOutside(command) ? records.find((record) => record.payload.byteLength > RECORD_BYTES_MAX) : undefined;
  return big === undefined ? { kind: 'moved', records, time } : reject(tooLarge(big));
}

function basesOf(reached: ReadonlyMap<ActorKey, Reached>): readonly Standing[] {
  return Array.from(reached.values(), ({ base }) => base);
}

function badEvent(actor: ActorId, { type }: MachineEvent, problem: string): Rejection {
  return { code: 'badEvent', actor, event: type, problems: [problem] };
}

function tooLarge({ actor, transition, payload }: TurnRecord): Rejection {
  const { type: event } = transition.data.event;
  return { code: 'tooLarge', actor, event, bytes: payload.byteLength, bytesMax: RECORD_BYTES_MAX };
}

/**
 * Encodes in order, each record of an actor carrying the hash of the one before. Throws for a state that its own kind does not
 * know: every reader would skip the record.
 */
function recordsOf(command: Command, moves: readonly Moved[], time: number, world: TurnWorld): readonly TurnRecord[] {
  const timeText = new Date(time).toISOString();
  const records: TurnRecord[] = [];
  for (const { of, before, after, event, told } of moves) {
    const { actor, kind, key } = after;
    const base = of.recorded ?? of.base;
    const transition: Transition = {
      specversion: '1.0',
      id: world.mintId(),
      source: sourceOf(actor),
      type: typeOf(actor, event.type),
      time: timeText,
      datacontenttype: 'application/json',
      data: {
        version: after.version,
        event,
        from: before.version === 0 ? null : stateValueOf(before.live),
        to: stateValueOf(after.live),
        state: stateOf(after.live),
        cause: causeOf(command, actor, told),
        part: { number: records.length + 1, of: moves.length },
        machine: `${kind.name}@${kind.machineVersion}`,
        prev: base.hash,
      },
    };
    const problem = stateProblem(kind, transition.data);
    if (problem !== undefined) throw new Error(`${event.type} of ${formatActor(actor)}: ${problem}`);
    const payload = encode(transition);
    const hash = hashOf(payload);
    const { version, live } = after;
    const standing: Standing = { actor, key, kind, version, hash, time, live, position: undefined };
    of.recorded = standing;
    const subject = subjectOfKey(key, kind.visibility);
    records.push({ actor, kind, subject, transition, payload, hash, base, standing });
  }
  return records;
}

/** In the order of fields in which it is stored. */
function causeOf({ id, tenant, by, via, trace }: Command, actor: ActorId, told: string | undefined): Cause {
  if (tenant === actor.tenant && trace === undefined && told === undefined) return { command: id, by, via };
  return {
    command: id,
    ...(tenant === actor.tenant ? {} : { tenant }),
    by,
    via,
    ...(trace === undefined ? {} : { trace }),
    ...(told === undefined ? {} : { told }),
  };
}

/** What is wrong with an event from outside, before any machine sees it. Tells come from our own machines and are not checked. */
function problemOf(event: MachineEvent, kind: ActorKind, command: Command): string | undefined {
  if (event.type === 'timer') return command.by === 'timer' ? undefined : 'timer events come from the timers alone';
  if (isSetBack(event))
    return command.via === BY_SETTING_BACK ? undefined : 'actors are set back by `ledgerline set-back` alone';
  if (event.type.startsWith('xstate.')) return 'event types of the machine itself cannot be sent';
  const schema = Object.hasOwn(kind.events, event.type) ? kind.events[event.type] : undefined;
  if (schema === undefined) return `no event of the kind ${kind.name} is called so`;
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
