/**
 * The directory: every record with attributes (users, extensions, queues, roles, …) as it is now, and the keys by which
 * dialects look them up: their aliases, sign-in names, and the attributes named in KEYS. A removed record has no row.
 * Where the kind is known the attributes are typed: its schema has checked them when they were recorded.
 * Records of private kinds (credentials, tokens) are here too, since sign-on needs them; only the queries whose name says
 * `secret` return them, and no other query ever does.
 */
import type { Attributes } from '../machines/record/attributes/by-kind.ts';
import type { ActorId } from '../src/model/actor-id.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, View } from '../src/model/projection.ts';
import { keeping, type Weighed } from './directory/kept-answers.ts';
import { isObject, type KeyOf, keyValue } from './directory/keys.ts';
import { write } from './directory/write.ts';

export const directory: Projection = {
  name: 'directory',
  version: 3,
  // Most records are of these, and none of them has attributes.
  exceptKinds: ['agent', 'call'],
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

export interface DirectoryEntry<Kind extends string = string> {
  readonly actor: ActorId;
  readonly attributes: Attributes<Kind>;
  readonly version: number;
  readonly position: Position;
  readonly created: Position;
  /** ms since 1970. */
  readonly createdAt: number;
  /** When an attribute last became another. */
  readonly modifiedAt: number;
}

/** Which records to list; `after` is the `created` of the last one seen. */
export interface DirectoryPage<Kind extends string = string> {
  readonly tenant: string;
  readonly kind: Kind;
  readonly after?: Position;
  readonly limit: number;
}

/** What to look for: a keyed attribute (see KEYS) of a kind, in one tenant or, without it, in all. */
export interface DirectoryKey<Kind extends string> {
  readonly kind: Kind;
  readonly key: KeyOf<Kind>;
  readonly value: string | number;
  readonly tenant?: string;
}

/** What a dialect calls an object. */
export interface DirectoryAlias<Kind extends string = string> {
  readonly kind: Kind;
  readonly dialect: string;
  readonly id: string;
  readonly tenant?: string;
}

/** What somebody signs in to a dialect as. */
export interface DirectoryLogin<Kind extends string = string> {
  readonly kind: Kind;
  readonly dialect: string;
  readonly name: string;
  readonly tenant?: string;
}

/** An actor of a kind. */
export interface RecordId<Kind extends string> extends ActorId {
  readonly kind: Kind;
}

export function entry<Kind extends string>(view: View, actor: RecordId<Kind>): DirectoryEntry<Kind> | undefined {
  return one(view, actor, 0);
}

/** Records of a kind in the order in which they were created. */
export function entriesOf<Kind extends string>(view: View, page: DirectoryPage<Kind>): DirectoryEntry<Kind>[] {
  return list(view, page, 0);
}

/** The record of a kind that was created last. */
export function newestEntry<Kind extends string>(
  view: View,
  tenant: string,
  kind: Kind,
): DirectoryEntry<Kind> | undefined {
  return keeping(view, kind, `newest\0${kind}\0${tenant}`, () =>
    weighed<Kind>(
      view.all<DirectoryRow>(
        'SELECT * FROM directory WHERE tenant = ? AND kind = ? AND private = 0 ORDER BY created DESC LIMIT 1',
        tenant,
        kind,
      ),
    ),
  )[0];
}

/** Records with a key, the oldest first. Names that are unique in their range give at most one. */
export function entriesBy<Kind extends string>(view: View, key: DirectoryKey<Kind>): DirectoryEntry<Kind>[] {
  return by(view, key, 0);
}

/** Records that a dialect knows under this id, the oldest first. */
export function entriesByAlias<Kind extends string>(
  view: View,
  { dialect, id, ...rest }: DirectoryAlias<Kind>,
): DirectoryEntry<Kind>[] {
  return by(view, { ...rest, key: `alias:${dialect}`, value: id }, 0);
}

/** Records whose owner signs in to a dialect by this name: at most one of a kind, since such names are claimed. */
export function entriesByLogin<Kind extends string>(
  view: View,
  { dialect, name, ...rest }: DirectoryLogin<Kind>,
): DirectoryEntry<Kind>[] {
  return by(view, { ...rest, key: `login:${dialect}`, value: name }, 0);
}

/** A record of a private kind. For sign-on only: nothing of it may be shown. */
export function secretEntry<Kind extends string>(view: View, actor: RecordId<Kind>): DirectoryEntry<Kind> | undefined {
  return one(view, actor, 1);
}

/** Records of a private kind in the order in which they were created. Of each, show what is no secret at most. */
export function secretEntriesOf<Kind extends string>(view: View, page: DirectoryPage<Kind>): DirectoryEntry<Kind>[] {
  return list(view, page, 1);
}

/** As `entriesByLogin`, for credentials. For sign-on only: nothing of them may be shown. */
export function secretEntriesByLogin<Kind extends string>(
  view: View,
  { dialect, name, ...rest }: DirectoryLogin<Kind>,
): DirectoryEntry<Kind>[] {
  return by(view, { ...rest, key: `login:${dialect}`, value: name }, 1);
}

/** Records of a private kind with a key, the oldest first. For sign-on only: nothing of them may be shown. */
export function secretEntriesBy<Kind extends string>(view: View, key: DirectoryKey<Kind>): DirectoryEntry<Kind>[] {
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

/** What an entry weighs beside its text. */
const ENTRY_CHARS = 300;

function one<Kind extends string>(
  view: View,
  { tenant, kind, id }: RecordId<Kind>,
  secret: Private,
): DirectoryEntry<Kind> | undefined {
  return keeping(view, kind, `one\0${kind}\0${tenant}\0${id}\0${secret}`, () =>
    weighed<Kind>(
      view.all<DirectoryRow>(
        'SELECT * FROM directory WHERE id = ? AND kind = ? AND tenant = ? AND private = ?',
        id,
        kind,
        tenant,
        secret,
      ),
    ),
  )[0];
}

function list<Kind extends string>(
  view: View,
  { tenant, kind, after = 0, limit }: DirectoryPage<Kind>,
  secret: Private,
): DirectoryEntry<Kind>[] {
  return keeping(view, kind, `list\0${kind}\0${tenant}\0${after}\0${limit}\0${secret}`, () =>
    weighed<Kind>(
      view.all<DirectoryRow>(
        'SELECT * FROM directory WHERE tenant = ? AND kind = ? AND created > ? AND private = ? ORDER BY created LIMIT ?',
        tenant,
        kind,
        after,
        secret,
        limit,
      ),
    ),
  ).slice();
}

function by<Kind extends string>(
  view: View,
  { kind, key, value, tenant }: Omit<DirectoryKey<Kind>, 'key'> & { readonly key: string },
  secret: Private,
): DirectoryEntry<Kind>[] {
  return keeping(view, kind, `by\0${kind}\0${key}\0${tenant ?? ''}\0${secret}\0${value}`, () =>
    weighed<Kind>(
      view.all<DirectoryRow>(
        `SELECT directory.* FROM directory_keys AS keys JOIN directory USING (created)
         WHERE keys.value = ? AND keys.key = ? AND keys.kind = ? AND directory.private = ? AND directory.tenant = coalesce(?, tenant)
         ORDER BY created`,
        keyValue(value),
        key,
        kind,
        secret,
        tenant ?? null,
      ),
    ),
  ).slice();
}

function weighed<Kind extends string>(rows: readonly DirectoryRow[]): Weighed<DirectoryEntry<Kind>[]> {
  const chars = rows.reduce((sum, { id, attributes }) => sum + id.length + attributes.length + ENTRY_CHARS, 0);
  return { answer: rows.map(shown<Kind>), chars };
}

/** The one cast: what stands in the table was checked by the schema of its kind. */
function shown<Kind extends string>(row: DirectoryRow): DirectoryEntry<Kind> {
  const { tenant, kind, id, version, position, created, created_at, modified_at, attributes } = row;
  return {
    actor: { tenant, kind, id },
    attributes: JSON.parse(attributes) as Attributes<Kind>,
    version,
    position,
    created,
    createdAt: created_at,
    modifiedAt: modified_at,
  };
}
