/**
 * A person's contacts in the directory: reading them, and what makes, replaces and removes one.
 */
import { entriesBy, entry, type RecordId } from '../../../../projections/directory.ts';
import type { RecordWrite } from '../../../contacts/address-book.ts';
import { derivedId } from '../../../http/command-id.ts';
import type { Delivery } from '../../../model/command.ts';
import { digestOf } from '../../../model/digest.ts';
import type { View } from '../../../model/projection.ts';
import type { Person } from '../people.ts';
import {
  attributesOf,
  attributesWithout,
  type Content,
  type StoredContact,
  sameness,
  storedContact,
} from './contact.ts';

const KIND = 'contact';

/** His own contact; another's looks exactly like one that is not there. */
export function contactOf(view: View, owner: Person, id: string): StoredContact | undefined {
  const found = entry(view, actorOf(owner, id));
  return found === undefined || found.attributes.user !== owner.actor.id ? undefined : storedContact(found);
}

/** All of a person's contacts, the oldest first. */
export function contactsOf(view: View, { actor: { tenant, id } }: Person): readonly StoredContact[] {
  return entriesBy(view, { kind: KIND, key: 'user', value: id, tenant }).map(storedContact);
}

function actorOf({ actor: { tenant } }: Person, id: string): RecordId<typeof KIND> {
  return { tenant, kind: KIND, id };
}

/** The id of a contact that a command makes: a uuid of version 4, the same whenever the command is repeated. */
export function contactId({ actor }: Person, command: string, content: Content): string {
  const id = derivedId(actor.tenant, [command, actor.id, sameness(content)].join(' '));
  return `${id.slice(0, 14)}4${id.slice(15)}`;
}

/**
 * The id of one of several commands that a request makes: another for other contacts, so that a request repeated with its
 * key after half of it was done does not take what is left for what was done.
 */
export function stepId(command: string, contacts: readonly { readonly id: string }[]): string {
  return digestOf([command, ...contacts.map(({ id }) => id)].join());
}

export function creation(owner: Person, id: string, content: Content): RecordWrite {
  const attributes = attributesOf(owner.actor.id, content);
  return { to: actorOf(owner, id), event: { type: 'create', attributes }, attributes };
}

/** All attributes are replaced; those the content does not have go. */
export function replacement(owner: Person, id: string, content: Content): RecordWrite {
  const attributes = attributesOf(owner.actor.id, content);
  const { user: _, ...set } = attributes;
  return { to: actorOf(owner, id), event: { type: 'change', set, unset: attributesWithout(content) }, attributes };
}

/** Makes it one of his favourites, or none. */
export function liking(owner: Person, id: string, favourite: boolean): Delivery {
  return { to: actorOf(owner, id), event: { type: 'change', set: { favourite } } };
}

export function removal(owner: Person, id: string): Delivery {
  return { to: actorOf(owner, id), event: { type: 'remove' } };
}
