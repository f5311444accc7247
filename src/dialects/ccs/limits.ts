/**
 * Section 4.13: a tenant's limits and licences. Everything is checked before anything is changed, and what is counted
 * against a limit is part of what the change was decided on.
 */
import type { Tenant } from '../../../machines/record/attributes/organisation.ts';
import type { Licence } from '../../../machines/record/licences.ts';
import { derivedId } from '../../http/command-id.ts';
import { beginsMoving, licenceCount } from '../../licences/licences.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { Delivery } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, type Refusal, refuse } from './answers.ts';
import { changed } from './change.ts';
import { tenantRecord } from './directory.ts';
import { type Ask, param } from './operation.ts';
import { reachTenant } from './reach.ts';
import { REASONS, type Reason, reasonOf } from './reasons.ts';
import { tenantChange } from './tenants.ts';

interface Limit {
  readonly attribute: keyof Tenant;
  /** The attribute that says what of it is used up; absent where the printed sample itself has a limit below its count. */
  readonly count?: keyof Tenant;
  /** What uses it up, where that is derived. */
  readonly licence?: Licence;
}

const LIMITS: Readonly<Record<string, Limit>> = {
  rec_extn_limit: { attribute: 'recordedExtensionsMax', licence: 'recorded' },
  monitor_ext_limit: { attribute: 'monitoredExtensionsMax', licence: 'monitored' },
  max_queues: { attribute: 'queuesMax', licence: 'queues' },
  max_agents: { attribute: 'agentsMax', licence: 'agents' },
  group_agent_limit: { attribute: 'groupAgentsMax' },
  chat_licenses: { attribute: 'chatLicensesMax', count: 'chatLicenseCount' },
  multimedia_licenses: { attribute: 'multimediaLicensesMax', licence: 'multimedia' },
};

const BILLING: Readonly<Record<string, Tenant['agentBilling'] & string>> = {
  Named: 'named',
  Concurrent: 'concurrent',
};

const NUMBER = /^\d{1,6}$/;
const PRODUCT_NAME_CHARS_MAX = 128;

export async function updateLimits(ask: Ask): Promise<Answer> {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const { actor } = reached.found;
  const { settings } = ask;
  if (typeof settings === 'string') return refuse(settings);
  const set = parseLimits(settings);
  if (typeof set === 'string') return refuse(set);
  const decide = (view: View): readonly Delivery[] | Refusal => {
    const known = tenantRecord(view, actor.tenant)?.attributes;
    if (known === undefined) return refuse(REASONS.tenantNotFound);
    const counted = countsUnder(view, actor.tenant, settings, set, known);
    if (typeof counted === 'string') return refuse(counted);
    return Object.keys(set).length === 0
      ? []
      : [tenantChange(actor, { expect: counted, set: { ...set, modifiedAt: view.now } })];
  };
  if (countsLicences(settings) && Array.isArray(decide(ask.live))) await beginMoving(ask, actor);
  return changed(ask, { about: actor, done: { success: true, uuid: param(ask, 'tenant').trim() }, decide });
}

/** Refused where somebody else began, which is as good. Who took a licence before is counted by what is decided after. */
async function beginMoving(ask: Ask, { tenant }: ActorId): Promise<void> {
  const deliveries = beginsMoving(ask.live, tenant);
  if (deliveries.length > 0) await ask.submit(tenant, deliveries, derivedId(tenant, ask.commandId));
}

/** The attributes to set, or the reason of the first field that cannot be. */
function parseLimits(settings: JsonObject): { readonly [attribute: string]: Json } | Reason {
  const set: Record<string, Json> = {};
  for (const [key, value] of Object.entries(settings)) {
    const limit = Object.hasOwn(LIMITS, key) ? LIMITS[key] : undefined;
    if (limit !== undefined) {
      const text = typeof value === 'number' ? String(value) : value;
      if (typeof text !== 'string' || !NUMBER.test(text)) return reasonOf.invalidValue(key);
      set[limit.attribute] = Number(text);
    } else if (key === 'product_name') {
      if (typeof value !== 'string' || value === '' || value.length > PRODUCT_NAME_CHARS_MAX) {
        return reasonOf.invalidValue(key);
      }
      set.productName = value;
    } else if (key === 'agent_billing') {
      const billing = typeof value === 'string' && Object.hasOwn(BILLING, value) ? BILLING[value] : undefined;
      if (billing === undefined) return reasonOf.invalidValue(key);
      set.agentBilling = billing;
    } else return reasonOf.unknownField(key);
  }
  return set;
}

function countsLicences(settings: JsonObject): boolean {
  return Object.keys(settings).some((key) => Object.hasOwn(LIMITS, key) && LIMITS[key]?.licence !== undefined);
}

/** What the new limits were compared with, or the reason of the first limit that is below its count. */
function countsUnder(
  view: View,
  tenant: string,
  settings: JsonObject,
  set: JsonObject,
  known: Tenant,
): JsonObject | Reason {
  const counted: Record<string, Json> = {};
  for (const key of Object.keys(settings)) {
    const { attribute, count, licence } = (Object.hasOwn(LIMITS, key) ? LIMITS[key] : undefined) ?? {};
    if (attribute === undefined || (count === undefined && licence === undefined)) continue;
    const used = licence === undefined ? Number(known[count ?? attribute] ?? 0) : licenceCount(view, tenant, licence);
    if (Number(set[attribute]) < used) return reasonOf.belowCount(key);
    if (licence !== undefined) counted.licensing = known.licensing ?? null;
    else if (count !== undefined) counted[count] = (known[count] as Json | undefined) ?? null;
  }
  return counted;
}
