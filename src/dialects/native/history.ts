/**
 * Time travel through the native API: why an actor is as it is, timelines, differences, commands as trees, exports, and
 * what-if. Reads only, of the caller's tenant; private kinds do not exist here.
 */

import { z } from 'zod';
import { type CommandNode, commandTree } from '../../history/command-tree.ts';
import type { Change } from '../../history/diff.ts';
import { EXPORT_FORMATS, MEDIA_TYPES } from '../../history/export.ts';
import { actorTimeline, callTimeline, personTimeline, type TimelinePage } from '../../history/timeline.ts';
import { diffVersions } from '../../history/versions.ts';
import { type WhatIfReport, whatIf } from '../../history/what-if.ts';
import { why } from '../../history/why.ts';
import { cursorOf, positionPageOf } from '../../http/paging.ts';
import { type ActorId, formatActor, isToken, isUsableId, TOKEN } from '../../model/actor-id.ts';
import type { MachineEvent, Rejection } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { LoggedTransition } from '../../model/transition.ts';
import { actorHead } from '../../projector/heads.ts';
import { located, loosely } from './answer-schemas.ts';
import { exportStream } from './export-stream.ts';
import { describeRejection, toldDetails } from './rejection-words.ts';
import {
  type Ask,
  actorJson,
  bodied,
  json,
  type NativeRoute,
  PAGE,
  param,
  type Reply,
  refuse,
  unknown,
} from './route.ts';

/** Positions that one what-if may go through again. */
const RETOLD_POSITIONS_MAX = 20_000;
const EVENTS_MAX = 100;
const VERSION: JsonObject = { type: 'integer', minimum: 0 };

const actorFields = {
  kind: z.string().regex(TOKEN, 'must name a kind of actor'),
  id: z.string().refine(isUsableId, 'cannot name an actor'),
};
const position = z.int().min(0);

const forkFields = z.strictObject({
  /** The world as it was after this record. */
  at: position,
  /** Fed first, as one command. */
  events: z
    .array(z.strictObject({ ...actorFields, event: z.looseObject({ type: z.string().min(1) }) }))
    .max(EVENTS_MAX)
    .default([]),
  /** What happened up to here is fed again; up to now, within bounds, unless given. */
  upTo: position.exactOptional(),
  /** This actor alone, fed what it was fed; nobody else moves. */
  actor: z.strictObject(actorFields).exactOptional(),
});

const named = { tenant: z.string(), kind: z.string(), id: z.string() };
const changes = z.array(z.looseObject({ path: z.string() }));

