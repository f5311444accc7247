/**
 * Which events of the catalogue (contract 1.5) one record of a call makes. Decided by the record alone, so that a replay
 * tells the same; only names and ids are looked up in the view, and places in a queue counted among the calls that are known
 * to wait. Durations run up to the record's time.
 */
import type { Leg } from '../../../../machines/call/context.ts';
import { stageIn } from '../../../../projections/calls.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Position } from '../../../model/position.ts';
import type { View } from '../../../model/projection.ts';
import { contextOf, type LoggedTransition, type StateValue } from '../../../model/transition.ts';
import { ccsIdOf, extensionOnLeg } from '../directory.ts';
import { agentLeg, type CallPicture, callBody, formOf, queueBody } from '../render-call.ts';
import { durationOf, Face } from '../times.ts';
import type { CatalogueEvent } from './event.ts';

/** What is known of the calls that wait, before the record. */
export interface CallScene {
  readonly view: View;
  /** The call as it waited until now; undefined when it waited nowhere, or is not known to have. */
  readonly before: CallPicture | undefined;
  readonly waiting: readonly WaitingCall[];
}

export interface WaitingCall {
  readonly call: CallPicture;
  /** Position from which on it is known to wait: says who came first within one millisecond. */
  readonly arrived: Position;
}

export function callRecordOf({ actor, transition }: LoggedTransition): CallPicture {
  const stage = stageIn(transition.data.to) ?? 'created';
  return { tenant: actor.tenant, id: actor.id, stage, context: contextOf(transition) };
}

/** Calls first, then queues. */
export function callEvents(record: LoggedTransition, scene: CallScene): readonly CatalogueEvent[] {
  if (record.transition.data.event.type === 'imported') return [];
  const step = stepOf(record, scene);
  return [...conversationEvents(step), ...queueEvents(step)];
}

interface Step extends CallScene {
  readonly call: CallPicture;
  /** Null at the birth of the call. */
  readonly from: string | null;
  readonly event: JsonObject;
  /** Who sent the event. */
  readonly by: string;
  readonly time: number;
}

function stepOf(record: LoggedTransition, scene: CallScene): Step {
  const { from, event, cause } = record.transition.data;
  const told = { from: stageOf(from), event: event as JsonObject, by: cause.by, time: record.time };
  return { ...scene, ...told, call: callRecordOf(record) };
}

function conversationEvents(step: Step): readonly CatalogueEvent[] {
  const { call, from, event } = step;
  const was = from === null ? undefined : formOf({ stage: from });
  const is = formOf(call);
  if (is === 'ended') return was === 'ended' ? [] : [callEvent('call_ended', wholeCall(step))];
  if (is === 'progress') {
    if (from === call.stage && event.type !== 'redirect') return [];
    return [callEvent('call_progress', { ...wholeCall(step), ...progressCause(event) })];
  }
  if (was !== 'answered' || event.type === 'legs.joined') return [callEvent('call_answered', wholeCall(step))];
  if (from !== call.stage) return [callEvent(call.stage === 'held' ? 'call_hold' : 'call_resume', heldLeg(step))];
  if (event.type !== 'startSuppression' && event.type !== 'stopSuppression') return [];
  const { suppressed } = call.context.recording;
  return [callEvent('call_suppression', { call_id: call.id, suppression: suppressed })];
}

function queueEvents(step: Step): readonly CatalogueEvent[] {
  const { call, from, event } = step;
  const { queue } = call.context;
  if (queue === null) return [];
  const waited = from === 'queued' || from === 'offered';
  if (waited && event.type === 'redirect') return [leftEvent(step), enteredEvent(step)];
  if (!waited && queue.waiting) return [enteredEvent(step)];
  if (waited && !queue.waiting) return [queue.outcome === 'answered' ? answeredEvent(step) : leftEvent(step)];
  if (from !== 'offered' && call.stage === 'offered') return [queueEvent('queue_call_offered', offered(step))];
  return [];
}

function enteredEvent(step: Step): CatalogueEvent {
  const position = queuePosition(step);
  return queueEvent('queue_call_entered', { ...queuedCall(step), position });
}

function answeredEvent(step: Step): CatalogueEvent {
  const { call, view, time } = step;
  const { queue } = call.context;
  return queueEvent('queue_call_answered', {
    ...queuedCall(step),
    extension_uuid: extensionUuid(view, call.tenant, agentLeg(call.context)),
    wait_duration: durationOf((queue?.leftAt ?? time) - (queue?.waitingSince ?? time)),
  });
}

