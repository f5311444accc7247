/**
 * A personal contact as this dialect writes it and as the directory keeps it. Every value is text; what is absent stays
 * absent; `id` is never the client's to choose.
 */
import type { Contact } from '../../../../machines/record/attributes/people.ts';
import type { DirectoryEntry } from '../../../../projections/directory.ts';
import { isJsonObject } from '../../../http/body.ts';
import type { Json, JsonObject } from '../../../model/json.ts';

/** As the document writes it, in its order. */
export const FIELDS = ['firstname', 'lastname', 'number', 'mobile', 'fax', 'email', 'company'] as const;
export type Field = (typeof FIELDS)[number];

/** What a contact says, by the document's names. */
export type Content = Readonly<Partial<Record<Field, string>>>;

export interface StoredContact {
  readonly id: string;
  readonly content: Content;
  readonly favourite: boolean;
}

const ATTRIBUTES = {
  firstname: 'firstName',
  lastname: 'lastName',
  number: 'number',
  mobile: 'mobile',
  fax: 'fax',
  email: 'email',
  company: 'company',
} as const satisfies Record<Field, keyof Contact>;

const CHARS_MAX = 255;

export type Read = { readonly ok: true; readonly content: Content } | { readonly ok: false; readonly problem: string };

/** A contact a client sent. `id` is ignored. */
export function readContact(body: Json | undefined): Read {
  if (!isJsonObject(body)) return wrong('A contact is an object');
  const content: Partial<Record<Field, string>> = {};
  for (const [key, value] of Object.entries(body)) {
    if (key === 'id') continue;
    if (!isField(key)) return wrong(key === '' ? 'A key is empty' : `unknown attribute "${key.slice(0, 64)}"`);
    if (typeof value !== 'string') return wrong(`${key} must be a string`);
    content[key] = value;
  }
  const problem = problemOf(content);
  return problem === undefined ? { ok: true, content } : wrong(problem);
}

/** Why a contact cannot be kept; undefined when it can. */
export function problemOf(content: Content): string | undefined {
  const texts = Object.entries(content);
  const long = texts.find(([, text]) => text.length > CHARS_MAX);
  if (long !== undefined) return `${long[0]} is longer than ${CHARS_MAX} characters`;
  return texts.some(([, text]) => text !== '') ? undefined : 'the contact is empty';
}

export function isField(key: string): key is Field {
  return (FIELDS as readonly string[]).includes(key);
}

export function attributesOf(user: string, content: Content): JsonObject {
  const named = Object.entries(content).map(([field, value]) => [ATTRIBUTES[field as Field], value]);
  return { user, ...Object.fromEntries(named) };
}

/** The attributes that a contact with this content does not have. */
export function attributesWithout(content: Content): readonly string[] {
  return FIELDS.filter((field) => content[field] === undefined).map((field) => ATTRIBUTES[field]);
}

export function storedContact({ actor, attributes: contact }: DirectoryEntry<'contact'>): StoredContact {
  const content: Partial<Record<Field, string>> = {};
  for (const field of FIELDS) {
    const value = contact[ATTRIBUTES[field]];
    if (value !== undefined) content[field] = value;
  }
  return { id: actor.id, content, favourite: contact.favourite === true };
}

/** In the document's order, whatever the order in which it was sent. */
export function contactJson({ id, content }: Pick<StoredContact, 'id' | 'content'>): JsonObject {
  const given = FIELDS.flatMap((field) => (content[field] === undefined ? [] : [[field, content[field]] as const]));
  return { id, ...Object.fromEntries(given) };
}

/** Equal for contacts that a line of CSV cannot tell apart: what is empty there is absent. */
export function sameness(content: Content): string {
  return JSON.stringify(FIELDS.map((field) => content[field] ?? ''));
}

function wrong(problem: string): Read {
  return { ok: false, problem };
}
