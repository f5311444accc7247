/**
 * `GET /v1/events` and `/v1/events/ws`: which part of the log a reader may follow, and from where.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { parseMoment, positionOf } from '../../http/moment.ts';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';
import { hasScope, mayEnter, type Principal } from '../../identity/principal.ts';
import { INSTALLATION } from '../../model/actor-id.ts';
import type { ActorKinds } from '../../model/actor-kind.ts';
import type { Position } from '../../model/position.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { Readers, Reading } from '../../subscribers/readers.ts';
import { eventStream } from '../../subscribers/sse/event-stream.ts';
import type { WhoAsks } from './auth.ts';
import type { Refusal } from './errors.ts';
import { type Ask, json, type NativeRoute, type Parameter, type Reply, refuse } from './route.ts';
import { unknownKind } from './told-kinds.ts';

/** The filters of every channel, and where it begins. */
export const EVENT_QUERY: readonly Parameter[] = [
  { name: 'tenant', description: 'Only of this tenant.' },
  { name: 'kind', description: 'Only of this kind of actor; may be repeated.' },
  { name: 'id', description: 'Only of the actor with this id; may be repeated.' },
  {
    name: 'type',
    description:
      'Only of this event type, such as `ledgerline.agent.setReady`, or of all that begin so: `ledgerline.agent.*`; may be repeated.',
  },
  {
    name: 'since',
    description: 'Begin after this log position or time, from history. `Last-Event-ID` goes before it.',
  },
];

/** What can be followed. */
export interface Followed {
  readonly runtime: Runtime;
  readonly kinds: ActorKinds;
}

export function eventRoutes(followed: Followed, readers: Readers): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: '/v1/events',
      summary: 'Records as they happen, as server-sent events; `id` is the log position, `data` the CloudEvent',
      answer: { description: 'A stream; `id` is the log position', types: ['text/event-stream'] },
      scope: 'events',
      asOf: false,
      takesMoment: true,
      query: EVENT_QUERY,
      handle: (ask) => follow(ask, followed, readers),
    },
  ];
}

async function follow(ask: Ask, followed: Followed, readers: Readers): Promise<Reply> {
  const { query, principal, who, request } = ask;
  const found = await readingOf({ query, headers: request.headers, principal, who }, followed);
  if (!found.ok) return refuse(found.refusal);
  if (request.method === 'HEAD') return json({});
  return { kind: 'stream', open: (response) => readers.admit(eventStream(response), found.reading) };
}

export interface ReadingAsked {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly principal: Principal;
  readonly who: WhoAsks;
}

/** What somebody with the scope `events` may read of what he asked for, for as long as he still may. */
export async function readingOf(
  { query, headers, principal, who }: ReadingAsked,
  { runtime, kinds }: Followed,
): Promise<{ readonly ok: true; readonly reading: Reading } | { readonly ok: false; readonly refusal: Refusal }> {
  const asked = query.get('tenant');
  if (asked !== null && !mayEnter(principal, asked)) {
    return { ok: false, refusal: { kind: 'unknown', what: `tenant ${asked}` } };
  }
  const wrong = unknownKind(kinds, query.getAll('kind'));
  if (wrong !== undefined) return { ok: false, refusal: { kind: 'input', problem: wrong } };
  const tenant = asked ?? (principal.tenant === INSTALLATION ? undefined : principal.tenant);
  const after = await startOf(headers, query, runtime);
  if (!after.ok) return { ok: false, refusal: { kind: 'input', problem: after.problem } };
  const filter = {
    ...(tenant === undefined ? {} : { tenant }),
    kinds: new Set(query.getAll('kind')),
    ids: new Set(query.getAll('id')),
    types: new Set(query.getAll('type')),
  };
  const mayRead = () => {
    const now = who();
    return now !== undefined && hasScope(now, 'events') && now.tenant === principal.tenant;
  };
  return { ok: true, reading: { after: after.value, filter, mayRead } };
}

/**
 * A position that was never reached is a mistake, not a wait: the log it belongs to is another one. What is archived is
 * read from there, and refused where the archive is not at hand.
 */
async function startOf(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  runtime: Runtime,
): Promise<Parsed<Position | 'now'>> {
  const lastId = headers['last-event-id'];
  const text = lastId === undefined ? query.get('since') : String(lastId);
  if (text === null || text === '') return parsed('now');
  const name = lastId === undefined ? 'since' : 'Last-Event-ID';
  const moment = parseMoment(text, name);
  if (!moment.ok) return moment;
  const position = await positionOf(moment.value, runtime);
  if (position < runtime.reach) {
    const reason = `lies in an archive that is not at hand; the first position to begin after is ${runtime.reach}`;
    return refused({ code: 'badParameter', name, reason });
  }
  if (position <= runtime.live.position) return parsed(position);
  return refused({ code: 'badParameter', name, reason: `is past the end of the log, ${runtime.live.position}` });
}
