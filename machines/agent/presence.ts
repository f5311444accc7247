/**
 * Presence, the region people command: what is known of it beside its name, and how that changes. Pure.
 * Every change says who or what caused it, so that "why did this agent go unavailable" has an answer in the state itself.
 */
import type { Fed } from '../boundary.ts';
import type { Reason } from '../fields.ts';
import type { AgentContext, Presence, PresenceStamp } from './context.ts';
import type { PresenceCommand } from './events.ts';

/** What a ready agent who missed too many offers is set away with. */
const MISSED_CALLS: Reason = { name: 'Missed Calls' };

type Change = Pick<AgentContext, 'presence'> & Partial<Pick<AgentContext, 'consecutiveMissed' | 'supervision'>>;

/** The agent or somebody for him sets a presence. A change he makes himself forgives his missed offers. */
export function presenceSet(before: Presence, event: Fed<PresenceCommand>): Change {
  const cause = event.cause ?? 'self';
  const presence = {
    since: event.at,
    cause,
    ...(event.by === undefined ? {} : { by: event.by }),
    ...(isAwaited(before, event) ? { takenAt: takenAt(before) } : {}),
    ...stampOf(event),
  };
  const left = event.type === 'signOut' ? { presence, supervision: null } : { presence };
  return cause === 'self' ? { ...left, consecutiveMissed: 0 } : left;
}

/** True when a command asks for the reason and work mode there are: then nothing changes, `since` neither. */
export function isSameStamp(presence: PresenceStamp, asked: PresenceStamp): boolean {
  return (
    presence.workMode === asked.workMode &&
    presence.reason?.id === asked.reason?.id &&
    presence.reason?.name === asked.reason?.name
  );
}

/** True when a command asks for what the wrap-up would have given way to by itself. */
function isAwaited({ returnTo }: Presence, event: PresenceCommand): boolean {
  return returnTo !== undefined && event.type === SET_BY[returnTo.kind] && isSameStamp(returnTo, event);
}

const SET_BY = { ready: 'setReady', away: 'setAway' } as const;

/** When a presence was taken, wrap-ups that came in between aside. */
export function takenAt(presence: Presence): number {
  return presence.takenAt ?? presence.since;
}

/** A queue call ended: wrap-up begins, and remembers the presence it interrupts. */
export function wrapUpBegun({ presence }: AgentContext, at: number, kind: 'ready' | 'away'): Change {
  const returnTo = { kind, ...stampOf(presence) };
  return { presence: { since: at, cause: 'callEnded', takenAt: takenAt(presence), returnTo } };
}

/** The time of a wrap-up is over. */
export function wrapUpEnded({ presence }: AgentContext, at: number): Change {
  const stamp = stampOf(presence.returnTo ?? {});
  return { presence: { since: at, cause: 'wrapUpEnded', takenAt: takenAt(presence), ...stamp } };
}

/** Asked for wrap-up during one that would end by itself: it goes on, and now lasts until another presence is set. */
export function wrapUpExtended({ presence }: AgentContext, event: Fed<PresenceCommand>): Change {
  return { presence: { ...presenceSet(presence, event).presence, since: presence.since } };
}

export function awayAfterMissedCalls(at: number): Change {
  return { presence: { since: at, cause: 'missedCalls', reason: MISSED_CALLS } };
}

/** Only the fields that are there: an undefined one would not survive the log. */
function stampOf({ reason, workMode }: PresenceStamp): PresenceStamp {
  return { ...(reason === undefined ? {} : { reason }), ...(workMode === undefined ? {} : { workMode }) };
}
