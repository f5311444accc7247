/**
 * Contacts: the people of the contact centre as anybody in it may look them up (genesys.md §1.6).
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import type { JsonObject } from '../../model/json.ts';
import { answerOne } from './collection.ts';
import { type Answer, done, type Exchange, notFound, refused } from './exchange.ts';
import { devicesOf, type Found, find, list, userNameOf } from './found.ts';
import { path } from './links.ts';
import { wanted, withFields } from './query.ts';
import { tenantOf } from './resources.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/**
 * `?type=User&limit=&offset=&sortBy=&order=&filterName=&filterParameters=`, and filters by property as for any
 * collection: always objects, never uris.
 */
export function listContacts(exchange: Exchange): Answer {
  const { view, query } = exchange;
  const parameter = (name: string): string => query.others.get(name) ?? '';
  const type = parameter('type') || 'User';
  if (type !== 'User') return refused({ kind: 'invalid', message: `Contact type '${type}' is not known` });
  const searched = parameter('filterParameters').toLowerCase();
  const filter = parameter('filterName');
  const sortBy = parameter('sortBy') || 'lastName';
  const sign = parameter('order').toLowerCase().startsWith('desc') ? -1 : 1;
  const everybody = list(view, tenantOf(exchange), 'user').map((user) => contactBody(exchange, user));
  const contacts = wanted('contacts', everybody, query.others)
    .filter((contact) => searched === '' || isMatch(contact, filter, searched))
    .sort((a, b) => sign * String(a[sortBy] ?? '').localeCompare(String(b[sortBy] ?? '')));
  const offset = whole(parameter('offset'), 0);
  const page = contacts.slice(offset, offset + Math.min(whole(parameter('limit'), LIMIT_DEFAULT), LIMIT_MAX));
  return done({ contacts: page.map((contact) => withFields(contact, query)) });
}

export function readContact(exchange: Exchange): Answer {
  const { id = '' } = exchange.params;
  const user = find(exchange.view, tenantOf(exchange), 'user', id);
  return user === undefined ? notFound('Contact', id) : answerOne(exchange, 'contact', contactBody(exchange, user));
}

function contactBody({ view, uri }: Exchange, user: Found<User>): JsonObject {
  const { firstName, lastName, emailAddress } = user.attributes;
  const at = path('contacts', user.id);
  const phoneNumbers = devicesOf(view, user).map(({ attributes }) => ({ phoneNumber: attributes.phoneNumber }));
  const userName = userNameOf(user.attributes);
  return {
    id: user.id,
    name: userName,
    type: 'User',
    userName,
    firstName,
    lastName,
    emailAddress: emailAddress ?? '',
    phoneNumbers,
    uri: uri(at),
    path: at,
  };
}

/** In the property that is named, or in any name where none is. */
function isMatch(contact: JsonObject, filter: string, searched: string): boolean {
  const names = Object.hasOwn(contact, filter) ? [filter] : ['userName', 'firstName', 'lastName'];
  return names.some((name) => String(contact[name]).toLowerCase().includes(searched));
}

function whole(text: string, fallback: number): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}
