/**
 * What went wrong, as somebody looking for it would call it: an offer that nobody took, a leg that was not reached, a call
 * that was given up or ended for another reason than hanging up. What was refused is in no log: it changed nothing.
 */
import type { TransitionData } from '../model/transition.ts';

export type Trouble = 'missed' | 'failed' | 'abandoned' | 'turned away' | 'cut off';

/** Ends that somebody wanted. */
const USUAL_ENDS = new Set(['hangup', 'transferred', 'conferenced', 'forwarded', 'withdrawn']);
/** The queue was closed, or had no room. */
const TURNED_AWAY = new Set(['closed', 'dropped']);

export function troubleOf(kind: string, { event, from, to, state }: TransitionData): Trouble | undefined {
  if (event.type === 'offer.missed') return 'missed';
  if (kind !== 'call') return undefined;
  if (event.type === 'leg.failed') return 'failed';
  if (to !== 'ended' || from === null || from === 'ended') return undefined;
  const { abandoned, cause } = state.context;
  if (abandoned === true) return 'abandoned';
  if (typeof cause !== 'string' || USUAL_ENDS.has(cause)) return undefined;
  return TURNED_AWAY.has(cause) ? 'turned away' : 'cut off';
}