function leftEvent(step: Step): CatalogueEvent {
  const { call, before, event } = step;
  const left = event.type === 'redirect' && before !== undefined ? before : call;
  return queueEvent('queue_call_left', { ...queuedCall({ ...step, call: left }), cause: leftCause(step) });
}

/** `timeout`: the queue itself gave it up, because it was full, closed, unattended, or took too long. */
function leftCause({ event, by, call }: Step): string {
  const isDroppedByRule = event.type === 'dropWaiting' && (event.cause === 'closed' || by === DISTRIBUTOR);
  if (isDroppedByRule || GAVE_UP.has(event.why)) return 'timeout';
  if (event.type === 'redirect') return redirectCause(event);
  return LEFT_CAUSES[call.context.queue?.outcome ?? 'abandoned'];
}

/** Drops whom a queue gives up and sends nowhere; people do the same by `wait_kill`. */
const DISTRIBUTOR = 'system:distributor';
const GAVE_UP: ReadonlySet<unknown> = new Set(['overflow', 'closed', 'noAgents']);

const LEFT_CAUSES = {
  answered: 'transferred',
  abandoned: 'abandoned',
  transferred: 'transferred',
  dropped: 'killed',
  closed: 'timeout',
  killed: 'killed',
} as const;

function offered(step: Step): JsonObject {
  const { call, view } = step;
  const leg = call.context.legs.find(({ id }) => id === call.context.offer?.leg);
  return { ...queuedCall(step), extension_uuid: extensionUuid(view, call.tenant, leg) };
}

function queuedCall({ view, call }: Pick<Step, 'view' | 'call'>): JsonObject {
  return {
    queue: queueBody(view, call.tenant, call.context),
    call_id: call.id,
    calling_number: call.context.from,
  };
}

function wholeCall(step: Step): JsonObject {
  const { view, call, time } = step;
  return callBody(view, call, { position: queuePosition(step), face: new Face(time) });
}

function progressCause(event: JsonObject): JsonObject {
  if (event.type === 'redirect') return { cause: redirectCause(event) };
  return event.type === 'transferWaiting' ? { cause: 'transferred' } : {};
}

/** By the name of what was asked for. */
function redirectCause({ why }: JsonObject): string {
  return why === 'transferred' ? 'transferred' : 'redirected';
}

/** Whose leg was put on hold or taken back: the event's, and where somebody left, that of who holds or talks now. */
function heldLeg({ view, call, event }: Step): JsonObject {
  const ours = call.context.legs.filter(({ line }) => line !== undefined);
  const leg =
    ours.find(({ id, state }) => id === event.leg && state !== 'released') ??
    ours.find(({ state }) => state === 'held' && call.stage === 'held') ??
    agentLeg(call.context);
  return { call_id: call.id, extension_uuid: extensionUuid(view, call.tenant, leg) };
}

function extensionUuid(view: View, tenant: string, leg: Leg | undefined): string {
  const extension = leg === undefined ? undefined : extensionOnLeg(view, tenant, leg);
  return extension === undefined ? '' : ccsIdOf(extension);
}

function callEvent(event: string, fields: JsonObject): CatalogueEvent {
  return { permission: 'Call Events', event, fields };
}

function queueEvent(event: string, fields: JsonObject): CatalogueEvent {
  return { permission: 'Inbound Queue Events', event, fields };
}

function stageOf(value: StateValue | null): string | null {
  const stage = value === null ? undefined : stageIn(value);
  return stage === undefined || stage === 'absent' ? null : stage;
}

/** 1 for the next to be taken among the calls of its queue; 0 for a call that waits in none. */
function queuePosition({ call: { id, context }, waiting }: Step): number {
  const { queue } = context;
  const own = queue?.waiting === true ? waiting.find(({ call }) => call.id === id) : undefined;
  if (queue === null || own === undefined) return 0;
  const isAhead = ({ call, arrived }: WaitingCall): boolean => {
    const theirs = call.context.queue;
    if (call.id === id || theirs?.queue !== queue.queue) return false;
    if (theirs.priority !== queue.priority) return theirs.priority > queue.priority;
    return (
      theirs.waitingSince < queue.waitingSince || (theirs.waitingSince === queue.waitingSince && arrived < own.arrived)
    );
  };
  return waiting.filter(isAhead).length + 1;
}
