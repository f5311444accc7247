/**
 * Transition <-> stored bytes, and two of the three checks of a record: is it one at all, and does it carry on its actor's
 * chain. The third, whether its state is one of its kind, is in model/form-check.ts. A record that fails any of them is
 * quarantined: reported, skipped, never repaired.
 */
import { hash as digest } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { type ActorId, formatActor } from '../model/actor-id.ts';
import type { LoggedTransition, Transition } from '../model/transition.ts';
import { machineVersionOf } from '../model/upcast.ts';
import type { PlacedRecord } from './log.ts';
import { actorOfSubject } from './subjects.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

export function encode(transition: Transition): Uint8Array {
  return Buffer.from(JSON.stringify(transition));
}

/** SHA-256 of the bytes as they are stored, hex. */
export function hashOf(payload: Uint8Array): string {
  return digest('sha256', payload, 'hex');
}

export function sourceOf(actor: ActorId): string {
  return `/tenants/${actor.tenant}/${actor.kind}s/${encodeURIComponent(actor.id)}`;
}

export function typeOf(actor: ActorId, eventType: string): string {
  return `ledgerline.${actor.kind}.${eventType}`;
}

/** The end of an actor's chain: what its next record must carry on from. */
export interface ChainHead {
  readonly version: number;
  readonly hash: string;
}

/** A record that this process wrote: its bytes, and what they say. */
export interface Recorded extends PlacedRecord {
  readonly record: LoggedTransition;
}

export type Decoded =
  | { readonly kind: 'record'; readonly record: LoggedTransition }
  | { readonly kind: 'junk'; readonly reason: string };

/** As records have it, and nothing else that `Date.parse` takes: some of that means another time in another zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** No date is later: none could be written out. */
const DATE_MS_MAX = 8_640_000_000_000_000;
/** Ours are nested a third as deep. What is some thousand levels deep ends the stack of whoever writes it out again. */
const LEVELS_MAX = 100;
/** In fewer bytes nothing can be nested too deep for anybody. */
const DEEP_BYTES_MIN = 4_096;

/**
 * Reads one stored record. Junk is: an unknown subject, bytes that are not our JSON, fields that are missing, have another
 * form or contradict the subject.
 * @param hash of the payload, where it is known
 */
export function decode(stored: PlacedRecord, hash?: string): Decoded {
  const place = actorOfSubject(stored.subject);
  if (place === undefined) return junk(`subject ${stored.subject} names no actor`);
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(stored.payload));
  } catch (error) {
    return junk(`not JSON: ${messageOf(error)}`);
  }
  if (!isTransition(value)) return junk('fields of a transition are missing or of the wrong type');
  if (stored.payload.length >= DEEP_BYTES_MIN && !isWithin(value, LEVELS_MAX)) return junk('nested too deep');
  const time = TIME.test(value.time) ? Date.parse(value.time) : Number.NaN;
  if (Number.isNaN(time)) return junk(`time ${value.time} is not RFC 3339 in UTC with milliseconds`);
  if (value.source !== sourceOf(place.actor))
    return junk(`source ${value.source} contradicts ${formatActor(place.actor)}`);
  if (!isMachineOf(value.data.machine, place.actor))
    return junk(`machine ${value.data.machine} contradicts ${formatActor(place.actor)}`);
  return {
    kind: 'record',
    record: { position: stored.position, ...place, transition: value, time, hash: hash ?? hashOf(stored.payload) },
  };
}

/**
 * Undefined when `record` is the next of its actor after `head`, else what is wrong. An actor that is set back may carry on from
 * a record that was skipped here for its form and is none to a newer program: then both see the same actor from there on.
 */
export function chainBreak(record: LoggedTransition, head: ChainHead | undefined): string | undefined {
  const { version, prev, event } = record.transition.data;
  const expected = (head?.version ?? 0) + 1;
  if (event.type === 'setBack' && head !== undefined && version === expected + 1) return undefined;
  if (version !== expected) return `version ${version} where ${expected} was due`;
  if (prev !== (head?.hash ?? null)) return `prev does not match the record of version ${expected - 1}`;
  return undefined;
}

function junk(reason: string): Decoded {
  return { kind: 'junk', reason };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON value that has at most so many levels below its own. */
function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

function isMachineOf(machine: string, { kind }: ActorId): boolean {
  return (
    machine.startsWith(kind) && machine[kind.length] === '@' && Number.isSafeInteger(machineVersionOf({ machine }))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isCause(cause: unknown): boolean {
  return (
    isObject(cause) &&
    isText(cause.command) &&
    isText(cause.by) &&
    isText(cause.via) &&
    isTextOrAbsent(cause.tenant) &&
    isTextOrAbsent(cause.trace) &&
    isTextOrAbsent(cause.told)
  );
}

function isDate(ms: unknown): boolean {
  return typeof ms === 'number' && Number.isSafeInteger(ms) && Math.abs(ms) <= DATE_MS_MAX;
}

function isTimers(timers: unknown): boolean {
  if (timers === undefined) return true;
  return (
    Array.isArray(timers) &&
    timers.every(
      (timer) => isObject(timer) && isText(timer.name) && isDate(timer.due) && Number.isSafeInteger(timer.armed),
    )
  );
}

function isTransition(value: unknown): value is Transition {
  if (!isObject(value) || value.specversion !== '1.0' || !isObject(value.data)) return false;
  const { data } = value;
  return (
    typeof value.id === 'string' &&
    typeof value.source === 'string' &&
    typeof value.type === 'string' &&
    typeof value.time === 'string' &&
    Number.isSafeInteger(data.version) &&
    isObject(data.event) &&
    typeof data.event.type === 'string' &&
    (typeof data.to === 'string' || isObject(data.to)) &&
    isObject(data.state) &&
    isObject(data.state.context) &&
    isTimers(data.state.timers) &&
    (data.state.done === undefined || data.state.done === true) &&
    isCause(data.cause) &&
    isObject(data.part) &&
    typeof data.machine === 'string' &&
    (data.prev === null || typeof data.prev === 'string')
  );
}
