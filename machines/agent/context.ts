/**
 * What an agent remembers beside the three states he is in: one part per region, and his settings. JSON, and bounded.
 */
import type { Fed } from '../boundary.ts';
import type { CreateAgent, SetForward } from './events.ts';
import type { Phone } from './phone.ts';
import { type Presence, presenceSet } from './presence.ts';
import type { QueueWork } from './queue-work.ts';

export interface Forward {
  readonly enabled: boolean;
  /** Kept while the forward is off; '' before the first. */
  readonly destination: string;
}

export interface Rules {
  readonly wrapUpMs: number;
  readonly missedMax: number;
  readonly ringMs: number;
}

export interface AgentContext {
  readonly presence: Presence;
  readonly phone: Phone;
  readonly queue: QueueWork;
  /** Offers not answered in a row; forgiven by an answer or by a presence change the agent makes himself. */
  readonly consecutiveMissed: number;
  readonly dnd: boolean;
  readonly forwards: Readonly<Record<SetForward['forward'], Forward>>;
  readonly rules: Rules;
}

const NO_FORWARD: Forward = { enabled: false, destination: '' };

/** Of an agent who does not exist yet. */
export const ABSENT: AgentContext = {
  presence: { since: 0, cause: 'system' },
  phone: { since: 0, line: null, homeLine: null, reachable: true, legs: [] },
  queue: { since: 0, work: null },
  consecutiveMissed: 0,
  dnd: false,
  forwards: { unconditional: NO_FORWARD, noAnswer: NO_FORWARD, busy: NO_FORWARD },
  rules: { wrapUpMs: 30_000, missedMax: 2, ringMs: 20_000 },
};

export function created(event: Fed<CreateAgent>): AgentContext {
  const { at, line = null } = event;
  return {
    ...ABSENT,
    presence: presenceSet({ ...event, cause: event.cause ?? 'system' }).presence,
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
