/**
 * Where the page is: tenant, moment, selection, filter. All of it is in the address after `#`, so an address shared is a
 * place shared. The history of the browser gets an entry per tenant, freeze and selection, so that its way back works; a
 * moment that is moved, a filter or a tab change the entry there is.
 */
import { batch, effect, signal } from '@preact/signals';
import { type Actor, actorOf, keyOf } from '../../row.ts';

/** A log position, or `undefined` for live. */
export type Moment = number | undefined;
export const TABS = ['state', 'context', 'why', 'fork', 'record'] as const;
export type Tab = (typeof TABS)[number];

export const tenant = signal('');
export const moment = signal<Moment>(undefined);
export const actor = signal<Actor | undefined>(undefined);
export const words = signal('');
export const kinds = signal<readonly string[]>([]);
/** Only what went wrong is listed. */
export const troubleOnly = signal(false);
export const tab = signal<Tab>('state');
export const axis = signal<'time' | 'order'>('time');

let isInPlace = false;

/** What is done here makes no entry of its own in the browser's history: one of many small steps. */
export function inPlace(move: () => void): void {
  isInPlace = true;
  try {
    move();
  } finally {
    isInPlace = false;
  }
}

/** Reads the address, follows it, and keeps it up to date. */
export function followAddress(): void {
  read();
  addEventListener('hashchange', () => inPlace(read));
  let before = '';
  effect(() => {
    const hash = hashOf();
    const entry = entryOf();
    const isNew = before !== '' && entry !== before && !isInPlace;
    before = entry;
    if (hash === location.hash) return;
    if (isNew) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  });
}

/** Empty until it is known whose log is looked at. */
function entryOf(): string {
  const chosen = actor.value === undefined ? '' : keyOf(actor.value);
  return tenant.value === '' ? '' : `${tenant.value} ${moment.value === undefined ? 'live' : 'past'} ${chosen}`;
}

function read(): void {
  const query = new URLSearchParams(location.hash.slice(1));
  batch(() => {
    const at = query.get('at') ?? '';
    tenant.value = query.get('tenant') ?? tenant.peek();
    moment.value = /^\d+$/.test(at) ? Number(at) : undefined;
    const named = actorOf(query.get('actor') ?? '');
    if (named === undefined || actor.peek() === undefined || keyOf(named) !== keyOf(actor.peek() as Actor)) {
      actor.value = named;
    }
    words.value = query.get('q') ?? '';
    kinds.value = query.getAll('kind');
    troubleOnly.value = query.has('trouble');
    tab.value = TABS.find((name) => name === query.get('tab')) ?? 'state';
    axis.value = query.get('axis') === 'order' ? 'order' : 'time';
  });
}

function hashOf(): string {
  const query = new URLSearchParams();
  if (tenant.value !== '') query.set('tenant', tenant.value);
  if (moment.value !== undefined) query.set('at', String(moment.value));
  if (actor.value !== undefined) query.set('actor', keyOf(actor.value));
  if (words.value !== '') query.set('q', words.value);
  for (const kind of kinds.value) query.append('kind', kind);
  if (troubleOnly.value) query.set('trouble', '1');
  if (tab.value !== 'state') query.set('tab', tab.value);
  if (axis.value !== 'time') query.set('axis', axis.value);
  return `#${query.toString().replaceAll('%2F', '/')}`;
}
