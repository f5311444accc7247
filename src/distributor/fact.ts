/**
 * The state of an actor as the distributor reads it, from a record or from the read models, and what it means for matching.
 */
import type { AgentContext } from '../../machines/agent/context.ts';
import type { CallContext, Queued } from '../../machines/call/context.ts';
import { isWaiting } from '../../projections/calls.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Position } from '../model/position.ts';
import type { LoggedTransition, StateValue } from '../model/transition.ts';

export interface Fact {
  readonly actor: ActorId;
  readonly version: number;
  readonly value: StateValue;
  /** What its kind's machine remembers. */
  readonly context: object;
  /** Removed. */
  readonly done: boolean;
}

/** What a record of the directory holds; undefined for one that was removed. */
export function attributesOf({ context, done }: Fact): unknown {
  return done || !('attributes' in context) ? undefined : context.attributes;
}

/** All that matters to the distributor, as it was at a position of the log. */
export interface Beginning {
  readonly position: Position;
  readonly facts: Iterable<Fact>;
}

/** A call in a queue. */
export interface WaitingCall {
  readonly version: number;
  readonly queued: Queued;
  /** It rings at an agent just now. */
  readonly offered: boolean;
  /** False for one that nobody made: it is to find an agent for its destination. */
  readonly hasCaller: boolean;
}

/** An agent at work or not. */
export interface KnownAgent {
  readonly version: number;
  /** Would take a call now. */
  readonly free: boolean;
  /** Takes calls, now or soon: signed in and not away. */
  readonly staffed: boolean;
  readonly idleSince: number;
  /** Of the offer he has now: when it was made. */
  readonly offeredAt: number | undefined;
  /** Offers not taken in a row. */
  readonly missed: number;
  readonly line: string;
  readonly ringMs: number;
}

export function factOf({ actor, transition }: LoggedTransition): Fact {
  const { version, to, state } = transition.data;
  return { actor, version, value: to, context: state.context, done: state.done === true };
}

/** Undefined for a call that waits nowhere. */
export function waitingCall({ version, value, context }: Fact): WaitingCall | undefined {
  const { queue, offer, legs = [] } = context as Partial<CallContext>;
  if (!isWaiting(value) || queue === null || queue === undefined) return undefined;
  const hasCaller = legs.some(({ kind }) => kind === 'caller');
  return { version, queued: queue, offered: offer !== null, hasCaller };
}

/** True once people talk in a call, or it is over: it goes round in circles no more. */
export function hasArrived({ value }: Fact): boolean {
  const stage = typeof value === 'string' ? value : value.live;
  return stage === 'established' || stage === 'held' || stage === 'ended';
}

/** Undefined for an agent who does not exist (any more). */
export function knownAgent({ version, value, context, done }: Fact): KnownAgent | undefined {
  const regions = done || typeof value === 'string' ? undefined : value.present;
  if (regions === undefined || typeof regions === 'string') return undefined;
  const { presence, phone, queue, dnd, rules, consecutiveMissed } = context as AgentContext;
  const isIdle = regions.presence === 'ready' && regions.phone === 'idle' && regions.queue === 'none';
  return {
    version,
    free: isIdle && !dnd && phone.line !== null,
    staffed: regions.presence === 'ready' || regions.presence === 'wrapUp',
    idleSince: Math.max(presence.since, phone.since, queue.since),
    offeredAt: regions.queue === 'offered' ? queue.work?.offeredAt : undefined,
    missed: consecutiveMissed,
    line: phone.line ?? '',
    ringMs: rules.ringMs,
  };
}
