/**
 * Calls. The document prints only that there are a "progress" and an "answered" form; these bodies are the contract's
 * proposal (1.4) in the document's style, and stand here alone so that a better source can replace them.
 */
import type { CallContext, Leg } from '../../../machines/call/context.ts';
import type { CallEntry } from '../../../projections/calls.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { acdNameAt } from '../../switch/projected-directory.ts';
import { ccsIdOf, extensionOnLeg, get, tenantRecord } from './directory.ts';
import { personOf } from './render-directory.ts';
import { durationOf, type Face, plainTimeOf } from './times.ts';

/** What the printed forms need, of a row or of a record. */
export type CallPicture = Pick<CallEntry, 'tenant' | 'id' | 'stage' | 'context'>;

export type CallForm = 'progress' | 'answered' | 'ended';

export function formOf({ stage }: Pick<CallPicture, 'stage'>): CallForm {
  if (stage === 'ended') return 'ended';
  return stage === 'established' || stage === 'held' ? 'answered' : 'progress';
}

/** `position`: the call's place in its queue, 0 when it waits in none. Durations run up to what the clock shows. */
export function callBody(
  view: View,
  call: CallPicture,
  { position, face }: { readonly position: number; readonly face: Face },
): JsonObject {
  const form = formOf(call);
  const common = commonBody(view, call, form, face);
  switch (form) {
    case 'progress':
      return { ...common, ...progressPart(call, position, face) };
    case 'answered':
      return { ...common, ...answeredPart(view, call, face) };
    case 'ended':
      return { ...common, ...endedPart(call.context) };
  }
}

export function queueBody(view: View, tenant: string, { queue }: Pick<CallContext, 'queue'>): JsonObject {
  if (queue === null) return {};
  const found = get(view, 'queue', tenant, queue.queue);
  return found === undefined
    ? { uuid: queue.queue, name: queue.name ?? '' }
    : { uuid: ccsIdOf(found), name: found.attributes.name };
}

/** The causes that events know; what the domain tells apart beyond them falls together. */
function endCause(cause: CallContext['cause']): string {
  return END_CAUSES[cause ?? 'hangup'];
}

const END_CAUSES: Readonly<Record<NonNullable<CallContext['cause']>, string>> = {
  hangup: 'hangup',
  killed: 'killed',
  abandoned: 'abandoned',
  noAnswer: 'no_answer',
  busy: 'busy',
  rejected: 'rejected',
  unreachable: 'no_answer',
  failed: 'rejected',
  transferred: 'transferred',
  conferenced: 'transferred',
  forwarded: 'transferred',
  withdrawn: 'hangup',
  dropped: 'killed',
  closed: 'killed',
  lost: 'hangup',
};

function commonBody(view: View, { tenant, id, context }: CallPicture, form: CallForm, face: Face): JsonObject {
  const owner = tenantRecord(view, tenant);
  return {
    call_id: id,
    state: form,
    direction: context.direction,
    calling_number: context.from,
    calling_name: context.fromName ?? '',
    called_number: context.to,
    called_name: context.toName ?? acdNameAt(view, tenant, context.to) ?? '',
    tenant_id: owner === undefined ? tenant : ccsIdOf(owner),
    start_time: plainTimeOf(context.startedAt),
    duration:
      context.endedAt === null ? face.since(context.startedAt) : durationOf(context.endedAt - context.startedAt),
    queue: queueBody(view, tenant, context),
    suppression: context.recording.suppressed,
  };
}

function progressPart({ stage, context }: CallPicture, position: number, face: Face): JsonObject {
  const waitingSince = context.queue?.waiting === true ? context.queue.waitingSince : context.startedAt;
  // Whom a waiting call is offered to counts from the offer on: the event about it is the only one.
  const ringing = context.legs.filter(
    ({ id, state, line }) =>
      line !== undefined && (state === 'ringing' || (state === 'dialing' && id === context.offer?.leg)),
  );
  return {
    wait_state: WAIT_STATES[stage] ?? 'dialing',
    queue_position: position,
    wait_duration: face.since(waitingSince),
    ringing_extensions: ringing.map(({ line = '' }) => line),
  };
}

const WAIT_STATES: Readonly<Record<string, string>> = { queued: 'waiting', offered: 'ringing', ringing: 'ringing' };

function answeredPart(view: View, { tenant, stage, context }: CallPicture, face: Face): JsonObject {
  const answeredAt = context.answeredAt ?? context.startedAt;
  return {
    answer_time: plainTimeOf(answeredAt),
    talk_duration: face.since(answeredAt),
    agent: agentBody(view, tenant, agentLeg(context)),
    on_hold: stage === 'held',
    recording_type: context.recording.mode,
  };
}

function endedPart({ endedAt, cause }: CallContext): JsonObject {
  return { end_time: plainTimeOf(endedAt ?? 0), cause: endCause(cause) };
}

/** Who of ours talks: the one it was offered to before the one it was dialled to, before the one who dialled. */
export function agentLeg({ legs }: CallContext): Leg | undefined {
  const ours = legs.filter(({ state, line }) => line !== undefined && (state === 'established' || state === 'held'));
  const kinds: readonly Leg['kind'][] = ['agent', 'callee', 'party', 'caller'];
  return kinds.map((kind) => ours.findLast((leg) => leg.kind === kind)).find((leg) => leg !== undefined);
}

function agentBody(view: View, tenant: string, leg: Leg | undefined): JsonObject {
  if (leg?.line === undefined) return {};
  const extension = extensionOnLeg(view, tenant, leg);
  if (extension === undefined) return { uuid: '', name: leg.name ?? '', extension: leg.line };
  const { firstName, lastName } = personOf(view, extension);
  const name = `${firstName} ${lastName}`.trim();
  return { uuid: ccsIdOf(extension), name, extension: extension.attributes.number };
}