export function historyRoutes(runtime: Runtime): readonly NativeRoute[] {
  const reading = { method: 'GET', scope: 'read', asOf: true } as const;
  const actorPath = '/v1/tenants/:tenant/actors/:kind/:id';
  return [
    {
      ...reading,
      path: `${actorPath}/why`,
      summary: 'Why an actor is as it is: a sentence, and the records that prove it',
      answer: {
        body: z.object({
          ...named,
          sentence: z.string(),
          besides: z.array(z.string()),
          chain: z.array(located.extend({ says: z.string() })),
          position,
        }),
      },
      handle: (ask) => readWhy(ask, runtime),
    },
    {
      ...reading,
      path: `${actorPath}/timeline`,
      summary: 'What happened to an actor; to a call, a user: and to everybody it touched',
      answer: {
        body: z.object({ items: z.array(located), actors: z.array(z.object(named)), next: z.string().exactOptional() }),
      },
      query: PAGE,
      handle: (ask) => readTimeline(ask, runtime),
    },
    {
      ...reading,
      path: `${actorPath}/diff`,
      summary: 'What is different between two versions of an actor',
      answer: { body: z.object({ ...named, from: z.int(), to: z.int(), changes }) },
      query: [
        {
          name: 'from',
          description: 'A version; the one before `to` when absent. 0: before the first.',
          schema: VERSION,
        },
        { name: 'to', description: 'A version; the newest when absent.', schema: VERSION },
      ],
      handle: (ask) => readDiff(ask, runtime),
    },
    {
      ...reading,
      path: '/v1/tenants/:tenant/commands/:id',
      summary: 'A command as a tree: what came from outside, and who told whom',
      answer: loosely('Each delivery, with those it told under `told`', {
        tenant: z.string(),
        command: z.string(),
        deliveries: z.array(z.looseObject({})),
      }),
      handle: (ask) => readCommand(ask, runtime),
    },
    {
      ...reading,
      path: '/v1/tenants/:tenant/records',
      summary: 'The records of a tenant or of one actor, as a file',
      answer: {
        description: 'A file; the newest record last',
        types: EXPORT_FORMATS.map((format) => MEDIA_TYPES[format].replace(/;.*/, '')),
      },
      query: [
        {
          name: 'format',
          description: 'What kind of file.',
          schema: { type: 'string', enum: [...EXPORT_FORMATS], default: 'jsonl' },
        },
        { name: 'kind', description: 'Only of this kind of actor.' },
        { name: 'id', description: 'Only of the actor with this id; needs `kind`.' },
      ],
      handle: (ask) => exportRecords(ask, runtime),
    },
    bodied({
      method: 'POST',
      path: '/v1/tenants/:tenant/forks',
      takesMoment: true,
      scope: 'read',
      summary: 'What if: other events, then history again, in a world of its own; nothing is recorded',
      answer: loosely('What would have been otherwise', {
        at: position,
        upTo: position,
        commands: z.looseObject({}),
        ends: z.array(z.looseObject({ changes })),
      }),
      body: forkFields,
      handle: (ask) => tryWhatIf(ask, runtime),
    }),
  ];
}

async function readWhy(ask: Ask, runtime: Runtime): Promise<Reply> {
  const actor = actorOf(ask);
  const answer = await why(runtime, ask.view, actor);
  if (answer === undefined) return unknown(`actor ${formatActor(actor)}`);
  const { sentence, besides, chain } = answer;
  const links = chain.map(({ record, says }) => ({ says, ...recordJson(record) }));
  return json({ ...actorJson(actor), sentence, besides: [...besides], chain: links, position: ask.view.position });
}

async function readTimeline(ask: Ask, runtime: Runtime): Promise<Reply> {
  const asked = positionPageOf(ask.query);
  if (!asked.ok) return refuse({ kind: 'input', problem: asked.problem });
  const actor = actorOf(ask);
  if (!isShown(ask, actor)) return unknown(`actor ${formatActor(actor)}`);
  const page: TimelinePage = { ...asked.value, upTo: ask.view.position };
  const found =
    (actor.kind === 'call' ? await callTimeline(runtime, ask.view, actor, page) : undefined) ??
    (actor.kind === 'user' ? await personTimeline(runtime, ask.view, actor, page) : undefined) ??
    (await actorTimeline(runtime, actor, page));
  return json({
    items: found.records.map(recordJson),
    actors: found.actors.map(actorJson),
    ...(found.next === undefined ? {} : { next: cursorOf(`${found.next}`) }),
  });
}

async function readDiff(ask: Ask, runtime: Runtime): Promise<Reply> {
  const versions: { from?: number; to?: number } = {};
  for (const name of ['from', 'to'] as const) {
    const text = ask.query.get(name);
    if (text === null) continue;
    if (!/^\d{1,15}$/.test(text)) return badParameter(name, 'must be a version');
    versions[name] = Number(text);
  }
  const actor = actorOf(ask);
  if (!isShown(ask, actor)) return unknown(`actor ${formatActor(actor)}`);
  const found = await diffVersions(runtime, ask.view, actor, versions);
  if (found === undefined) return unknown(`such version of ${formatActor(actor)}`);
  return json({ ...actorJson(actor), from: found.from, to: found.to, changes: changesJson(found.changes) });
}

async function readCommand(ask: Ask, runtime: Runtime): Promise<Reply> {
  const asked = { tenant: param(ask, 'tenant'), command: param(ask, 'id') };
  const tree = await commandTree(runtime, ask.view, asked);
  if (tree === undefined) return unknown(`command ${asked.command}`);
  return json({ ...asked, deliveries: tree.map(nodeJson) });
}

