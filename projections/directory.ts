/**
 * The directory: every record with attributes (users, extensions, queues, roles, …) as it is now, and the keys by which
 * dialects look them up: their aliases, sign-in names, and the attributes named in KEYS. A removed record has no row.
 * Records of private kinds (credentials, tokens) are here too, since sign-on needs them; only the queries whose name says
 * `secret` return them, and no other query ever does.
 */
import { contentOf } from '../machines/record/contact-content.ts';
import type { ActorId } from '../src/model/actor-id.ts';
import type { Json, JsonObject } from '../src/model/json.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, Tables, View } from '../src/model/projection.ts';
import type { LoggedTransition } from '../src/model/transition.ts';

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

export const directory: Projection = {
  name: 'directory',
  version: 2,
  tables: `
CREATE TABLE directory (
  created INTEGER PRIMARY KEY, -- position of the first record: lists are in this order
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  private INTEGER NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  attributes TEXT NOT NULL,
  UNIQUE (id, kind, tenant)
);
CREATE INDEX directory_kind ON directory (tenant, kind);
CREATE TABLE directory_keys (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created INTEGER NOT NULL, -- of the record
  PRIMARY KEY (value, key, kind, created)
) WITHOUT ROWID;
CREATE INDEX directory_keys_record ON directory_keys (created);`,

  project(record, tables) {
    const { actor, transition } = record;
    const { attributes } = transition.data.state.context;
    if (!isObject(attributes)) return;
    const before = tables.get<{ readonly created: Position }>(
      'SELECT created FROM directory WHERE id = ? AND kind = ? AND tenant = ?',
      actor.id,
      actor.kind,
      actor.tenant,
    );
    const created = before?.created ?? record.position;
    if (before !== undefined) tables.run('DELETE FROM directory_keys WHERE created = ?', created);
    if (transition.data.state.done === true) tables.run('DELETE FROM directory WHERE created = ?', created);
    else write(tables, record, created, attributes);
  },
};

export interface DirectoryEntry {
  readonly actor: ActorId;
  readonly attributes: JsonObject;
  readonly version: number;
  readonly position: Position;
  readonly created: Position;
  /** ms since 1970. */
  readonly createdAt: number;
  /** When an attribute last became another. */
  readonly modifiedAt: number;
}

/** Which records to list; `after` is the `created` of the last one seen. */
export interface DirectoryPage {
  readonly tenant: string;
  readonly kind: string;
  readonly after?: Position;
  readonly limit: number;
}

/** What to look for: a keyed attribute (see KEYS) of a kind, in one tenant or, without it, in all. */
export interface DirectoryKey {
  readonly kind: string;
  readonly key: string;
  readonly value: string | number;
  readonly tenant?: string;
}

/** What a dialect calls an object. */
export interface DirectoryAlias {
  readonly kind: string;
  readonly dialect: string;
  readonly id: string;
  readonly tenant?: string;
}

/** What somebody signs in to a dialect as. */
export interface DirectoryLogin {
  readonly kind: string;
  readonly dialect: string;
  readonly name: string;
  readonly tenant?: string;
}

export function entry(view: View, actor: ActorId): DirectoryEntry | undefined {
  return one(view, actor, 0);
}

/** Records of a kind in the order in which they were created. */
export function entriesOf(view: View, page: DirectoryPage): DirectoryEntry[] {
  return list(view, page, 0);
}

export function entryCount(view: View, tenant: string, kind: string): number {
  const row = view.get<{ readonly count: number }>(
    'SELECT count(*) AS count FROM directory WHERE tenant = ? AND kind = ? AND private = 0',
    tenant,
    kind,
  );
  return row?.count ?? 0;
}

/** Records with a key, the oldest first. Names that are unique in their range give at most one. */
export function entriesBy(view: View, key: DirectoryKey): DirectoryEntry[] {
  return by(view, key, 0);
}

/** Records that a dialect knows under this id, the oldest first. */
export function entriesByAlias(view: View, { dialect, id, ...rest }: DirectoryAlias): DirectoryEntry[] {
  return by(view, { ...rest, key: `alias:${dialect}`, value: id }, 0);
}

/** Records whose owner signs in to a dialect by this name: at most one of a kind, since such names are claimed. */
export function entriesByLogin(view: View, { dialect, name, ...rest }: DirectoryLogin): DirectoryEntry[] {
  return by(view, { ...rest, key: `login:${dialect}`, value: name }, 0);
}

/** A record of a private kind. For sign-on only: nothing of it may be shown. */
export function secretEntry(view: View, actor: ActorId): DirectoryEntry | undefined {
  return one(view, actor, 1);
}

/** Records of a private kind in the order in which they were created. Of each, show what is no secret at most. */
export function secretEntriesOf(view: View, page: DirectoryPage): DirectoryEntry[] {
  return list(view, page, 1);
}

/** As `entriesByLogin`, for credentials. For sign-on only: nothing of them may be shown. */
export function secretEntriesByLogin(view: View, { dialect, name, ...rest }: DirectoryLogin): DirectoryEntry[] {
  return by(view, { ...rest, key: `login:${dialect}`, value: name }, 1);
}

