/**
 * Looking people up by a word, and favourites: people of the tenant and the person's own contacts in one table, in the form
 * in which this dialect lists contacts. Favourites are contacts of his own.
 */
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import type { StoredContact } from '../contacts/contact.ts';
import { HEADERS } from '../contacts/list.ts';
import { contactOf, contactsOf, liking } from '../contacts/store.ts';
import { hintAt } from '../hints.ts';
import { lineOf, type Person, peopleOf } from '../people.ts';
import { frame } from './frames.ts';
import { type Asked, framed, type Reaction, refused, text } from './reactions.ts';

/** Where an entry comes from. */
const COLLEAGUES = 'internal';
const OWN = 'personal';
const FOUND_MAX = 100;

interface Entry {
  readonly id: string;
  readonly source: string;
  /** First name, last name, number, mobile. */
  readonly cells: readonly [string, string, string, string];
  readonly favourite: boolean;
}

export const onDirectory: Readonly<Record<string, (asked: Asked) => Reaction>> = {
  directoryLookUp: ({ view, person, fields }) => {
    const word = text(fields.term).trim().toLowerCase();
    if (word === '') return refused('term must be a word to look for');
    const found = [...colleagues(view, person), ...contacts(view, person)].filter(({ cells }) => has(cells, word));
    return framed(frame('DirectoryResult', table(view, person, found.slice(0, FOUND_MAX))));
  },
  getFavorites: ({ view, person }) => {
    const liked = contacts(view, person).filter(({ favourite }) => favourite);
    return framed(frame('Favorites', table(view, person, liked)));
  },
  addFavorite: (asked) => like(asked, true),
  removeFavorite: (asked) => like(asked, false),
};

function like({ view, person, fields }: Asked, favourite: boolean): Reaction {
  const told = (action: string) =>
    frame('FavoriteUpdated', { action, contact_id: text(fields.contactId), source: text(fields.source) });
  const failed = told(favourite ? 'AddFail' : 'RemoveFail');
  const contact = fields.source === OWN ? contactOf(view, person, text(fields.contactId)) : undefined;
  if (contact === undefined) return framed(failed);
  const plan = { ok: true, tenant: person.actor.tenant, deliveries: [liking(person, contact.id, favourite)] } as const;
  return { kind: 'plan', plan, done: [told(favourite ? 'Added' : 'Removed')], failed };
}

function colleagues(view: View, { actor: { tenant } }: Person): readonly Entry[] {
  return peopleOf(view, tenant).map((person) => {
    const { firstName, lastName } = person.attributes;
    const cells = [firstName, lastName, lineOf(view, person) ?? '', ''] as const;
    return { id: person.actor.id, source: COLLEAGUES, cells, favourite: false };
  });
}

function contacts(view: View, person: Person): readonly Entry[] {
  return contactsOf(view, person).map(({ id, content, favourite }: StoredContact) => {
    const { firstname = '', lastname = '', number = '', mobile = '' } = content;
    return { id, source: OWN, cells: [firstname, lastname, number, mobile], favourite };
  });
}

function has([first, last, ...numbers]: Entry['cells'], word: string): boolean {
  return [`${first} ${last}`, ...numbers].some((cell) => cell.toLowerCase().includes(word));
}

function table(view: View, { actor: { tenant } }: Person, entries: readonly Entry[]): JsonObject {
  const rows = entries.map(({ id, source, cells, favourite }) => ({
    status: hintAt(view, tenant, cells[2]),
    entry: [...cells, String(favourite)],
    contact_id: id,
    source,
    favorite: favourite,
  }));
  return { entries: rows, headers: HEADERS };
}
