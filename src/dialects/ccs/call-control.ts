/**
 * Sections 4.22 to 4.28: what a tenant's people do to calls. Each is one event to one call; the machine says whether it
 * fits the state the call is in.
 */
import { agent } from '../../../projections/agents.ts';
import { derivedId } from '../../http/command-id.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, type Refusal, refuse } from './answers.ts';
import type { CallRecords } from './call-records.ts';
import { changed } from './change.ts';
import { byCcsId, type Entry, get, ownerOf } from './directory.ts';
import { type Ask, param } from './operation.ts';
import { reachExtension, reachTenant } from './reach.ts';
import { REASONS } from './reasons.ts';
import { callIdOf, endOf, queueEntryOf, targetOf } from './targets.ts';

export interface CallControl {
  /** An event that needs nothing but the call. */
  on(event: MachineEvent): (ask: Ask) => Promise<Answer>;
  waitTransfer(ask: Ask): Promise<Answer>;
  waitRedirect(ask: Ask): Promise<Answer>;
}

/** Numbers of the outside world, as section 4.25 takes them. */
const OUTSIDE = /^\d{7,15}$/;
const DIALLED = /^[0-9*#+]{1,20}$/;

export function callControl(records: CallRecords): CallControl {
  /** Sends a call of the caller's tenant the event that `eventOf` makes of the request. */
  const control = async (
    ask: Ask,
    eventOf: (view: View, tenant: string) => MachineEvent | Refusal,
  ): Promise<Answer> => {
    const reached = reachTenant(ask);
    if (!reached.ok) return reached.refusal;
    const { tenant } = reached.found.actor;
    const id = param(ask, 'call').trim();
    const to: ActorId = { tenant, kind: 'call', id };
    return changed(ask, {
      tenant,
      done: { success: true, call_id: id },
      decide(view) {
        if (records.call(view, tenant, id) === undefined) return refuse(REASONS.callNotFound);
        const event = eventOf(view, tenant);
        return isRefusal(event) ? event : [{ to, event }];
      },
    });
  };
  return {
    on: (event) => (ask) => control(ask, () => event),
    waitTransfer: (ask) =>
      control(ask, (view, tenant) => {
        const target = targetOf(view, tenant, textOf(ask.body.target), OUTSIDE);
        if (target === undefined) return refuse(REASONS.invalidTarget);
        return target.kind === 'queue'
          ? redirect(target.queue)
          : {
              type: 'transferWaiting',
              target: { leg: derivedId(tenant, ask.commandId), ...target.end },
              why: 'manual',
            };
      }),
    waitRedirect: (ask) =>
      control(ask, (view, tenant) => {
        const queue = byCcsId(view, 'queue', textOf(ask.body.target), tenant);
        return queue === undefined ? refuse(REASONS.queueNotFound) : redirect(queueEntryOf(queue));
      }),
  };
}

/** Click to call: the extension's phone rings first; the target is called when it is picked up. */
export async function dial(ask: Ask): Promise<Answer> {
  const reached = reachExtension(ask);
  if (!reached.ok) return reached.refusal;
  const { tenant, id: extensionId } = reached.found.actor;
  const id = callIdOf(tenant, ask.commandId);
  return changed(ask, {
    tenant,
    done: { success: true, call_id: id },
    decide(view) {
      const extension = get(view, 'extension', tenant, extensionId);
      if (extension === undefined) return refuse(REASONS.extensionNotFound);
      const event = originateEvent(view, extension, ask.body, id);
      return isRefusal(event) ? event : [{ to: { tenant, kind: 'call', id }, event }];
    },
  });
}

function originateEvent(
  view: View,
  extension: Entry<'extension'>,
  body: JsonObject,
  call: string,
): MachineEvent | Refusal {
  const { tenant } = extension.actor;
  const number = textOf(body.target);
  if (!DIALLED.test(number)) return refuse(REASONS.invalidTarget);
  const shown = shownNumber(view, tenant, body.outbound_queue_uuid);
  if (isRefusal(shown)) return shown;
  if (isBusy(view, extension)) return refuse(REASONS.extensionBusy);
  const target = targetOf(view, tenant, number, DIALLED);
  const end = target === undefined || target.kind === 'queue' ? { number } : target.end;
  return {
    type: 'originate',
    direction: target?.kind === 'outside' ? 'outbound' : 'internal',
    to: number,
    caller: { ...endOf(view, extension), ...shown, leg: `${call}-1` },
    target: { ...end, leg: `${call}-2` },
    ringFirst: true,
  };
}

/** What the called party sees: the outbound queue's number, where it has one. */
function shownNumber(
  view: View,
  tenant: string,
  asked: JsonObject[string] | undefined,
): { readonly number?: string; readonly name?: string } | Refusal {
  if (asked === undefined) return {};
  const queue = byCcsId(view, 'outbound-queue', textOf(asked), tenant);
  if (queue === undefined) return refuse(REASONS.queueNotFound);
  const { callerIdNumber, callerIdName } = queue.attributes;
  return {
    ...(callerIdNumber === undefined ? {} : { number: callerIdNumber }),
    ...(callerIdName === undefined ? {} : { name: callerIdName }),
  };
}

function isBusy(view: View, extension: Entry<'extension'>): boolean {
  const id = ownerOf(view, extension)?.attributes.agent;
  const phone = id === undefined ? undefined : agent(view, extension.actor.tenant, id)?.phone;
  return phone !== undefined && phone !== 'idle' && phone !== 'unavailable';
}

function redirect(queue: JsonObject): MachineEvent {
  return { type: 'redirect', ...queue, why: 'manual' };
}

/** Texts are trimmed; a number is taken for its digits, since the document's bodies hold texts only. */
function textOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function isRefusal(value: object): value is Refusal {
  return 'kind' in value && (value.kind === 'refused' || value.kind === 'unauthorized');
}
