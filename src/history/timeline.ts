/**
 * Timelines: the records of a few actors in log order and, where asked for, those of everybody their commands touched.
 * An actor's is his own; a call's has the calls linked to it and the agents they told; a person's has his agent and user
 * record and the calls that moved with him. Private records and those of other tenants
 * are in none. Paged by position, whole commands at a time.
 */
import * as calls from '../../projections/calls.ts';
import * as directory from '../../projections/directory.ts';
import { type ActorId, keyOf } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { View } from '../model/projection.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';
import { commandOf, spanOf } from './whole-command.ts';

type Replaying = Pick<Runtime, 'replay'>;

export interface TimelinePage {
  /** Only records after this position. */
  readonly after: Position;
  /** And up to this one. */
  readonly upTo: Position;
  /** About so many: a command is never cut. */
  readonly limit: number;
}

export interface Timeline {
  /** Whose records these are; those it was asked for come first. */
  readonly actors: readonly ActorId[];
  readonly records: readonly LoggedTransition[];
  /** Position after which the next page begins; absent at the end. */
  readonly next?: Position;
}

/** Calls one conversation may grow into: consults of consults. */
const LINKED_CALLS_MAX = 64;

export function actorTimeline(runtime: Replaying, actor: ActorId, page: TimelinePage): Promise<Timeline> {
  return timeline(runtime, [actor], page, 'alone');
}

/** Undefined for a call that the view does not know. */
export async function callTimeline(
  runtime: Replaying,
  view: View,
  { tenant, id }: Pick<ActorId, 'tenant' | 'id'>,
  page: TimelinePage,
): Promise<Timeline | undefined> {
  const linked = linkedCalls(view, tenant, id);
  return linked.length === 0 ? undefined : timeline(runtime, linked, page, 'withCommands');
}

/** Of a user. Undefined for one that the view does not know. */
export async function personTimeline(
  runtime: Replaying,
  view: View,
  { tenant, id }: Pick<ActorId, 'tenant' | 'id'>,
  page: TimelinePage,
): Promise<Timeline | undefined> {
  const user = { tenant, kind: 'user', id };
  const record = directory.entry(view, user);
  if (record === undefined) return undefined;
  const { agent } = record.attributes;
  const own = typeof agent === 'string' ? [user, { tenant, kind: 'agent', id: agent }] : [user];
  return timeline(runtime, own, page, 'withCommands');
}

/** The call and all it is tied to by consults, moved legs and the id they share, the oldest first. */
function linkedCalls(view: View, tenant: string, id: string): readonly ActorId[] {
  const found = new Map<string, Position>();
  const open = [id];
  for (let next = open.pop(); next !== undefined && found.size < LINKED_CALLS_MAX; next = open.pop()) {
    const entry = found.has(next) ? undefined : calls.call(view, tenant, next);
    if (entry === undefined) continue;
    found.set(next, entry.created);
    const { linkedId, consultOf, consults, legs } = entry.context;
    open.push(linkedId, ...consults.map(({ call }) => call), ...(consultOf === null ? [] : [consultOf.call]));
    for (const { movedTo } of legs) if (movedTo !== undefined) open.push(movedTo);
  }
  const oldestFirst = [...found].sort(([, one], [, other]) => one - other);
  return oldestFirst.map(([call]) => ({ tenant, kind: 'call', id: call }));
}

async function timeline(
  runtime: Replaying,
  asked: readonly ActorId[],
  page: TimelinePage,
  how: 'alone' | 'withCommands',
): Promise<Timeline> {
  const found = new Map<Position, LoggedTransition>();
  const actors = new Map(asked.map((actor) => [keyOf(actor), actor]));
  let reached = page.after;
  for await (const record of merged(runtime, asked, page)) {
    if (record.position <= reached) continue;
    if (found.size >= page.limit) return { actors: [...actors.values()], records: inOrder(found), next: reached };
    const around = how === 'alone' ? [record] : await commandOf(runtime, record);
    for (const one of around) {
      if (one.visibility === 'private' || one.actor.tenant !== record.actor.tenant) continue;
      if (one.position <= page.after || one.position > page.upTo) continue;
      found.set(one.position, one);
      actors.set(keyOf(one.actor), one.actor);
    }
    reached = how === 'alone' ? record.position : Math.min(spanOf(record).last, page.upTo);
  }
  return { actors: [...actors.values()], records: inOrder(found) };
}

function inOrder(found: ReadonlyMap<Position, LoggedTransition>): readonly LoggedTransition[] {
  return [...found.values()].sort((one, other) => one.position - other.position);
}

/** Several actors' histories as one, in log order; each is read as it is needed. */
async function* merged(
  runtime: Replaying,
  actors: readonly ActorId[],
  { after, upTo }: Pick<TimelinePage, 'after' | 'upTo'>,
): AsyncGenerator<LoggedTransition> {
  const lanes = actors.map((of) => runtime.replay({ after, upTo, of })[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(lanes.map((lane) => lane.next()));
    for (;;) {
      let first = -1;
      for (const [index, head] of heads.entries())
        if (head.done !== true && (first < 0 || head.value.position < positionOf(heads[first]))) first = index;
      const lane = lanes[first];
      const head = heads[first];
      if (lane === undefined || head === undefined || head.done === true) return;
      yield head.value;
      heads[first] = await lane.next();
    }
  } finally {
    for (const lane of lanes) await lane.return?.();
  }
}

function positionOf(head: IteratorResult<LoggedTransition> | undefined): Position {
  return head === undefined || head.done === true ? Number.POSITIVE_INFINITY : head.value.position;
}
