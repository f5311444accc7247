/**
 * By which keys the directory's records are found: their aliases, sign-in names, and the attributes named in KEYS.
 */
import { contentOf } from '../../machines/record/contact-content.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

/**
 * Attributes that find a record of their kind: a text or number, or a list of them; `members.agent` is the `agent` of each
 * object in `members`. Beside these, every alias is a key `alias:<dialect>`, every sign-in name a key `login:<dialect>`,
 * and what a contact says a key `content`. Only what is asked for: each is a row per record.
 */
export const KEYS = {
  tenant: ['telco'],
  user: ['agentNumber', 'agent'],
  contact: ['user'],
  preference: ['user'],
  'push-token': ['user'],
  credential: ['user'],
  token: ['sha256'],
  extension: ['number', 'user'],
  device: ['phoneNumber', 'user'],
  'resource-group': ['name'],
  queue: ['extension', 'alternateExtensions', 'accessNumbers', 'members.agent'],
  'conditional-route': ['extension', 'alternateExtensions'],
  vrq: ['extension', 'alternateExtensions'],
  'presence-option': ['name'],
  'agent-state': ['operationName'],
  qualification: ['queues'],
  'service-configuration': ['name'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** By which records of a kind can be asked for. */
export type KeyOf<Kind extends string> =
  | (Kind extends keyof typeof KEYS ? (typeof KEYS)[Kind][number] : never)
  | (Kind extends 'contact' ? 'content' : never);

/** So much of a value is looked at. */
const KEY_LENGTH_MAX = 256;

/** Everything a record is found by. Values are cut to a bounded length: whoever looks one up asks `keyValue` for the same. */
export function keysOf(kind: string, attributes: JsonObject): (readonly [key: string, value: string])[] {
  const found: (readonly [string, string])[] = [];
  for (const { dialect, id } of objects(attributes.aliases))
    if (typeof dialect === 'string' && typeof id === 'string') found.push([`alias:${dialect}`, id]);
  for (const { dialect, name } of [attributes, ...objects(attributes.logins)])
    if (typeof dialect === 'string' && typeof name === 'string') found.push([`login:${dialect}`, name]);
  if (kind === 'contact') found.push(['content', contentOf(attributes)]);
  for (const key of (KEYS as Readonly<Record<string, readonly string[]>>)[kind] ?? [])
    for (const value of valuesAt(attributes, key))
      if (typeof value === 'string' || typeof value === 'number') found.push([key, String(value)]);
  return found.map(([key, value]) => [key, keyValue(value)]);
}

export function keyValue(value: string | number): string {
  return String(value).slice(0, KEY_LENGTH_MAX);
}

function valuesAt(attributes: JsonObject, key: string): readonly (Json | undefined)[] {
  const [name = '', member] = key.split('.');
  if (member === undefined) return listed(attributes[name]);
  return objects(attributes[name]).map((object) => object[member]);
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return listed(value).filter(isObject);
}

function listed(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : isList(value) ? value : [value];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
