/**
 * By which keys the directory's records are found: their aliases, sign-in names, and the attributes named in KEYS.
 */
import { contentOf } from '../../machines/record/contact-content.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';

/**
 * Attributes that find a record of their kind: a text or number, or a list of them; `members.agent` is the `agent` of each
 * object in `members`. Beside these, every alias is a key `alias:<dialect>`, every sign-in name a key `login:<dialect>`,
 * and what a contact says a key `content`.
 */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  telco: ['name'],
  product: ['name'],
  role: ['name'],
  tenant: ['name', 'telco', 'domain'],
  user: ['agentNumber', 'agent', 'telco', 'extensions', 'devices', 'emailAddress'],
  contact: ['user'],
  preference: ['user', 'section'],
  'push-token': ['user'],
  credential: ['user'],
  token: ['sha256', 'user'],
  extension: ['number', 'user'],
  device: ['phoneNumber', 'extension', 'user', 'place'],
  place: ['name', 'devices'],
  'resource-group': ['name', 'numbers'],
  queue: ['name', 'extension', 'alternateExtensions', 'accessNumbers', 'members.agent'],
  'outbound-queue': ['name', 'extension', 'alternateExtensions'],
  'conditional-route': ['name', 'extension', 'alternateExtensions'],
  vrq: ['name', 'extension', 'alternateExtensions'],
  skill: ['name'],
  'presence-option': ['name'],
  'agent-state': ['operationName'],
  qualification: ['queues'],
  'qualification-answer': ['number'],
  'service-configuration': ['name'],
};

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
  for (const key of KEYS[kind] ?? [])
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
