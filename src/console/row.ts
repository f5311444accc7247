/**
 * A record in brief, as the console lists it and draws it: where, when, who, what happened, from where to where, and why.
 * Made by the server for pages of the past and by the page itself for what arrives live, so that both read alike.
 */
import type { JsonObject } from '../model/json.ts';
import type { StateValue, Transition } from '../model/transition.ts';
import { type Trouble, troubleOf } from './trouble.ts';

export interface Row {
  readonly position: number;
  /** ms since 1970. */
  readonly time: number;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  /** Event type as the machine knows it: `setReady`. */
  readonly event: string;
  /** Innermost states, one per region: `ready/idle/none`. Empty before the first record. */
  readonly from: string;
  readonly to: string;
  readonly command: string;
  /** Place within the command: record `part` of `of`. */
  readonly part: number;
  readonly of: number;
  readonly by: string;
  readonly via: string;
  /** The record that told this actor, `<kind>/<id>@<version>`, when it is of the same tenant. */
  readonly told?: string;
  /** What people call the actor, where it is not its id: a person's name, a queue's, the numbers of a call. */
  readonly name?: string;
  /** What went wrong by it. */
  readonly trouble?: Trouble;
}

export interface Actor {
  readonly kind: string;
  readonly id: string;
}

export interface RowFilter {
  readonly kinds: readonly string[];
  /** Every word must occur in the actor, its name, the event, the states, who asked or the command. */
  readonly words: readonly string[];
  /** Only what went wrong. */
  readonly trouble: boolean;
}

/** Names that no record of the actor itself holds: an agent is called as the person is. */
export type Naming = (actor: Actor) => string | undefined;

export function rowOf(position: number, transition: Transition, naming: Naming): Row {
  const { source, time, data } = transition;
  const [, , tenant = '', kinds = '', id = ''] = source.split('/');
  const told = data.cause.told?.startsWith(`${tenant}/`) ? data.cause.told.slice(tenant.length + 1) : undefined;
  const actor = { kind: kinds.slice(0, -1), id: decodeURIComponent(id) };
  const name = namedBy(actor.kind, data.state.context) ?? naming(actor);
  const trouble = troubleOf(actor.kind, data);
  return {
    position,
    time: Date.parse(time),
    ...actor,
    version: data.version,
    event: data.event.type === 'timer' ? `timer ${String(data.event.timer)}` : data.event.type,
    from: data.from === null ? '' : leavesOf(data.from).join('/'),
    to: leavesOf(data.to).join('/'),
    command: data.cause.command,
    part: data.part.number,
    of: data.part.of,
    by: data.cause.by,
    via: data.cause.via,
    ...(told === undefined ? {} : { told }),
    ...(name === undefined ? {} : { name }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** The name that an actor's own record holds. */
function namedBy(kind: string, context: JsonObject): string | undefined {
  if (kind === 'call') return `${textIn(context, 'from')} → ${textIn(context, 'to')}`;
  const { attributes } = context;
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return undefined;
  const called = attributes as JsonObject;
  const name = textIn(called, 'name') || `${textIn(called, 'firstName')} ${textIn(called, 'lastName')}`.trim();
  return name === '' ? undefined : name;
}

function textIn(fields: JsonObject, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** Names of the innermost states, in the order in which the regions are written. */
export function leavesOf(value: StateValue): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([state, inner]) =>
    typeof inner === 'object' && Object.keys(inner).length === 0 ? [state] : leavesOf(inner),
  );
}

/** `agent/ksippo`: within a tenant it names one actor. */
export function keyOf({ kind, id }: Actor): string {
  return `${kind}/${id}`;
}

export function actorOf(key: string): Actor | undefined {
  const slash = key.indexOf('/');
  return slash > 0 ? { kind: key.slice(0, slash), id: key.slice(slash + 1) } : undefined;
}

export function filterOf(kinds: readonly string[], text: string, trouble: boolean): RowFilter {
  return {
    kinds,
    trouble,
    words: text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ''),
  };
}

export function matches(row: Row, { kinds, words, trouble }: RowFilter): boolean {
  if (trouble && row.trouble === undefined) return false;
  if (kinds.length > 0 && !kinds.includes(row.kind)) return false;
  if (words.length === 0) return true;
  const { kind, id, name = '', event, from, to, by, via, command, position } = row;
  const text =
    `${kind}/${id} ${name} ${row.trouble ?? ''} ${event} ${from} ${to} ${by} ${via} ${command} ${position}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
