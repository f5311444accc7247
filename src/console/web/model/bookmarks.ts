/**
 * Places somebody wants to come back to: an address with a name, kept by this browser alone. To give one to somebody else,
 * give him the address.
 */
import { computed, signal } from '@preact/signals';
import { keyOf } from '../../row.ts';
import { actor, moment, tenant } from './place.ts';
import { head } from './session.ts';
import { nameOf } from './wall.ts';

export interface Bookmark {
  readonly tenant: string;
  readonly at: number;
  /** Address of the page there, after `#`. */
  readonly address: string;
  readonly name: string;
}

const KEY = 'ledgerline.bookmarks';
const KEPT_MAX = 200;

const all = signal<readonly Bookmark[]>(read());

/** Of the tenant that is looked at, in the order of the log. */
export const bookmarks = computed(() =>
  all.value.filter((one) => one.tenant === tenant.value).toSorted((one, other) => one.at - other.at),
);

/** Freezes the page where it stands, and keeps that; a second time takes it away. */
export function toggleBookmark(): void {
  const at = moment.peek() ?? head.peek();
  moment.value = at;
  const known = bookmarks.peek().find((one) => one.at === at);
  if (known !== undefined) {
    removeBookmark(known);
    return;
  }
  const chosen = actor.peek();
  const name = chosen === undefined ? `#${at}` : `${nameOf(chosen.kind, chosen.id)} (${keyOf(chosen)})`;
  // The address follows the place in the same breath.
  keep([...all.peek(), { tenant: tenant.peek(), at, address: location.hash.slice(1), name }].slice(-KEPT_MAX));
}

export function renameBookmark(bookmark: Bookmark, name: string): void {
  keep(all.peek().map((one) => (one === bookmark ? { ...one, name } : one)));
}

export function removeBookmark(bookmark: Bookmark): void {
  keep(all.peek().filter((one) => one !== bookmark));
}

function keep(bookmarks: readonly Bookmark[]): void {
  all.value = bookmarks;
  localStorage.setItem(KEY, JSON.stringify(bookmarks));
}

function read(): readonly Bookmark[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? (kept as Bookmark[]) : [];
  } catch {
    return [];
  }
}
