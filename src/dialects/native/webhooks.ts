/**
 * Webhooks of a tenant: registered, changed, tried out, looked at, sent again. Secrets come out once, in the answer that
 * makes them. A webhook of the `installation` is told of every tenant.
 */

import { z } from 'zod';
import { id as recordId } from '../../../machines/fields.ts';
import { webhook } from '../../../machines/record/attributes/secrets.ts';
import { receiptOf } from '../../../projections/commands.ts';
import { type DirectoryEntry, secretEntriesOf, secretEntry } from '../../../projections/directory.ts';
import { derivedId } from '../../http/command-id.ts';
import { parseMoment, positionOf } from '../../http/moment.ts';
import type { InputProblem } from '../../http/parsed.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { ActorKinds } from '../../model/actor-kind.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { RandomBytes } from '../../model/random.ts';
import type { Runtime } from '../../model/runtime.ts';
import type { Attempt } from '../../subscribers/webhook/place.ts';
import { mintWebhookSecret } from '../../subscribers/webhook/signature.ts';
import { WEBHOOK_KIND, WEBHOOKS_MAX, type Webhooks } from '../../subscribers/webhook/webhooks.ts';
import { loosely, paging, settling, settlingId } from './answer-schemas.ts';
import { changeOf, creationOf } from './change.ts';
import { listing } from './listing.ts';
import {
  type Ask,
  bodied,
  json,
  type NativeRoute,
  PAGE,
  param,
  type Reply,
  refuse,
  settled,
  unknown,
} from './route.ts';
import { unknownKind } from './told-kinds.ts';

const ALL = '/v1/tenants/:tenant/webhooks';
const ONE = `${ALL}/:id`;

const url = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'must not hold a user or password');
const settings = webhook.omit({ secrets: true, url: true });
const newWebhook = settings.extend({ url, id: recordId.exactOptional() });
/** Null removes. */
const changedWebhook = z.strictObject({
  url: url.exactOptional(),
  ...(Object.fromEntries(
    Object.entries(settings.shape).map(([name, schema]) => [name, schema.nullable().exactOptional()]),
  ) as z.ZodRawShape),
}) as z.ZodType<JsonObject>;

export interface WebhookRoutesParts {
  readonly runtime: Runtime;
  readonly kinds: ActorKinds;
  readonly webhooks?: Webhooks;
  readonly random: RandomBytes;
}

const secret = z.string().exactOptional().describe('Absent where the command is repeated.');
const listed = z.looseObject({ id: z.string(), url: z.string(), createdAt: z.iso.datetime() });

/** None where webhooks are not served. */
export function webhookRoutes({ runtime, kinds, webhooks, random }: WebhookRoutesParts): readonly NativeRoute[] {
  if (webhooks === undefined) return [];
  const of = { scope: 'admin', asOf: false } as const;
  const usable = (asked: JsonObject, reply: () => Promise<Reply>): Reply | Promise<Reply> => {
    const problem =
      unreachable(webhooks, asked.url) ?? unknownKind(kinds, Array.isArray(asked.kinds) ? asked.kinds : []);
    return problem === undefined ? reply() : refuse({ kind: 'input', problem });
  };
  return [
    {
      ...of,
      method: 'GET',
      path: ALL,
      asOf: true,
      summary: 'List: webhook (without secrets)',
      answer: paging(listed),
      query: PAGE,
      handle: list,
    },
    bodied({
      ...of,
      method: 'POST',
      path: ALL,
      summary: 'Create: webhook; the answer holds its secret, once. It is told what is recorded from then on',
      answer: settling({ ...newWebhook.shape, id: z.string(), secret }, 201),
      body: newWebhook,
      handle: (ask) => usable(ask.body, () => create(ask, random)),
    }),
    bodied({
      ...of,
      method: 'PATCH',
      path: ONE,
      summary: 'Change: webhook',
      answer: settlingId,
      body: changedWebhook,
      handle: (ask) => usable(ask.body, () => change(ask)),
    }),
    {
      ...of,
      method: 'DELETE',
      path: ONE,
      summary: 'Remove: webhook',
      answer: settlingId,
      handle: async (ask) => settled(await submit(ask, { type: 'remove' }), () => ({ id: param(ask, 'id') })),
    },
    {
      ...of,
      method: 'POST',
      path: `${ONE}/secret`,
      summary: 'A new secret, shown once; the one before is good beside it until the next',
      answer: settling({ id: z.string(), secret }, 201),
      handle: (ask) => rotate(ask, random),
    },
    {
      ...of,
      method: 'POST',
      path: `${ONE}/test`,
      summary: 'Send a test event now, and tell what became of it',
      answer: { body: z.object({ outcome: z.looseObject({ kind: z.string() }) }) },
      handle: (ask) => test(ask, webhooks),
    },
    {
      ...of,
      method: 'GET',
      path: `${ONE}/deliveries`,
      summary: 'Where the webhook is in the log, its dead letters, and its newest attempts',
      answer: loosely('How far it has been told', {
        position: z.int(),
        head: z.int(),
        waiting: z.int(),
        failures: z.int(),
      }),
      handle: (ask) => deliveries(ask, webhooks),
    },
    bodied({
      ...of,
      method: 'POST',
      path: `${ONE}/redeliver`,
      takesMoment: true,
      summary: 'Send again what was recorded after a log position or time; ids stay the same',
      answer: { status: 202, body: z.object({ id: z.string(), after: z.int() }) },
      body: z.strictObject({ since: z.string().max(64) }),
      handle: (ask) => redeliver(ask, runtime, webhooks),
    }),
  ];
}

