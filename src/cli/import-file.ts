/**
 * Files of records. JSON: a list of `{kind, tenant, id, attributes}`, as `ledgerline export` writes it, or an object with a
 * list per collection, `{"users": [{"id": …, …}]}`. CSV: one kind per file, a heading of attribute names (`logins.0.name`
 * reaches inside), each cell text or JSON as the attribute wants, an empty cell for "absent".
 */
import { parse } from 'csv-parse/sync';
import { messageOf } from '../errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { type ApiDocument, valueAs } from './api-document.ts';
import { wrongUse } from './exit.ts';
import { collectionPath, type ImportEntry, KINDS, kindNamed } from './import-kinds.ts';

/** An entry, or what is wrong with the place where one should be. */
export type Read = ImportEntry | { readonly place: string; readonly problem: string };

/** `tenant`: of entries that name none. Throws wrong use when the file is not JSON of one of the two forms. */
export function readJson(text: string, tenant: string | undefined): Read[] {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw wrongUse(`the file is not JSON: ${messageOf(error)}`);
  }
  if (Array.isArray(value)) {
    return value.map((one: Json, index) => entryFrom(objectOf(one), `entry ${index + 1}`, tenant));
  }
  const { tenant: named, ...lists } = objectOf(value) ?? {};
  const fallback = typeof named === 'string' ? named : tenant;
  return Object.entries(lists).flatMap(([plural, list]) =>
    (Array.isArray(list) ? list : [list]).map((one: Json, index) => {
      const { id, tenant: own, ...attributes } = objectOf(one) ?? {};
      const entry = {
        kind: plural,
        attributes,
        ...(id === undefined ? {} : { id }),
        ...(own === undefined ? {} : { tenant: own }),
      };
      return entryFrom(entry, `${plural} ${index + 1}`, fallback);
    }),
  );
}

export interface CsvOf {
  readonly kind: string;
  readonly tenant: string | undefined;
  readonly document: ApiDocument;
}

/** Throws wrong use when the file is not CSV. */
export function readCsv(text: string, { kind, tenant, document }: CsvOf): Read[] {
  let rows: { readonly info: { readonly lines: number }; readonly record: Record<string, string> }[];
  try {
    rows = parse(text, { columns: headingOf, info: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw wrongUse(`the file is not CSV: ${messageOf(error)}`);
  }
  const attributes = document.attributesAt(collectionPath({ kind, tenant: 'any', attributes: { user: 'any' } }));
  return rows.map(({ info, record }) => {
    const place = `line ${info.lines}`;
    const { id, tenant: own, ...cells } = record;
    try {
      const entry = {
        kind,
        attributes: attributesOf(cells, attributes),
        ...(id ? { id } : {}),
        ...(own ? { tenant: own } : {}),
      };
      return entryFrom(entry, place, tenant);
    } catch (error) {
      return { place, problem: messageOf(error) };
    }
  });
}

/** Spreadsheets leave columns without a name behind. */
function headingOf(names: readonly string[]): string[] {
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`its heading names ${twice} twice`);
  return [...names];
}

function entryFrom(given: JsonObject | undefined, place: string, fallback: string | undefined): Read {
  if (given === undefined) return { place, problem: 'is no object: write {"kind", "id", "attributes"}' };
  const { kind: word, id, attributes: named } = given;
  if (word === undefined) return { place, problem: 'names no kind' };
  const attributes = objectOf(named ?? null);
  const kind = kindNamed(String(word));
  if (kind === undefined) {
    return { place, problem: `"${word}" cannot be imported; ${KINDS.map((one) => one.kind).join(', ')} can` };
  }
  if (attributes === undefined) return { place, problem: 'has no attributes' };
  const tenant = given.tenant ?? (kind === 'tenant' ? id : fallback);
  if (typeof tenant !== 'string') return { place, problem: 'names no tenant; say which with --tenant' };
  if (kind === 'credential' && typeof attributes.user !== 'string') return { place, problem: 'names no user' };
  const shown = kind === 'tenant' ? tenant : id;
  return { place, kind, tenant, attributes, ...(shown === undefined ? {} : { id: String(shown) }) };
}

function attributesOf(cells: Readonly<Record<string, string>>, schemas: JsonObject): JsonObject {
  const attributes: Record<string, Json> = {};
  for (const [path, cell] of Object.entries(cells)) {
    if (cell !== '') put(attributes, path.split('.'), valueAs(schemas, path, cell));
  }
  return listed(attributes) as JsonObject;
}

function put(into: Record<string, Json>, [step = '', ...rest]: readonly string[], value: Json): void {
  if (['__proto__', 'constructor', 'prototype'].includes(step)) throw wrongUse(`${step} is no attribute`);
  if (rest.length === 0) {
    into[step] = value;
    return;
  }
  const inner = (into[step] ?? {}) as Record<string, Json>;
  into[step] = inner;
  put(inner, rest, value);
}

/** What was put under `0`, `1`, … becomes a list. */
function listed(value: Json): Json {
  const inner = objectOf(value);
  if (inner === undefined) return value;
  const entries = Object.entries(inner).map(([name, one]) => [name, listed(one)] as const);
  const isList = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name));
  return isList ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}

function objectOf(value: Json): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
