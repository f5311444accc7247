/**
 * The directory: one table of what may be administered, five routes for each line of it. Attributes and their meaning
 * are the kind's own (machines/record/attributes); what a line is asked for beside stands in its row of the table.
 */
import { z } from 'zod';
import { id as recordId } from '../../../machines/fields.ts';
import { product, role, telco } from '../../../machines/record/attributes/organisation.ts';
import { contact, preference, user } from '../../../machines/record/attributes/people.ts';
import {
  agentState,
  outboundQueue,
  presenceOption,
  qualification,
  queue,
  routingNumber,
  skill,
} from '../../../machines/record/attributes/queues.ts';
import { serviceConfiguration } from '../../../machines/record/attributes/services.ts';
import { device, extension, place, resourceGroup } from '../../../machines/record/attributes/telephony.ts';
import { attributesAfter } from '../../../machines/record/attributes-after.ts';
import type { ChangeRecord } from '../../../machines/record/events.ts';
import { LICENCES, type Licence } from '../../../machines/record/licences.ts';
import { receiptOf } from '../../../projections/commands.ts';
import { type DirectoryEntry, entriesOf, entry } from '../../../projections/directory.ts';
import { guarded, isOvertaken, type RecordWrite, settledWrite } from '../../contacts/address-book.ts';
import { derivedId, type Submitted } from '../../http/command-id.ts';
import { leaving } from '../../identity/leaving.ts';
import { PERMISSIONS } from '../../identity/permissions.ts';
import { isOvertaken as isTakenMeanwhile, taking } from '../../licences/licences.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { lineGone } from '../../switch/line-gone.ts';
import { settling, settlingId, stored } from './answer-schemas.ts';
import { changeOf, creationOf, entryJson, patchOf } from './change.ts';
import type { Refusal } from './errors.ts';
import { readingRoutes } from './listing.ts';
import { wordsOf } from './rejection-words.ts';
import { telcoRefusal } from './reserved.ts';
import { type Ask, bodied, type NativeRoute, param, type Reply, refuse, settled, unknown } from './route.ts';

interface Resource {
  /** In the path. */
  readonly plural: string;
  readonly kind: string;
  readonly attributes: z.ZodObject<z.ZodRawShape, z.core.$strict>;
  /** Why these fields may not be written in that tenant, whoever asks. */
  readonly refusal?: (tenant: string, fields: JsonObject) => Refusal | undefined;
  /** What goes along with a change from `attributes` to `after`, undefined for a removal. */
  readonly following?: (view: View, entry: DirectoryEntry, after: JsonObject | undefined) => readonly Delivery[];
}

/** A name that nobody asks for would open nothing, and quietly. */
const permissions = z.array(z.enum(PERMISSIONS)).max(PERMISSIONS.length);

export const RESOURCES: readonly Resource[] = [
  { plural: 'users', kind: 'user', attributes: user, refusal: telcoRefusal, following: shutOut },
  { plural: 'contacts', kind: 'contact', attributes: contact },
  { plural: 'preferences', kind: 'preference', attributes: preference },
  { plural: 'extensions', kind: 'extension', attributes: extension, following: lineMoved },
  { plural: 'devices', kind: 'device', attributes: device },
  { plural: 'places', kind: 'place', attributes: place },
  { plural: 'resource-groups', kind: 'resource-group', attributes: resourceGroup },
  { plural: 'queues', kind: 'queue', attributes: queue },
  { plural: 'outbound-queues', kind: 'outbound-queue', attributes: outboundQueue },
  { plural: 'conditional-routes', kind: 'conditional-route', attributes: routingNumber },
  { plural: 'vrqs', kind: 'vrq', attributes: routingNumber },
  { plural: 'presence-options', kind: 'presence-option', attributes: presenceOption },
  { plural: 'agent-states', kind: 'agent-state', attributes: agentState },
  { plural: 'skills', kind: 'skill', attributes: skill },
  { plural: 'qualifications', kind: 'qualification', attributes: qualification },
  { plural: 'service-configurations', kind: 'service-configuration', attributes: serviceConfiguration },
  { plural: 'roles', kind: 'role', attributes: role.extend({ permissions }) },
  { plural: 'products', kind: 'product', attributes: product },
  { plural: 'telcos', kind: 'telco', attributes: telco },
];

export function resourceRoutes(): readonly NativeRoute[] {
  return RESOURCES.flatMap(routesOf);
}

function routesOf(resource: Resource): readonly NativeRoute[] {
  const { plural, kind, attributes } = resource;
  const all = `/v1/tenants/:tenant/${plural}`;
  const one = `${all}/:id`;
  const called = wordsOf(kind);
  return [
    ...readingRoutes({
      path: all,
      called,
      shown: stored(attributes.shape).meta({ id: componentOf(kind) }),
      list: (view, page) => entriesOf(view, { ...page, kind }),
      find: (view, tenant, id) => entry(view, { tenant, kind, id }),
      render: entryJson,
    }),
    bodied({
      method: 'POST',
      path: all,
      summary: `Create: ${called}`,
      answer: settling({ id: z.string(), ...attributes.shape }, 201),
      scope: 'admin',
      body: attributes.extend({ id: recordId.exactOptional() }),
      handle: (ask) => create(ask as Ask<JsonObject>, resource),
    }),
    bodied({
      method: 'PATCH',
      path: one,
      summary: `Change: ${called} (JSON merge patch)`,
      answer: settlingId,
      scope: 'admin',
      body: patchOf(attributes),
      handle: (ask) => change(ask as Ask<JsonObject>, resource),
    }),
    {
      method: 'DELETE',
      path: one,
      summary: `Remove: ${called}`,
      answer: settlingId,
      scope: 'admin',
      asOf: false,
      handle: (ask) => remove(ask, resource),
    },
  ];
}