/** What is wrong with an address that this installation would never post to. */
function unreachable(webhooks: Webhooks, url: Json | undefined): InputProblem | undefined {
  const message = typeof url === 'string' ? webhooks.refusal(url) : undefined;
  return message === undefined ? undefined : { code: 'badFields', problems: [{ field: 'url', message }] };
}

function list(ask: Ask): Reply {
  return listing(ask, (page) => secretEntriesOf(ask.view, { ...page, kind: WEBHOOK_KIND }), shown);
}

function shown({ actor, attributes, createdAt }: DirectoryEntry): JsonObject {
  const { secrets: _, ...rest } = attributes;
  return { id: actor.id, ...rest, createdAt: new Date(createdAt).toISOString() };
}

async function create(ask: Ask<z.infer<typeof newWebhook>>, random: RandomBytes): Promise<Reply> {
  const tenant = param(ask, 'tenant');
  const { id = derivedId(tenant, ask.commandId), ...asked } = ask.body;
  const known = secretEntriesOf(ask.view, { tenant, kind: WEBHOOK_KIND, limit: WEBHOOKS_MAX });
  if (known.length >= WEBHOOKS_MAX && receiptOf(ask.view, tenant, ask.commandId) === undefined)
    return refuse({ kind: 'conflict', why: `The tenant has ${WEBHOOKS_MAX} webhooks: remove one first.` });
  const secret = mintWebhookSecret(random);
  const event = creationOf(WEBHOOK_KIND, { ...asked, secrets: [secret] });
  const outcome = await ask.submit(tenant, [{ to: { tenant, kind: WEBHOOK_KIND, id }, event }]);
  const isNew = outcome.kind === 'accepted' && !outcome.repeated;
  return settled(outcome, () => ({ id, ...asked, ...(isNew ? { secret } : {}) }), 201);
}

async function change(ask: Ask<JsonObject>): Promise<Reply> {
  const found = secretEntry(ask.view, actorOf(ask));
  if (found === undefined) return none(ask);
  const event = changeOf(WEBHOOK_KIND, found.attributes, ask.body);
  return settled(await submit(ask, event), () => ({ id: found.actor.id }));
}

async function rotate(ask: Ask, random: RandomBytes): Promise<Reply> {
  const found = secretEntry(ask.view, actorOf(ask));
  if (found === undefined) return none(ask);
  const secret = mintWebhookSecret(random);
  const [newest] = found.attributes.secrets as readonly string[];
  const secrets = newest === undefined ? [secret] : [secret, newest];
  const outcome = await submit(ask, changeOf(WEBHOOK_KIND, found.attributes, { secrets }));
  const isNew = outcome.kind === 'accepted' && !outcome.repeated;
  return settled(outcome, () => ({ id: found.actor.id, ...(isNew ? { secret } : {}) }), 201);
}

async function test(ask: Ask, webhooks: Webhooks): Promise<Reply> {
  const endpoint = await webhooks.find(param(ask, 'tenant'), param(ask, 'id'));
  return endpoint === undefined ? none(ask) : json({ outcome: { ...(await endpoint.test(ask.commandId)) } });
}

async function deliveries(ask: Ask, webhooks: Webhooks): Promise<Reply> {
  const endpoint = await webhooks.find(param(ask, 'tenant'), param(ask, 'id'));
  if (endpoint === undefined) return none(ask);
  const { position, waiting, failures, dead, attempts } = endpoint.state;
  return json({
    position,
    head: ask.view.position,
    waiting,
    failures,
    dead: dead.map((letter) => ({ ...letter, at: new Date(letter.at).toISOString() })),
    attempts: attempts.map(attemptJson),
  });
}

function attemptJson({ at, outcome, ...attempt }: Attempt): JsonObject {
  return { ...attempt, at: new Date(at).toISOString(), outcome: { ...outcome } };
}

async function redeliver(ask: Ask<{ readonly since: string }>, runtime: Runtime, webhooks: Webhooks): Promise<Reply> {
  const moment = parseMoment(ask.body.since, 'since');
  if (!moment.ok) return refuse({ kind: 'input', problem: moment.problem });
  const after = await positionOf(moment.value, runtime);
  const found = await webhooks.redeliver(param(ask, 'tenant'), param(ask, 'id'), after);
  return found ? json({ id: param(ask, 'id'), after }, 202) : none(ask);
}

function submit(ask: Ask, event: Parameters<Ask['submit']>[1][number]['event']) {
  const to = actorOf(ask);
  return ask.submit(to.tenant, [{ to, event }]);
}

function actorOf(ask: Ask): ActorId {
  return { tenant: param(ask, 'tenant'), kind: WEBHOOK_KIND, id: param(ask, 'id') };
}

function none(ask: Ask): Reply {
  return unknown(`webhook ${param(ask, 'id')}`);
}
