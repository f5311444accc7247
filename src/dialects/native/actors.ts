/**
 * Actors as the log has them: which there are, the state of one, its history. Private kinds do not exist here.
 */

import { z } from 'zod';
import { backwards } from '../../history/backwards.ts';
import { positionPageOf, toPage } from '../../http/paging.ts';
import { type ActorId, formatActor, isToken } from '../../model/actor-id.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { LoggedTransition } from '../../model/transition.ts';
import { type ActorHead, actorHead, actorsOf } from '../../projector/heads.ts';
import { paging, record } from './answer-schemas.ts';
import { listing } from './listing.ts';
import { type Ask, actorJson, json, type NativeRoute, PAGE, param, type Reply, refuse, unknown } from './route.ts';

const shown = z.object({
  tenant: z.string(),
  kind: z.string(),
  id: z.string(),
  version: z.int(),
  position: z.int(),
  time: z.iso.datetime(),
  created: z.int().describe('Position of its first record.'),
});

export function actorRoutes(runtime: Runtime): readonly NativeRoute[] {
  const reading = { method: 'GET', scope: 'read', asOf: true } as const;
  return [
    {
      ...reading,
      path: '/v1/tenants/:tenant/actors',
      summary: 'Actors of one kind, in the order in which they were created',
      answer: paging(shown),
      query: [{ name: 'kind', description: '`agent`, `user`, `queue`, …', required: true }, ...PAGE],
      handle: listActors,
    },
    {
      ...reading,
      path: '/v1/tenants/:tenant/actors/:kind/:id',
      summary: 'The state of one actor',
      answer: { body: shown.extend({ value: z.unknown().describe('Its state'), context: z.looseObject({}) }).loose() },
      handle: (ask) => readActor(ask, runtime),
    },
    {
      ...reading,
      path: '/v1/tenants/:tenant/actors/:kind/:id/history',
      summary: 'The records of one actor',
      answer: {
        body: z.object({ items: z.array(z.object({ position: z.int(), record })), next: z.string().exactOptional() }),
      },
      query: [
        { name: 'order', description: '`asc` (from the first, the default) or `desc` (from the newest).' },
        ...PAGE,
      ],
      handle: (ask) => readHistory(ask, runtime),
    },
  ];
}

function listActors(ask: Ask): Reply {
  const kind = ask.query.get('kind') ?? '';
  if (isToken(kind)) return listing(ask, (page) => actorsOf(ask.view, { ...page, kind }), headJson);
  return refuse({
    kind: 'input',
    problem: { code: 'badParameter', name: 'kind', reason: 'must name a kind of actor' },
  });
}

async function readActor(ask: Ask, runtime: Runtime): Promise<Reply> {
  const actor = actorOf(ask);
  const head = publicHead(ask, actor);
  if (head === undefined) return unknown(`actor ${formatActor(actor)}`);
  for await (const record of runtime.replay({ after: head.position - 1, upTo: head.position, of: actor })) {
    const { to, state } = record.transition.data;
    return json({ ...headJson(head), value: to, ...state });
  }
  return unknown(`actor ${formatActor(actor)}`);
}

async function readHistory(ask: Ask, runtime: Runtime): Promise<Reply> {
  const page = positionPageOf(ask.query);
  if (!page.ok) return refuse({ kind: 'input', problem: page.problem });
  const order = ask.query.get('order') ?? 'asc';
  if (order !== 'asc' && order !== 'desc') {
    return refuse({ kind: 'input', problem: { code: 'badParameter', name: 'order', reason: 'must be asc or desc' } });
  }
  const actor = actorOf(ask);
  if (publicHead(ask, actor) === undefined) return unknown(`actor ${formatActor(actor)}`);
  const { limit, after } = page.value;
  const upTo = ask.view.position;
  const records = await firstOf(
    order === 'asc'
      ? runtime.replay({ after, upTo, of: actor })
      : backwards(runtime, { of: actor, upTo: after === 0 ? upTo : Math.min(upTo, after - 1) }),
    limit + 1,
  );
  const { items, next } = toPage(records, limit, (record) => `${record.position}`);
  return json({
    items: items.map(({ position, transition }) => ({ position, record: transition })),
    ...(next === undefined ? {} : { next }),
  });
}

async function firstOf(records: AsyncIterable<LoggedTransition>, most: number): Promise<LoggedTransition[]> {
  const kept: LoggedTransition[] = [];
  for await (const record of records) {
    kept.push(record);
    if (kept.length === most) break;
  }
  return kept;
}

function actorOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: param(ask, 'kind'), id: param(ask, 'id') };
}

function publicHead(ask: Ask, actor: ActorId): ActorHead | undefined {
  if (!isToken(actor.kind)) return undefined;
  const head = actorHead(ask.view, actor);
  return head?.visibility === 'public' ? head : undefined;
}

function headJson({ actor, version, position, time, created }: ActorHead): JsonObject {
  return { ...actorJson(actor), version, position, time: new Date(time).toISOString(), created };
}
