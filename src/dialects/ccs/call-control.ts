/**
 * Sections 4.22 to 4.28: what a tenant's people do to calls. Each is one event to one call; the machine says whether it
 * fits the state the call is in.
 */
import type { QueueEntry } from '../../../machines/call/parts.ts';
import { type CallEntry, callsOfLine } from '../../../projections/calls.ts';
import { derivedId } from '../../http/command-id.ts';
import type { ActorId } from '../../model/actor-id.ts';
import type { MachineEvent } from '../../model/command.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { callIdOf } from '../../switch/call-id.ts';
import { endAt, isQueue } from '../../switch/destinations.ts';
import type { Destination, Directory } from '../../switch/directory.ts';
import { sanitised } from '../../switch/numbers.ts';
import { type Dialled, origination } from '../../switch/origination.ts';
import { projectedDirectory, queueEntry } from '../../switch/projected-directory.ts';
import { type Answer, type Refusal, refuse } from './answers.ts';
import { liveCall } from './calls.ts';
import { changed } from './change.ts';
import { byCcsId, type Entry, get } from './directory.ts';
import { type Ask, param } from './operation.ts';
import { reachExtension, reachTenant } from './reach.ts';
import { REASONS } from './reasons.ts';
import { formOf } from './render-call.ts';

/** Numbers of the outside world, as section 4.25 takes them. */
const OUTSIDE = /^\d{7,15}$/;
const DIALLED = /^[0-9*#+]{1,20}$/;

/** An event that needs nothing but the call. */
export function controlBy(event: MachineEvent): (ask: Ask) => Promise<Answer> {
  return (ask) => control(ask, () => event);
}

/** Only of a call that is answered now: one that was sent on and is in progress once more has nobody to be recorded with. */
export function suppressBy(event: MachineEvent): (ask: Ask) => Promise<Answer> {
  return (ask) => control(ask, (_, call) => (formOf(call) === 'answered' ? event : refuse(REASONS.callNotAnswered)));
}

export function waitTransfer(ask: Ask): Promise<Answer> {
  return control(ask, (view, { tenant }) => {
    const number = textOf(ask.body.target);
    const there = number === '' ? undefined : projectedDirectory(view).resolve(tenant, number);
    if (there === undefined || !mayWaitFor(there)) return refuse(REASONS.invalidTarget);
    if (isQueue(there)) return redirect({ ...there.entry }, 'transferred');
    return { type: 'transferWaiting', target: { ...endAt(there, derivedId(tenant, ask.commandId)) }, why: 'manual' };
  });
}

export function waitRedirect(ask: Ask): Promise<Answer> {
  return control(ask, (view, { tenant }) => {
    const entry = queueAt(view, tenant, textOf(ask.body.target));
    return entry === undefined ? refuse(REASONS.queueNotFound) : redirect({ ...entry }, 'manual');
  });
}

function mayWaitFor(there: Destination): boolean {
  return isQueue(there) || there.kind === 'line' || (there.kind === 'outside' && OUTSIDE.test(there.number));
}

/** The queue that an ACD is, or leads to. */
function queueAt(view: View, tenant: string, acd: string): QueueEntry | undefined {
  const queue = byCcsId(view, 'queue', acd, tenant);
  if (queue !== undefined) return queueEntry(queue.actor.id, queue.attributes);
  const { leadsTo } =
    (byCcsId(view, 'conditional-route', acd, tenant) ?? byCcsId(view, 'vrq', acd, tenant))?.attributes ?? {};
  const there = leadsTo === undefined ? undefined : projectedDirectory(view).resolve(tenant, leadsTo);
  return there !== undefined && isQueue(there) ? there.entry : undefined;
}

/** Sends a call of the caller's tenant the event that `eventOf` makes of the request. */
async function control(ask: Ask, eventOf: (view: View, call: CallEntry) => MachineEvent | Refusal): Promise<Answer> {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const { tenant } = reached.found.actor;
  const id = param(ask, 'call').trim();
  const to: ActorId = { tenant, kind: 'call', id };
  return changed(ask, {
    about: to,
    done: { success: true, call_id: id },
    decide(view) {
      const call = liveCall(view, tenant, id);
      if (call === undefined) return refuse(REASONS.callNotFound);
      const event = eventOf(view, call);
      return isRefusal(event) ? event : [{ to, event }];
    },
  });
}

/** Click to call: the extension's phone rings first; the target is called when it is picked up. */
export async function dial(ask: Ask): Promise<Answer> {
  const reached = reachExtension(ask);
  if (!reached.ok) return reached.refusal;
  const { tenant, id: extensionId } = reached.found.actor;
  const id = callIdOf(derivedId(tenant, ask.commandId));
  const to: ActorId = { tenant, kind: 'call', id };
  return changed(ask, {
    about: to,
    done: { success: true, call_id: id },
    decide(view) {
      const extension = get(view, 'extension', tenant, extensionId);
      if (extension === undefined) return refuse(REASONS.extensionNotFound);
      const dialled = dialledBy(view, extension, ask.body);
      if (isRefusal(dialled)) return dialled;
      const { line } = dialled.caller;
      if (callsOfLine(view, tenant, line).length > 0) return refuse(REASONS.extensionBusy);
      const directory = projectedDirectory(view);
      const call = origination(directory, { tenant, call: id, ...dialled, ringFirst: true });
      const sitting = sitterAt(directory, tenant, line);
      return sitting === undefined ? [call] : [{ to: sitting, event: { type: 'check', phone: 'free' } }, call];
    },
  });
}

function dialledBy(
  view: View,
  extension: Entry<'extension'>,
  body: JsonObject,
): Pick<Dialled, 'number' | 'caller'> | Refusal {
  const asked = textOf(body.target);
  const number = sanitised(asked);
  if (!DIALLED.test(asked) || number === '') return refuse(REASONS.invalidTarget);
  const shown = shownNumber(view, extension.actor.tenant, body.outbound_queue_uuid);
  if (isRefusal(shown)) return shown;
  const { number: line } = extension.attributes;
  return { number, caller: { number: line, line, ...shown } };
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

/** The agent who knows whether the phone is in use, whoever's it is; undefined for a phone at which nobody sits. */
function sitterAt(directory: Directory, tenant: string, line: string): ActorId | undefined {
  const there = directory.resolve(tenant, line);
  return there.kind !== 'line' || there.agent === undefined ? undefined : { tenant, kind: 'agent', id: there.agent };
}

function redirect(queue: JsonObject, why: 'manual' | 'transferred'): MachineEvent {
  return { type: 'redirect', ...queue, why };
}

/** Texts are trimmed; a number is taken for its digits, since the document's bodies hold texts only. */
function textOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function isRefusal(value: object): value is Refusal {
  return 'kind' in value && (value.kind === 'refused' || value.kind === 'unauthorized');
}
