/**
 * How history speaks of people, queues, times and causes.
 */
import * as directory from '../../projections/directory.ts';
import type { View } from '../model/projection.ts';
import type { Cause, StateValue } from '../model/transition.ts';

/** What the centre itself does, and who sits at its machine. */
const PARTS: Readonly<Record<string, string>> = {
  timer: 'a timer',
  anonymous: 'somebody who gave no name',
  'system:distributor': 'the distributor',
  'system:switch': 'the telephone switch',
  'system:supervision': 'what brings supervisors into calls',
  'system:demo': 'the demo',
  'system:operator': 'the operator at the machine',
};
const OWN: ReadonlySet<string> = new Set([
  'timer',
  'system:distributor',
  'system:switch',
  'system:supervision',
  'system:demo',
]);

/** `Reese Nath (agent rnath)`, or `agent rnath` where the directory knows nobody. */
export function agentName(view: View, tenant: string, agent: string): string {
  const [user] = directory.entriesBy(view, { kind: 'user', key: 'agent', value: agent, tenant });
  const name = user === undefined ? '' : fullName(user.attributes);
  return name === '' ? `agent ${agent}` : `${name} (agent ${agent})`;
}

/** `queue Sales (q1)`, or `queue q1` where its name says no more. */
export function queueName(view: View, tenant: string, queue: string): string {
  const name = directory.entry(view, { tenant, kind: 'queue', id: queue })?.attributes.name;
  return typeof name === 'string' && name !== '' && name !== queue ? `queue ${name} (${queue})` : `queue ${queue}`;
}

/** A principal as people would name it. */
export function principalName(view: View, tenant: string, by: string): string {
  const user = /^user:(.+)$/s.exec(by)?.[1];
  const attributes =
    user === undefined ? undefined : directory.entry(view, { tenant, kind: 'user', id: user })?.attributes;
  const name = attributes === undefined ? '' : fullName(attributes);
  return name === '' ? (PARTS[by] ?? by) : `${name} (${by})`;
}

/** `by user:boss via gws`; what the centre does of its own accord comes by no way that one need know. */
export function askedText(view: View, tenant: string, { by, via }: Cause): string {
  const ownPart = OWN.has(by) ? '' : ` via ${via}`;
  return `by ${principalName(view, tenant, by)}${ownPart}`;
}

export function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** `1.5 s`, `90 s`; from two minutes on `5 min`, `1 h 30 min`. */
export function durationText(ms: number): string {
  const seconds = Number((ms / 1000).toFixed(1));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 offer`, `2 offers`. */
export function countText(count: number, of: string): string {
  return `${count} ${of}${count === 1 ? '' : 's'}`;
}

/** How many things a check has found. */
export function wrongText(count: number): string {
  return count === 1 ? 'one thing is not as it should be' : `${count} things are not as they should be`;
}

/** `a, b and c`; of many the first ones. */
export function listText(items: readonly string[], most = 5): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `presence ready, phone idle`: the innermost states with their regions. */
export function stateText(value: StateValue): string {
  if (typeof value === 'string') return spaced(value);
  return Object.entries(value)
    .map(([region, inner]) => (typeof inner === 'string' ? `${region} ${spaced(inner)}` : stateText(inner)))
    .join(', ');
}

/** `signedOut` -> `signed out`; wrap-up is one word. */
export function spaced(word: string): string {
  return word === 'wrapUp' ? 'wrap-up' : word.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function fullName(attributes: Readonly<Record<string, unknown>>): string {
  const { firstName, lastName } = attributes;
  return [firstName, lastName].filter((name) => typeof name === 'string' && name !== '').join(' ');
}
