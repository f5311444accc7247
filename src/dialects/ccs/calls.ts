/**
 * Sections 4.19 to 4.21: live calls, one call, and the search among live and ended ones. Tenant-level users only.
 */
import type { JsonObject } from '../../model/json.ts';
import { type Answer, listBody, ok, type Refusal, refuse } from './answers.ts';
import type { CallRecord, CallRecords, CallSearch } from './call-records.ts';
import { type Ask, param } from './operation.ts';
import { reachTenant } from './reach.ts';
import { REASONS, reasonOf } from './reasons.ts';
import { callBody } from './render-call.ts';
import { isZone, parsePlainTime } from './times.ts';

export interface CallReads {
  listCalls(ask: Ask): Answer;
  showCall(ask: Ask): Answer;
  filterCalls(ask: Ask): Answer;
}

/** The document knows no pages; a search that finds more is cut off. */
const FOUND_MAX = 1000;
/** The document's times are whole seconds, the domain's are not. */
const WITHIN_SECOND_MS = 999;

export function callReads(records: CallRecords): CallReads {
  const listed = ({ view }: Ask, tenant: string, calls: readonly CallRecord[]): JsonObject => {
    const waiting = records.live(view, tenant);
    return listBody(calls.map((call) => callBody(view, call, { waiting, now: view.now })));
  };
  return {
    listCalls(ask) {
      const reached = reachTenant(ask);
      if (!reached.ok) return reached.refusal;
      const { tenant } = reached.found.actor;
      return ok(listed(ask, tenant, records.live(ask.view, tenant)));
    },
    showCall(ask) {
      const reached = reachTenant(ask);
      if (!reached.ok) return reached.refusal;
      const { tenant } = reached.found.actor;
      const call = records.call(ask.view, tenant, param(ask, 'call').trim());
      if (call === undefined || call.stage === 'ended') return refuse(REASONS.callNotFound);
      const waiting = records.live(ask.view, tenant);
      return ok({ success: true, ...callBody(ask.view, call, { waiting, now: ask.view.now }) });
    },
    filterCalls(ask) {
      const reached = reachTenant(ask);
      if (!reached.ok) return reached.refusal;
      const { tenant } = reached.found.actor;
      const search = parseSearch(ask.query, tenant);
      return 'kind' in search ? search : ok(listed(ask, tenant, records.search(ask.view, search)));
    },
  };
}

const REQUIRED = ['calling_number', 'called_number', 'from_datetime', 'to_datetime'] as const;

function parseSearch(query: URLSearchParams, tenant: string): CallSearch | Refusal {
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