/** `presence-option` -> `PresenceOption`. */
function componentOf(kind: string): string {
  return kind.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

async function create(ask: Ask<JsonObject>, { kind, refusal }: Resource): Promise<Reply> {
  const tenant = param(ask, 'tenant');
  const { id: asked, ...attributes } = ask.body;
  const refused = refusal?.(tenant, attributes);
  if (refused !== undefined) return refuse(refused);
  const id = typeof asked === 'string' ? asked : derivedId(tenant, ask.commandId);
  const write = { to: { tenant, kind, id }, event: creationOf(kind, attributes), attributes };
  const outcome = await written(ask, tenant, () => ({ write, before: undefined }));
  return outcome.kind === 'exceeded' ? exceeded(outcome.licence) : settled(outcome, () => ({ id, ...attributes }), 201);
}

interface Exceeded {
  readonly kind: 'exceeded';
  readonly licence: Licence;
}

/** Submits a write with all that goes along with it, within the tenant's limits. What was done already was within them. */
function written(
  ask: Ask,
  tenant: string,
  decide: () => {
    readonly write: RecordWrite;
    readonly before: JsonObject | undefined;
    readonly after?: readonly Delivery[];
  },
): Promise<Submitted | Exceeded> {
  const isRepeat = receiptOf(ask.view, tenant, ask.commandId) !== undefined;
  return settledWrite<Submitted, Exceeded>(
    () => {
      const { write, before, after = [] } = decide();
      const own = guarded(ask.view, write, ask.commandId);
      const licensed = isRepeat ? undefined : taking(ask.view, write.to, before, write.attributes);
      return licensed?.kind === 'exceeded' ? licensed : [...own, ...(licensed?.deliveries ?? []), ...after];
    },
    (deliveries) => ask.submit(tenant, deliveries),
    (rejection) => isOvertaken(rejection) || isTakenMeanwhile(rejection),
  );
}

function exceeded(licence: Licence): Reply {
  return refuse({ kind: 'conflict', why: `The tenant is at its limit: ${LICENCES[licence].max}.` });
}

async function change(ask: Ask<JsonObject>, { kind, refusal, following }: Resource): Promise<Reply> {
  const actor = actorOf(ask, kind);
  const found = entry(ask.view, actor);
  if (found === undefined) return unknown(`${wordsOf(kind)} ${actor.id}`);
  const refused = refusal?.(actor.tenant, ask.body);
  if (refused !== undefined) return refuse(refused);
  const outcome = await written(ask, actor.tenant, () => {
    const now = entry(ask.view, actor) ?? found;
    const write = patchOn(now, ask.body);
    return { write, before: now.attributes, after: following?.(ask.view, now, write.attributes) ?? [] };
  });
  return outcome.kind === 'exceeded' ? exceeded(outcome.licence) : settled(outcome, () => ({ id: actor.id }));
}

function patchOn({ actor, attributes }: DirectoryEntry, patch: JsonObject): RecordWrite {
  const event = changeOf(actor.kind, attributes, patch);
  return { to: actor, event, attributes: attributesAfter(attributes, event as ChangeRecord) };
}

/** Asks the machine, not the directory: removing twice under one command id is one removal. */
async function remove(ask: Ask, { kind, following }: Resource): Promise<Reply> {
  const actor = actorOf(ask, kind);
  const found = entry(ask.view, actor);
  const after = found === undefined ? [] : (following?.(ask.view, found, undefined) ?? []);
  const outcome = await ask.submit(actor.tenant, [{ to: actor, event: { type: 'remove' } }, ...after]);
  return settled(outcome, () => ({ id: actor.id }));
}

/** With a user who is removed or disabled: his agent leaves. */
function shutOut(
  view: View,
  { actor: { tenant }, attributes }: DirectoryEntry,
  after: JsonObject | undefined,
): readonly Delivery[] {
  return after === undefined || after.enabled === false ? leaving(view, tenant, attributes) : [];
}

/** With a line that is no more, or has another number: whoever works at it is told. */
function lineMoved(
  view: View,
  { actor: { tenant }, attributes }: DirectoryEntry,
  after: JsonObject | undefined,
): readonly Delivery[] {
  const [number, next] = [attributes.number, after?.number];
  if (typeof number !== 'string' || number === next) return [];
  return lineGone(view, tenant, number, typeof next === 'string' ? next : null);
}

function actorOf(ask: Ask, kind: string): ActorId {
  return { tenant: param(ask, 'tenant'), kind, id: param(ask, 'id') };
}