/** Records of a private kind with a key, the oldest first. For sign-on only: nothing of them may be shown. */
export function secretEntriesBy(view: View, key: DirectoryKey): DirectoryEntry[] {
  return by(view, key, 1);
}

interface DirectoryRow {
  readonly created: Position;
  readonly tenant: string;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly position: Position;
  readonly created_at: number;
  readonly modified_at: number;
  readonly attributes: string;
}

type Private = 0 | 1;

/** Answers that are kept per view; when there are more, all are dropped. */
const KEPT_MAX = 20_000;
const kept = new WeakMap<View, Map<string, { readonly at: Position; readonly entries: DirectoryEntry[] }>>();

/** The directory is asked far more often than it changes: an answer holds until a record of its kind is written. */
function keeping(view: View, kind: string, question: string, ask: () => DirectoryEntry[]): DirectoryEntry[] {
  const answers = kept.get(view) ?? new Map();
  if (answers.size === 0 || answers.size > KEPT_MAX) {
    answers.clear();
    kept.set(view, answers);
  }
  const at = view.changedAt(kind);
  const known = answers.get(question);
  if (known?.at === at) return known.entries;
  const entries = ask();
  answers.set(question, { at, entries });
  return entries;
}

function one(view: View, { tenant, kind, id }: ActorId, secret: Private): DirectoryEntry | undefined {
  return keeping(view, kind, `one\0${kind}\0${tenant}\0${id}\0${secret}`, () =>
    view
      .all<DirectoryRow>(
        'SELECT * FROM directory WHERE id = ? AND kind = ? AND tenant = ? AND private = ?',
        id,
        kind,
        tenant,
        secret,
      )
      .map(shown),
  )[0];
}

function list(view: View, { tenant, kind, after = 0, limit }: DirectoryPage, secret: Private): DirectoryEntry[] {
  return keeping(view, kind, `list\0${kind}\0${tenant}\0${after}\0${limit}\0${secret}`, () =>
    view
      .all<DirectoryRow>(
        'SELECT * FROM directory WHERE tenant = ? AND kind = ? AND created > ? AND private = ? ORDER BY created LIMIT ?',
        tenant,
        kind,
        after,
        secret,
        limit,
      )
      .map(shown),
  ).slice();
}

function by(view: View, { kind, key, value, tenant }: DirectoryKey, secret: Private): DirectoryEntry[] {
  return keeping(view, kind, `by\0${kind}\0${key}\0${tenant ?? ''}\0${secret}\0${value}`, () =>
    view
      .all<DirectoryRow>(
        `SELECT directory.* FROM directory_keys AS keys JOIN directory USING (created)
         WHERE keys.value = ? AND keys.key = ? AND keys.kind = ? AND directory.private = ? AND directory.tenant = coalesce(?, tenant)
         ORDER BY created`,
        String(value).slice(0, KEY_LENGTH_MAX),
        key,
        kind,
        secret,
        tenant ?? null,
      )
      .map(shown),
  ).slice();
}

function shown(row: DirectoryRow): DirectoryEntry {
  const { tenant, kind, id, version, position, created, created_at, modified_at, attributes } = row;
  return {
    actor: { tenant, kind, id },
    attributes: JSON.parse(attributes) as JsonObject,
    version,
    position,
    created,
    createdAt: created_at,
    modifiedAt: modified_at,
  };
}

function write(tables: Tables, record: LoggedTransition, created: Position, attributes: JsonObject): void {
  const { actor, position, time, transition, visibility } = record;
  const { changedAt } = transition.data.state.context;
  tables.run(
    `INSERT INTO directory (created, tenant, kind, id, private, version, position, created_at, modified_at, attributes)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
     ON CONFLICT (created) DO UPDATE SET version = ?6, position = ?7, modified_at = ?9, attributes = ?10`,
    created,
    actor.tenant,
    actor.kind,
    actor.id,
    visibility === 'private' ? 1 : 0,
    transition.data.version,
    position,
    time,
    typeof changedAt === 'number' ? changedAt : time,
    JSON.stringify(attributes),
  );
  for (const [key, value] of keysOf(actor.kind, attributes))
    tables.run(
      'INSERT OR IGNORE INTO directory_keys (kind, key, value, created) VALUES (?, ?, ?, ?)',
      actor.kind,
      key,
      value.slice(0, KEY_LENGTH_MAX),
      created,
    );
}

function keysOf(kind: string, attributes: JsonObject): (readonly [key: string, value: string])[] {
  const found: (readonly [string, string])[] = [];
  for (const { dialect, id } of objects(attributes.aliases))
    if (typeof dialect === 'string' && typeof id === 'string') found.push([`alias:${dialect}`, id]);
  for (const { dialect, name } of [attributes, ...objects(attributes.logins)])
    if (typeof dialect === 'string' && typeof name === 'string') found.push([`login:${dialect}`, name]);
  if (kind === 'contact') found.push(['content', contentOf(attributes)]);
  for (const key of KEYS[kind] ?? [])
    for (const value of valuesAt(attributes, key))
      if (typeof value === 'string' || typeof value === 'number') found.push([key, String(value)]);
  return found;
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

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
