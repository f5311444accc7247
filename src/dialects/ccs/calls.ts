/**
 * Sections 4.19 to 4.21: live calls, one call, and the search among live and ended ones. Tenant-level users only.
 */
import { callsBetween, type HistorySearch } from '../../../projections/call-history.ts';
import { type CallEntry, call, liveCalls } from '../../../projections/calls.ts';
import { waiting } from '../../../projections/queues.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { isZone } from '../../model/zone.ts';
import { type Answer, listBody, ok, type Refusal, refuse } from './answers.ts';
import { type Ask, param } from './operation.ts';
import { reachTenant } from './reach.ts';
import { REASONS, reasonOf } from './reasons.ts';
import { callBody } from './render-call.ts';
import { parsePlainTime } from './times.ts';

/** The document knows no pages; a search that finds more is cut off. */
const FOUND_MAX = 1000;
/** The document's times are whole seconds, the domain's are not. */
const WITHIN_SECOND_MS = 999;

export function listCalls(ask: Ask): Answer {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const calls = liveCalls(ask.view, reached.found.actor.tenant);
  return ok(listBody(calls.map((found) => body(ask, found))));
}

export function showCall(ask: Ask): Answer {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const found = liveCall(ask.view, reached.found.actor.tenant, param(ask, 'call').trim());
  if (found === undefined) return refuse(REASONS.callNotFound);
  return ok({ success: true, ...body(ask, found) });
}

/** A call that is over is known to the search alone. */
export function liveCall(view: View, tenant: string, id: string): CallEntry | undefined {
  const found = call(view, tenant, id);
  return found?.stage === 'ended' ? undefined : found;
}

export function filterCalls(ask: Ask): Answer {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const search = parseSearch(ask.query, reached.found.actor.tenant);
  if ('kind' in search) return search;
  const calls = callsBetween(ask.view, search).map(({ tenant, id }) => call(ask.view, tenant, id));
  return ok(listBody(calls.filter((found) => found !== undefined).map((found) => body(ask, found))));
}

function body({ view, face }: Ask, found: CallEntry): JsonObject {
  const isWaiting = found.context.queue?.waiting === true;
  const position = isWaiting ? (waiting(view, found.tenant, found.id)?.position ?? 0) : 0;
  return callBody(view, found, { position, face });
}

const REQUIRED = ['calling_number', 'called_number', 'from_datetime', 'to_datetime'] as const;

function parseSearch(query: URLSearchParams, tenant: string): HistorySearch | Refusal {
  // The printed address has a blank before an ampersand.
  const given = (name: string): string => (query.get(name) ?? '').trim();
  const missing = REQUIRED.find((name) => given(name) === '');
  if (missing !== undefined) return refuse(reasonOf.missingParameter(missing));
  const zone = given('time_z') || 'UTC';
  if (!isZone(zone)) return refuse(reasonOf.invalidParameter('time_z'));
  const startedFrom = parsePlainTime(given('from_datetime'), zone);
  if (startedFrom === undefined) return refuse(reasonOf.invalidParameter('from_datetime'));
  const to = parsePlainTime(given('to_datetime'), zone);
  if (to === undefined || to < startedFrom) return refuse(reasonOf.invalidParameter('to_datetime'));
  return {
    tenant,
    from: given('calling_number'),
    to: given('called_number'),
    startedFrom,
    startedTo: to + WITHIN_SECOND_MS,
    limit: FOUND_MAX,
  };
}
