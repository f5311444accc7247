/**
 * The list of a person's contacts: one row of texts each, in the order of the headers, with the state of the telephone behind
 * the number. A rendered list is kept until a contact of that person or the state of a telephone changes.
 */
import { LRUCache } from 'lru-cache';
import type { View } from '../../../model/projection.ts';
import { hintAt, type PhoneHints } from '../hints.ts';
import type { Person } from '../people.ts';
import type { Content, StoredContact } from './contact.ts';
import { contactsOf } from './store.ts';

export const HEADERS = ['Firstname', 'Lastname', 'Number', 'Mobile', 'Favorite'];
const COLUMNS = ['firstname', 'lastname', 'number', 'mobile'] as const;
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

interface Kept {
  readonly body: Buffer;
  readonly hints: number;
}

export class ContactLists {
  readonly #hints: PhoneHints;
  readonly #isCurrent: (view: View) => boolean;
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: KEPT_BYTES_MAX,
    sizeCalculation: ({ body }) => body.length + 1,
  });

  /** `isCurrent`: true when everything that changed up to this view was told to us. */
  constructor(hints: PhoneHints, isCurrent: (view: View) => boolean) {
    this.#hints = hints;
    this.#isCurrent = isCurrent;
  }

  /** A contact of this person was made, replaced or removed. */
  changed(tenant: string, user: string): void {
    this.#kept.delete(`${tenant}/${user}`);
  }

  /** As it is now. */
  live(view: View, owner: Person): Buffer {
    if (!this.#isCurrent(view)) return this.past(view, owner);
    const { tenant, id } = owner.actor;
    const key = `${tenant}/${id}`;
    const hints = this.#hints.changesIn(tenant);
    const kept = this.#kept.get(key);
    if (kept?.hints === hints) return kept.body;
    const body = rendered(contactsOf(view, owner), (number) => this.#hints.statusOf(tenant, number));
    this.#kept.set(key, { body, hints });
    return body;
  }

  /** As the view has it: nothing is kept of it. */
  past(view: View, owner: Person): Buffer {
    const { tenant } = owner.actor;
    return rendered(contactsOf(view, owner), (number) => hintAt(view, tenant, number));
  }
}

function rendered(contacts: readonly StoredContact[], statusOf: (number: string) => number): Buffer {
  const sorted = [...contacts].sort((a, b) => byName(a.content, b.content));
  const entries = sorted.map(({ content, favourite }) => ({
    status: statusOf(content.number ?? ''),
    entry: [...COLUMNS.map((column) => content[column] ?? ''), String(favourite)],
  }));
  return Buffer.from(JSON.stringify({ entries, headers: HEADERS }));
}

function byName(a: Content, b: Content): number {
  return compared(a.firstname, b.firstname) || compared(a.lastname, b.lastname);
}

function compared(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
