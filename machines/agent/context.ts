/**
 * What an agent remembers beside the three states he is in: one part per region, and his settings. JSON, and bounded.
 */
import type { Reason } from '../fields.ts';
import type { AskedBy, SetForward } from './events.ts';
import type { Phone } from './phone.ts';

/** `callEnded`: a queue call ended and wrap-up began; `wrapUpEnded`: its time was over; `missedCalls`: the missed-call rule. */
export type PresenceCause = AskedBy | 'callEnded' | 'wrapUpEnded' | 'missedCalls';

export type PresenceStamp = {
  readonly reason?: Reason;
  readonly workMode?: string;
};

export type Presence = PresenceStamp & {
  readonly since: number;
  readonly cause: PresenceCause;
  readonly by?: string;
  /** When he took it, where wrap-up came in between: in the wrap-up, when he took what it gives way to. Else absent. */
  readonly takenAt?: number;
  /** Only in a wrap-up that ends by itself: what it gives way to. One set by hand has none. */
  readonly returnTo?: PresenceStamp & { readonly kind: 'ready' | 'away' };
};

export type Work = {
  readonly call: string;
  readonly queue: string;
  /** When it was offered; of a call that was never offered (pulled from a queue): when it was answered. */
  readonly offeredAt: number;
  readonly answeredAt?: number;
  /** The agent's leg of the call; of an offer that did not name it, from the answer on. */
  readonly leg?: string;
  /** Wrap-up that will follow, fixed when the work began; 0 for none, also after signing out in the middle. */
  readonly wrapUpMs: number;
};

export type QueueWork = {
  readonly since: number;
  /** Null exactly when the region is in `none`. */
  readonly work: Work | null;
};

export type Forward = {
  readonly enabled: boolean;
  /** Kept while the forward is off; '' before the first. */
  readonly destination: string;
};

/** Whose calls he is brought into, and as what. */
export type Supervision = {
  readonly agent: string;
  readonly how: 'listen' | 'coach' | 'barge';
  /** Only the present or the next one, or every one. */
  readonly calls: 'next' | 'all';
  /** With the agent, or with the call wherever it goes. */
  readonly scope: 'agent' | 'call';
  readonly since: number;
};

export type Rules = {
  readonly wrapUpMs: number;
  readonly missedMax: number;
  readonly ringMs: number;
};

export type AgentContext = {
  readonly presence: Presence;
  readonly phone: Phone;
  readonly queue: QueueWork;
  /** Offers not answered in a row; forgiven by an answer or by a presence change the agent makes himself. */
  readonly consecutiveMissed: number;
  readonly dnd: boolean;
  readonly forwards: Readonly<Record<SetForward['forward'], Forward>>;
  readonly rules: Rules;
  /** Absent until the first. */
  readonly supervision?: Supervision | null;
};

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
