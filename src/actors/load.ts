/**
 * Brings an actor back from its newest valid record. The projector's chain heads say which record that is, so that
 * junk on the subject is stepped over: the last valid record stays the state, the junk's position the expectation.
 */
import { LedgerlineError } from '../errors.ts';
import { chainBreak, decode, hashOf } from '../log/codec.ts';
import type { Log, StoredRecord } from '../log/log.ts';
import { subjectOf } from '../log/subjects.ts';
import { type ActorId, formatActor, keyOf } from '../model/actor-id.ts';
import type { ActorKind, ActorKinds } from '../model/actor-kind.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { machineVersionOf, upcast } from '../model/upcast.ts';
import { stepperOf } from './step.ts';
import type { Standing } from './turn.ts';

export interface ChainEnd {
  readonly position: Position;
  readonly version: number;
  readonly hash: string;
}

export interface Chains {
  /** The end of an actor's valid chain, from a reader that has seen the log at least up to `seen`. Throws `unavailable`. */
  endOf(actor: ActorId, seen: Position): Promise<ChainEnd | undefined>;
}

export interface Sources {
  readonly log: Log;
  readonly kinds: ActorKinds;
  readonly chains: Chains;
}

/**
 * As `loadStanding`, but an actor that the read side does not know is taken for one that was never created, without asking
 * the log: that is so of most actors a command creates. The read side has seen the log at least up to `seen`. Should another
 * writer have created the actor since, the first batch meets a conflict, as it does on a cached state that is out of date.
 */
export async function loadUnheardOf(actor: ActorId, sources: Sources, seen: Position): Promise<Standing> {
  const kind = kindOf(actor, sources);
  const end = await sources.chains.endOf(actor, seen);
  return end === undefined ? unborn(actor, kind, LOG_START) : loadStanding(actor, sources);
}

/** Throws `unavailable`, `recordInvalid`, `machineTooOld`. */
export async function loadStanding(actor: ActorId, sources: Sources): Promise<Standing> {
  const kind = kindOf(actor, sources);
  const { log, chains } = sources;
  const newest = await log.last(subjectOf(actor, kind.visibility));
  const position = newest?.position ?? 0;
  const end = await chains.endOf(actor, position);
  // A generation of the log begins with copies: the same record, at another position.
  const isEnd = newest !== undefined && (newest.position === end?.position || hashOf(newest.payload) === end?.hash);
  if (newest !== undefined && !isEnd) assertNoneOfNewer(kind, newest, end);
  if (end === undefined) return unborn(actor, kind, position);
  return standingFrom(actor, kind, isEnd ? newest : await log.at(end.position), end, position);
}

function kindOf({ kind: name }: ActorId, { kinds }: Sources): ActorKind {
  const kind = kinds.get(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

function unborn(actor: ActorId, kind: ActorKind, position: Position): Standing {
  return { actor, key: keyOf(actor), kind, version: 0, hash: null, time: 0, live: stepperOf(kind).initial, position };
}

function standingFrom(
  actor: ActorId,
  kind: ActorKind,
  stored: StoredRecord | undefined,
  end: ChainEnd,
  position: Position,
): Standing {
  const details = { actor: formatActor(actor), position: end.position };
  if (stored === undefined || hashOf(stored.payload) !== end.hash) {
    throw new LedgerlineError(
      'recordInvalid',
      `the record of ${details.actor} at ${end.position} is not the one that was projected`,
      details,
    );
  }
  const decoded = decode(stored);
  if (decoded.kind === 'junk')
    throw new LedgerlineError('recordInvalid', `${details.actor} at ${end.position}: ${decoded.reason}`, details);
  const { data } = decoded.record.transition;
  if (machineVersionOf(data) > kind.machineVersion) throw tooOld(kind, decoded.record);
  const { to, state } = upcast(kind, data);
  const live = stepperOf(kind).restore(to, state);
  const { version } = data;
  return { actor, key: keyOf(actor), kind, version, hash: end.hash, time: decoded.record.time, live, position };
}

/** What a newer machine recorded may be skipped here for its form: going on from the record before it would write it off. */
function assertNoneOfNewer(kind: ActorKind, stored: StoredRecord, end: ChainEnd | undefined): void {
  const decoded = decode(stored);
  if (decoded.kind === 'junk' || chainBreak(decoded.record, end) !== undefined) return;
  if (machineVersionOf(decoded.record.transition.data) > kind.machineVersion) throw tooOld(kind, decoded.record);
}

function tooOld(kind: ActorKind, { actor, position, transition }: LoggedTransition): LedgerlineError {
  const details = { actor: formatActor(actor), position };
  const { machine } = transition.data;
  return new LedgerlineError(
    'machineTooOld',
    `${details.actor} was last moved by ${machine}; this process has version ${kind.machineVersion}`,
    details,
  );
}
