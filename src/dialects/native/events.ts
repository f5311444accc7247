/**
 * `GET /v1/events`: which part of the log a reader may follow, and from where.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { parseMoment } from '../../http/moment.ts';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';
import { hasScope, mayEnter, type Principal } from '../../identity/principal.ts';
import { INSTALLATION } from '../../model/actor-id.ts';
import type { Position } from '../../model/position.ts';
import type { Moment, Runtime } from '../../model/runtime.ts';
import type { EventStreams } from './event-streams.ts';
import { type Ask, json, type NativeRoute, type Reply, refuse, unknown } from './route.ts';

export function eventRoutes(runtime: Runtime, streams: EventStreams): readonly NativeRoute[] {
  return [
    {
      method: 'GET',
      path: '/v1/events',
      summary: 'Records as they happen, as server-sent events; `id` is the log position, `data` the CloudEvent',
      scope: 'events',
      asOf: false,
      query: [
        { name: 'tenant', description: 'Only of this tenant.' },
        { name: 'kind', description: 'Only of this kind of actor; may be repeated.' },
        { name: 'id', description: 'Only of the actor with this id; may be repeated.' },
        { name: 'type', description: 'Only of this event type, such as `ledgerline.agent.setReady`; may be repeated.' },
        {
          name: 'since',
          description: 'Begin after this log position or time, from history. `Last-Event-ID` goes before it.',
        },
      ],
      handle: (ask) => follow(ask, runtime, streams),
    },
  ];
}

async function follow(ask: Ask, runtime: Runtime, streams: EventStreams): Promise<Reply> {
  const { query, principal, request } = ask;
  const asked = query.get('tenant');
  if (asked !== null && !mayEnter(principal, asked)) return unknown(`tenant ${asked}`);
  const tenant = asked ?? (principal.tenant === INSTALLATION ? undefined : principal.tenant);
  const after = await startOf(request.headers, query, runtime);
  if (!after.ok) return refuse({ kind: 'input', problem: after.problem });
  if (request.method === 'HEAD') return json({});
  const filter = {
    ...(tenant === undefined ? {} : { tenant }),
    kinds: new Set(query.getAll('kind')),
    ids: new Set(query.getAll('id')),
    types: new Set(query.getAll('type')),
  };
  const who = (): Principal | undefined => {
    const now = ask.who();
    const still = now !== undefined && hasScope(now, 'events') && now.tenant === principal.tenant;
    return still ? now : undefined;
  };
  return { kind: 'stream', open: (response) => streams.open(response, { after: after.value, filter, who }) };
}

/** A position that was never reached is a mistake, not a wait: the log it belongs to is another one. */
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
  if (position <= runtime.live.position) return parsed(position);
  return refused({ code: 'badParameter', name, reason: `is past the end of the log, ${runtime.live.position}` });
}

async function positionOf(moment: Moment, runtime: Runtime): Promise<Position> {
  return 'position' in moment ? moment.position : (await runtime.query(moment)).position;
}