async function exportRecords({ query, view, request, params }: Ask, runtime: Runtime): Promise<Reply> {
  const { tenant = '' } = params;
  const [asked, kind, id] = [query.get('format') ?? 'jsonl', query.get('kind'), query.get('id')];
  const format = EXPORT_FORMATS.find((known) => known === asked);
  if (format === undefined) return badParameter('format', `must be one of ${EXPORT_FORMATS.join(', ')}`);
  if (id !== null && kind === null) return badParameter('kind', 'must be given with an id');
  const of = kind !== null && id !== null ? { tenant, kind, id } : undefined;
  if (of !== undefined && actorHead(view, of)?.visibility !== 'public') return unknown(`actor ${formatActor(of)}`);
  const range = { after: 0, upTo: view.position, ...(of === undefined ? { tenant } : { of }) };
  const records = only(runtime.replay(range), kind);
  return { kind: 'stream', open: await exportStream(records, { format, headOnly: request.method === 'HEAD' }) };
}

async function* only(records: AsyncIterable<LoggedTransition>, kind: string | null) {
  for await (const record of records) if (kind === null || record.actor.kind === kind) yield record;
}

async function tryWhatIf(ask: Ask<z.output<typeof forkFields>>, runtime: Runtime): Promise<Reply> {
  const { at, events, actor, upTo = Math.min(runtime.live.position, at + RETOLD_POSITIONS_MAX) } = ask.body;
  if (upTo < at && ask.body.upTo !== undefined) return badParameter('upTo', 'is before at');
  if (upTo - at > RETOLD_POSITIONS_MAX) return badParameter('upTo', `must be within ${RETOLD_POSITIONS_MAX} of at`);
  const tenant = param(ask, 'tenant');
  const named = [...events, ...(actor === undefined ? [] : [actor])];
  const hidden = named.find(({ kind, id }) => actorHead(runtime.live, { tenant, kind, id })?.visibility === 'private');
  if (hidden !== undefined) return unknown(`actor ${tenant}/${hidden.kind}/${hidden.id}`);
  if (actor !== undefined && actorHead(runtime.live, { tenant, ...actor }) === undefined)
    return unknown(`actor ${tenant}/${actor.kind}/${actor.id}`);
  const deliveries = events.map(({ kind, id, event }) => ({ to: { tenant, kind, id }, event: event as MachineEvent }));
  const of = actor === undefined ? {} : { actor: { tenant, ...actor } };
  return json(reportJson(await whatIf({ runtime, tenant, at, upTo, events: deliveries, ...of })));
}

function reportJson({ at, upTo, refused, commands, first, ends }: WhatIfReport): JsonObject {
  return {
    at,
    upTo,
    ...(refused === undefined ? {} : { refused: refusedJson(refused) }),
    commands,
    ...(first === undefined
      ? {}
      : { first: { ...first, actor: actorJson(first.actor), changes: changesJson(first.changes) } }),
    ends: ends.map(({ actor, changes }) => ({ ...actorJson(actor), changes: changesJson(changes) })),
  };
}

function refusedJson(refused: Rejection): JsonObject {
  const told = { ...refused, actor: actorJson(refused.actor), says: describeRejection(refused) };
  return refused.code === 'reason' ? { ...told, details: toldDetails(refused) ?? {} } : told;
}

function nodeJson({ record, told }: CommandNode): JsonObject {
  return { ...recordJson(record), told: told.map(nodeJson) };
}

function recordJson({ actor, position: at, transition }: LoggedTransition): JsonObject {
  return { ...actorJson(actor), position: at, record: transition };
}

function changesJson(changes: readonly Change[]): Json {
  return changes.map((change) => ({ ...change }));
}

function badParameter(name: string, reason: string): Reply {
  return refuse({ kind: 'input', problem: { code: 'badParameter', name, reason } });
}

function isShown(ask: Ask, actor: ActorId): boolean {
  return isToken(actor.kind) && actorHead(ask.view, actor)?.visibility === 'public';
}

function actorOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: param(ask, 'kind'), id: param(ask, 'id') };
}
