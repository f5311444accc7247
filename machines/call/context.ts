/**
 * What a call remembers: its legs, the queue, consults, user data, recording and how it ended. JSON, and bounded.
 * Also the two shapes every decision takes: what the call becomes and who is told, or why not.
 */
import type { MachineEvent } from '../../src/model/command.ts';
import type { Refusal } from '../boundary.ts';
import type { Cause, Direction, End, RecordingMode, Reservation, UserData } from './parts.ts';
import type { Reason } from './reasons.ts';

export type LegState = 'dialing' | 'ringing' | 'established' | 'held' | 'released';

/** `scope`: what becomes of it when the watched leg leaves the call: it ends, or goes on with the next agent. */
export type Watch = {
  readonly leg: string;
  readonly how: 'listen' | 'coach' | 'barge';
  readonly scope: 'agent' | 'call';
};

/** What the agent's leg of a queue call is to him. */
export type LegWork = {
  readonly queue: string;
  readonly name?: string;
  /** Of the queue; his own rule unless said. */
  readonly wrapUpMs?: number;
};

/** One connection to one phone or one person outside. */
export type Leg = {
  readonly id: string;
  /** `caller` began the call; `agent` was offered it by a queue; `party` was added to a conference; `monitor` listens in. */
  readonly kind: 'caller' | 'callee' | 'agent' | 'party' | 'monitor';
  readonly number: string;
  readonly name?: string;
  readonly line?: string;
  readonly agent?: string;
  /** Of a caller: `dialing` until somebody answers. Of the others: until the switch says that it rings. */
  readonly state: LegState;
  readonly since: number;
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly muted?: true;
  /** The queue that delivered it: the agent's queue work, whatever call the leg is in. */
  readonly work?: LegWork;
  readonly recording?: RecordingMode;
  readonly ringMs?: number;
  /** The far end called us: the leg exists without our dialling it. */
  readonly incoming?: true;
  /** The consult that brought the leg here, and had it dialled. */
  readonly joinedFrom?: string;
  /** The consulting person's: carried by the same phone connection as that leg of the original call. */
  readonly shares?: string;
  /** Of a monitor, and of a party who was one: whom he listens to, and what he does. */
  readonly watches?: Watch;
  /** Of the last hold or retrieve fact that was heard of. */
  readonly order?: number;
  /** Once released. */
  readonly cause?: Cause;
  /** The call that goes on with this leg. */
  readonly movedTo?: string;
};

/** The queue the call is in, or was in last. */
export type Queued = {
  readonly queue: string;
  readonly name?: string;
  readonly priority: number;
  readonly skills: Readonly<Record<string, number>>;
  readonly wrapUpMs?: number;
  readonly shortAbandonMs: number;
  /** What the caller hears while he waits: ringing; absent: music. */
  readonly rings?: true;
  /** Into this queue. */
  readonly enteredAt: number;
  /** Into the first of the queues it went through without being answered. */
  readonly waitingSince: number;
  /** True until it leaves; also while it is offered. */
  readonly waiting: boolean;
  readonly leftAt?: number;
  readonly outcome?: 'answered' | 'abandoned' | 'transferred' | 'dropped' | 'closed' | 'killed';
  readonly offers: number;
  /** Agents who did not take it, the last ones. */
  readonly missedBy: readonly string[];
};

export type Offer = {
  readonly agent: string;
  readonly leg: string;
  readonly since: number;
  readonly ringMs: number;
};

export type Purpose = 'transfer' | 'conference' | 'any';

/** A live consult begun from this call. */
export type Consult = {
  readonly call: string;
  /** Who consults: his leg here, and there. */
  readonly leg: string;
  readonly consultLeg: string;
  readonly purpose: Purpose;
  /** In a queue: nobody is there yet who could join a conversation. */
  readonly waits?: true;
};

export type Recording = {
  readonly mode: RecordingMode;
  readonly active: boolean;
  readonly suppressed: boolean;
};

export type CallContext = {
  readonly linkedId: string;
  readonly direction: Direction;
  readonly from: string;
  readonly fromName?: string;
  readonly to: string;
  readonly toName?: string;
  /** Oldest first. */
  readonly legs: readonly Leg[];
  /** Connections of supervisors who listen in; absent while there was none. Not among `legs`: they take no part. */
  readonly monitors?: readonly Leg[];
  readonly queue: Queued | null;
  readonly offer: Offer | null;
  /** Called as soon as the first phone is picked up. */
  readonly next: End | null;
  readonly consults: readonly Consult[];
  readonly consultOf: { readonly call: string; readonly leg: string; readonly purpose: Purpose } | null;
  readonly userData: UserData;
  readonly recording: Recording;
  readonly reservation: Reservation | null;
  readonly startedAt: number;
  /** When two people first talked. */
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly cause: Cause | null;
  /** The leg that hung up; null when nobody in the call did. */
  readonly endedBy: string | null;
  /** The caller left a queue before he was answered; short: before `shortAbandonMs`. */
  readonly abandoned: boolean;
  readonly shortAbandoned: boolean;
};

/** Of a call that does not exist yet. */
export const ABSENT: CallContext = {
  linkedId: '',
  direction: 'internal',
  from: '',
  to: '',
  legs: [],
  queue: null,
  offer: null,
  next: null,
  consults: [],
  consultOf: null,
  userData: {},
  recording: { mode: 'None', active: false, suppressed: false },
  reservation: null,
  startedAt: 0,
  answeredAt: null,
  endedAt: null,
  cause: null,
  endedBy: null,
  abandoned: false,
  shortAbandoned: false,
};

export interface Refused extends Refusal {
  readonly reason: Reason;
}

/** What an event does: the call as it becomes and, beside what follows from that, what other calls are told. */
export type Decision = { readonly call: CallContext; readonly tells?: readonly CallTell[] } | Refused;

/** An event for another call of the same tenant. */
export interface CallTell {
  readonly call: string;
  readonly event: MachineEvent;
}

export function refuse(reason: Reason, details?: Refusal['details']): Refused {
  return details === undefined ? { reason } : { reason, details };
}

export function isRefused(decision: Refused | { readonly call: CallContext }): decision is Refused {
  return 'reason' in decision;
}
