/**
 * An agent as section 4.15 prints him: three regions with their durations. Wrap-up is no presence of its own here: he
 * shows the presence he returns to, and the queue state says "Wrap Up".
 */
import type { AgentContext, PresenceStamp } from '../../../machines/agent/context.ts';
import { takenAt } from '../../../machines/agent/presence.ts';
import type { AgentEntry } from '../../../projections/agents.ts';
import type { JsonObject } from '../../model/json.ts';
import type { StateValue } from '../../model/transition.ts';
import type { Face } from './times.ts';

/** What the printed forms need, of a row or of a record. */
export interface AgentPicture {
  readonly presence: string;
  readonly phone: string;
  readonly queue: string;
  readonly context: AgentContext;
}

/** Name of a queue by the id of its record; '' for one that is not known (any more). */
export type QueueNames = (queue: string) => string;

export function pictureOfEntry({ presence, phone, queue, context }: AgentEntry): AgentPicture {
  return { presence, phone, queue, context };
}

/** Undefined for an agent that does not exist: not created yet, or removed. */
export function pictureOfState(value: StateValue | null, context: JsonObject): AgentPicture | undefined {
  const regions = typeof value === 'object' && value !== null ? value.present : undefined;
  if (typeof regions !== 'object') return undefined;
  const { presence, phone, queue } = regions;
  if (typeof presence !== 'string' || typeof phone !== 'string' || typeof queue !== 'string') return undefined;
  return { presence, phone, queue, context: context as AgentContext };
}

/** Section 4.15. */
export function agentStateBody(picture: AgentPicture, queueName: QueueNames, face: Face): JsonObject {
  const { context } = picture;
  const { state, queue } = queueState(picture, queueName);
  const queueSince = context.queue.work === null ? context.presence.since : context.queue.since;
  return {
    success: true,
    queue_state: { state, queue, duration: state === NO_QUEUE_WORK ? NO_DURATION : face.since(queueSince) },
    phone_state: { state: phoneState(picture), duration: face.since(context.phone.since) },
    consecutive_missed: context.consecutiveMissed,
    agent_state: { state: agentState(picture), duration: face.since(takenAt(context.presence)) },
  };
}

/** The same without durations, as events carry it. */
export function agentRegions(picture: AgentPicture, queueName: QueueNames): JsonObject {
  return {
    agent_state: { state: agentState(picture) },
    phone_state: { state: phoneState(picture) },
    queue_state: queueState(picture, queueName),
    consecutive_missed: picture.context.consecutiveMissed,
  };
}

const NO_QUEUE_WORK = 'None';
const NO_DURATION = '0';
const READY = { type: 'ready', name: 'Ready' };
/** Names of a presence for which nobody gave a reason: an agent's first state, or a change made through another dialect. */
const AWAY = 'Away';
const SIGNED_OUT = 'Sign Out';

const PHONE_STATES: Readonly<Record<string, string>> = {
  unavailable: 'Unavailable',
  idle: 'Idle',
  dialing: 'Dialing',
  ringing: 'Ringing',
  talking: 'Busy',
  held: 'Held',
};

const QUEUE_STATES: Readonly<Record<string, string>> = {
  none: NO_QUEUE_WORK,
  offered: 'Ringing',
  talking: 'Talking',
  wrapUp: 'Wrap Up',
};

function agentState({ presence, context }: AgentPicture): { type: string; name: string } {
  switch (presence) {
    case 'signedOut':
      return { type: 'sign_out', name: nameOf(context.presence, SIGNED_OUT) };
    case 'away':
      return { type: 'away', name: nameOf(context.presence, AWAY) };
    case 'wrapUp': {
      const { returnTo } = context.presence;
      return returnTo?.kind === 'away' ? { type: 'away', name: nameOf(returnTo, AWAY) } : READY;
    }
    default:
      return READY;
  }
}

function nameOf({ reason }: PresenceStamp, fallback: string): string {
  return reason?.name ?? fallback;
}

function phoneState({ phone }: AgentPicture): string {
  return PHONE_STATES[phone] ?? 'Idle';
}

function queueState(picture: AgentPicture, queueName: QueueNames): { state: string; queue: string } {
  const { presence, context } = picture;
  const { work } = context.queue;
  const region = presence === 'wrapUp' && picture.queue === 'none' ? 'wrapUp' : picture.queue;
  return { state: QUEUE_STATES[region] ?? NO_QUEUE_WORK, queue: work === null ? '' : queueName(work.queue) };
}
