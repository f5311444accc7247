/**
 * Reads a record that is known to be valid, since it was read before. What the actor remembers, half of the record or more, is
 * parsed when somebody looks at it, and the hash is taken then: of most records that are projected again nobody does. That
 * spares a seventh of making a past moment.
 */
import type { ActorState, LoggedTransition, Transition, TransitionData } from '../model/transition.ts';
import { type Decoded, decode, hashOf } from './codec.ts';
import type { PlacedRecord } from './log.ts';
import { actorOfSubject } from './subjects.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * As `encode` writes it. No text within can look so, since its quotes are escaped. Another field may (an event's, say): but
 * then brackets are left over when what is between is taken out.
 */
const STATE_KEY = ',"state":';
const STATE_BEGINS = `${STATE_KEY}{"context":`;
const STATE_ENDS = ',"cause":{"command":';

/** What `decode` makes of a valid record. Not to be written out: `state` and `hash` are no properties of its own. */
export function decodeKnown(stored: PlacedRecord): Decoded {
  const place = actorOfSubject(stored.subject);
  const text = decoder.decode(stored.payload);
  const start = text.indexOf(STATE_BEGINS);
  const end = text.lastIndexOf(STATE_ENDS);
  const rest = start < 0 ? undefined : parsed<Transition>(text.slice(0, start) + text.slice(end));
  if (place === undefined || rest === undefined) return decode(stored);
  const { specversion, id, source, type, time, datacontenttype } = rest;
  const data = new DataToLookAt(rest.data, text, [start + STATE_KEY.length, end]);
  const transition: Transition = { specversion, id, source, type, time, datacontenttype, data };
  return { kind: 'record', record: new RecordToLookAt(stored, place, transition) };
}

class RecordToLookAt implements LoggedTransition {
  readonly position;
  readonly actor;
  readonly visibility;
  readonly transition;
  readonly time;
  readonly #payload;
  #hash: string | undefined;

  constructor(
    { position, payload }: PlacedRecord,
    { actor, visibility }: Pick<LoggedTransition, 'actor' | 'visibility'>,
    transition: Transition,
  ) {
    this.position = position;
    this.actor = actor;
    this.visibility = visibility;
    this.transition = transition;
    this.time = Date.parse(transition.time);
    this.#payload = payload;
  }

  get hash(): string {
    this.#hash ??= hashOf(this.#payload);
    return this.#hash;
  }
}

class DataToLookAt implements TransitionData {
  readonly version;
  readonly event;
  readonly from;
  readonly to;
  readonly cause;
  readonly part;
  readonly machine;
  readonly prev;
  /** The whole record. */
  readonly #text: string;
  /** Where the state stands in it. */
  readonly #place: readonly [start: number, end: number];
  #state: ActorState | undefined;

  constructor(rest: Omit<TransitionData, 'state'>, text: string, place: readonly [start: number, end: number]) {
    const { version, event, from, to, cause, part, machine, prev } = rest;
    this.version = version;
    this.event = event;
    this.from = from;
    this.to = to;
    this.cause = cause;
    this.part = part;
    this.machine = machine;
    this.prev = prev;
    this.#text = text;
    this.#place = place;
  }

  /** Whoever names a field twice, in a record written by hand, gets what `decode` makes of it. */
  get state(): ActorState {
    this.#state ??=
      parsed<ActorState>(this.#text.slice(...this.#place)) ?? (JSON.parse(this.#text) as Transition).data.state;
    return this.#state;
  }
}

/** Undefined for what is no JSON. */
function parsed<Value>(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
