/**
 * The state of a call, computed from its legs and its queue. Pure.
 */
import type { CallContext } from './context.ts';

const STAGES = ['created', 'dialing', 'ringing', 'queued', 'offered', 'established', 'held'] as const;
export type Stage = (typeof STAGES)[number];

/** Two who can talk make a call established: so a conference goes on while one of three has put it on hold. */
export function stageOf(call: CallContext): Stage | 'ended' {
  if (call.endedAt !== null) return 'ended';
  if (call.offer !== null) return 'offered';
  if (call.queue?.waiting === true) return 'queued';
  const counts = { dialing: 0, ringing: 0, established: 0, held: 0, released: 0 };
  let called = 0;
  for (const leg of call.legs) {
    counts[leg.state] += 1;
    if (leg.kind !== 'caller' && leg.state === 'dialing') called += 1;
  }
  if (counts.established >= 2) return 'established';
  if (counts.held > 0 && counts.held + counts.established >= 2) return 'held';
  if (counts.ringing > 0) return 'ringing';
  return called > 0 || call.next !== null ? 'dialing' : 'created';
}
