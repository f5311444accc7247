/**
 * A person's call history as the document prints it: newest first, times in UTC, people by their user names and everybody
 * else by number.
 */
import { type HistoryEntry, lastCallsOf, type Party } from '../../../projections/call-history.ts';
import type { JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { loginOf, type Person, personOfAgent } from './people.ts';

export type HistoryRange = { readonly size: number } | { readonly days: number };

const HISTORY_SIZE_MAX = 1000;
const DAY_MS = 86_400_000;

/** A count as clients write it; more calls than are given are not missed. Undefined for what is no whole number from 1. */
export function rangeBy(key: 'size' | 'days', text: string): HistoryRange | undefined {
  if (!/^[1-9]\d*$/.test(text)) return undefined;
  return key === 'days' ? { days: Number(text) } : { size: Math.min(Number(text), HISTORY_SIZE_MAX) };
}

/** His calls, at most HISTORY_SIZE_MAX; none for who has no line. */
export function historyOf(view: View, person: Person, range: HistoryRange): readonly JsonObject[] {
  const { agent } = person.attributes;
  if (agent === undefined) return [];
  const { tenant } = person.actor;
  const within =
    'size' in range
      ? { limit: range.size }
      : { limit: HISTORY_SIZE_MAX, since: Math.max(0, view.now - range.days * DAY_MS) };
  const calls = lastCallsOf(view, { tenant, agent, ...within });
  return calls.map((call) => rowOf(view, call, agent));
}

function rowOf(view: View, call: HistoryEntry, agent: string): JsonObject {
  const source = call.parties.find(({ kind }) => kind === 'caller');
  const called = call.parties.filter(({ kind }) => kind !== 'caller');
  const answered = called.filter(({ answeredAt }) => answeredAt !== null);
  const isOwn = (party: Party) => party.agent === agent;
  // Of a call that went from one to another, whoever answered it sees himself.
  const destination = answered.find(isOwn) ?? answered[0] ?? called.find(isOwn) ?? called[0];
  const end = call.endedAt ?? view.now;
  return {
    start: timeText(call.startedAt),
    duration: durationText(end - call.startedAt),
    srcUsername: nameOf(view, call, source, call.from),
    dstUsername: nameOf(view, call, destination, call.to),
    status: statusOf(source, called, agent),
  };
}

/** From where this person stands. */
function statusOf(source: Party | undefined, called: readonly Party[], agent: string): string {
  if (source?.agent === agent) return 'emitted';
  return called.some((party) => party.agent === agent && party.answeredAt !== null) ? 'answered' : 'missed';
}

function nameOf(view: View, { tenant }: HistoryEntry, party: Party | undefined, number: string): string {
  const person = typeof party?.agent === 'string' ? personOfAgent(view, tenant, party.agent) : undefined;
  return (person === undefined ? '' : loginOf(person)) || (party?.number ?? number);
}

/** `2018-09-20 17:38:41` */
function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** `00:00:02`; hours go on beyond a day. */
function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
