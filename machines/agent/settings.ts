/**
 * An agent's beginning and his settings: rules and forwards, and how they change. Pure.
 */
import type { Fed } from '../boundary.ts';
import { ABSENT, type AgentContext, type Rules } from './context.ts';
import type { CreateAgent, SetForward } from './events.ts';
import { presenceSet } from './presence.ts';

export function created(event: Fed<CreateAgent>): AgentContext {
  const { at, line = null } = event;
  return {
    ...ABSENT,
    presence: presenceSet(ABSENT.presence, { ...event, cause: event.cause ?? 'system' }).presence,
    phone: { ...ABSENT.phone, since: at, line, homeLine: line },
    queue: { since: at, work: null },
    dnd: event.dnd ?? false,
    forwards: { ...ABSENT.forwards, ...event.forwards },
    rules: rulesAfter(ABSENT.rules, event),
  };
}

export function rulesAfter(rules: Rules, change: Partial<Rules>): Rules {
  return {
    wrapUpMs: change.wrapUpMs ?? rules.wrapUpMs,
    missedMax: change.missedMax ?? rules.missedMax,
    ringMs: change.ringMs ?? rules.ringMs,
  };
}

/** Where a forward will point; '' when nobody has said so yet. */
export function destinationAfter(forwards: AgentContext['forwards'], event: SetForward): string {
  return event.destination || forwards[event.forward].destination;
}

export function forwardsAfter(forwards: AgentContext['forwards'], event: SetForward): AgentContext['forwards'] {
  const forward = { enabled: event.enabled, destination: destinationAfter(forwards, event) };
  return { ...forwards, [event.forward]: forward };
}
