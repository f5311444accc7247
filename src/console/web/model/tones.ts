/**
 * One colour for one meaning, wherever it is shown: wall, lanes, list, statechart. A tone is a name; its colours are CSS
 * variables (`--tone-ready`, …), so that light and dark have their own.
 */
export const TONES = ['ready', 'away', 'busy', 'ringing', 'held', 'waiting', 'wrapUp', 'off', 'other'] as const;
export type Tone = (typeof TONES)[number];

const OF_STATE: Readonly<Record<string, Tone>> = {
  ready: 'ready',
  away: 'away',
  wrapUp: 'wrapUp',
  talking: 'busy',
  established: 'busy',
  dialing: 'ringing',
  ringing: 'ringing',
  offered: 'ringing',
  created: 'ringing',
  held: 'held',
  queued: 'waiting',
  waiting: 'waiting',
  signedOut: 'off',
  ended: 'off',
  removed: 'off',
  absent: 'off',
  deleted: 'off',
  expired: 'off',
  unavailable: 'off',
  idle: 'other',
  none: 'other',
};

/** What the phone does says more of an agent than what he is set to. */
const PHONE_FIRST = new Set(['dialing', 'ringing', 'talking', 'held']);

export function toneOfState(state: string): Tone {
  return OF_STATE[state] ?? 'other';
}

/** Of the innermost states as a row writes them, the one that gives it its colour. */
export function leadingState(kind: string, leaves: string): string {
  const [first = '', phone = ''] = leaves.split('/');
  return kind === 'agent' && PHONE_FIRST.has(phone) ? phone : first;
}

export function toneOf(kind: string, leaves: string): Tone {
  return toneOfState(leadingState(kind, leaves));
}

const WORDS: Readonly<Record<string, string>> = { signedOut: 'signed out', wrapUp: 'wrap-up' };

/** `signedOut` as people say it. */
export function said(state: string): string {
  return WORDS[state] ?? state;
}

/** The states of an agent that say something: not a phone that rests, nor a queue without work. */
export function saidOfRow(kind: string, leaves: string): string {
  const states = leaves.split('/');
  const telling =
    kind === 'agent' ? states.filter((state, at) => at === 0 || (state !== 'idle' && state !== 'none')) : states;
  return [...new Set(telling)].map(said).join(' · ');
}
