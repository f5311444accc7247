/**
 * A person's contacts in the directory: reading them, and the events that make, replace and remove one. That no person has
 * the same contact twice is a claim of the record, so it holds also between requests that know nothing of each other.
 */
import { claimsOf } from '../../../../machines/record/claims.ts';
import { entriesBy, entry } from '../../../../projections/directory.ts';
import { derivedId } from '../../../http/command-id.ts';
import type { ActorId } from '../../../model/actor-id.ts';
import type { Delivery, Rejection } from '../../../model/command.ts';
import { digestOf } from '../../../model/digest.ts';
import type { Json } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import type { Person } from '../people.ts';
import { attributesOf, attributesWithout, type Content, type StoredContact, storedContact } from './contact.ts';

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

function actorOf({ actor: { tenant } }: Person, id: string): ActorId {
  return { tenant, kind: KIND, id };
}

/** The id of the nth contact a command makes: a uuid of version 4, the same whenever the command is repeated. */
export function contactId({ actor: { tenant } }: Person, command: string, nth = 0): string {
  const id = derivedId(tenant, command, nth);
  return `${id.slice(0, 14)}4${id.slice(15)}`;
}

/**
 * The id of one of several commands that a request makes: another for other contacts, so that a request repeated with its
 * key after half of it was done does not take what is left for what was done.
 */
export function stepId(command: string, contacts: readonly { readonly id: string }[]): string {
  return digestOf([command, ...contacts.map(({ id }) => id)].join());
}

export function creation(owner: Person, id: string, content: Content): Delivery {
  const attributes = attributesOf(owner.actor.id, content);
  return { to: actorOf(owner, id), event: { type: 'create', attributes, claims: claimed(attributes) } };
}

/** All attributes are replaced; those the content does not have go. */
export function replacement(owner: Person, id: string, content: Content): Delivery {
  const { user: _, ...set } = attributesOf(owner.actor.id, content);
  const claims = claimed(attributesOf(owner.actor.id, content));
  return { to: actorOf(owner, id), event: { type: 'change', set, unset: attributesWithout(content), claims } };
}

export function removal(owner: Person, id: string): Delivery {
  return { to: actorOf(owner, id), event: { type: 'remove' } };
}

/** True when he has that contact already. */
export function isDuplicate(rejection: Rejection): boolean {
  return rejection.code === 'reason' && rejection.reason === 'taken';
}

function claimed(attributes: ReturnType<typeof attributesOf>): Json {
  return claimsOf(KIND, attributes) as unknown as Json;
}
