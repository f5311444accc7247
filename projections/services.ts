/**
 * Services that are alive, what they refer to in the blob store, and the access numbers and codes by which they are
 * found. A service that has ended has no row. Codes are secret: `reservationOf` and `reservationsFor` alone read them,
 * for whoever gives out or matches one.
 */
import type { Files, Texts } from '../machines/service/events.ts';
import type { JsonObject } from '../src/model/json.ts';
import type { Position } from '../src/model/position.ts';
import type { Projection, Tables, View } from '../src/model/projection.ts';
import { contextOf, type LoggedTransition } from '../src/model/transition.ts';

export const services: Projection = {
  name: 'services',
  version: 3,
  kinds: ['service', 'reservation'],
  tables: `
CREATE TABLE services (
  created INTEGER PRIMARY KEY, -- position of the first record: lists are in this order
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  phone_number TEXT,
  expires_at INTEGER,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (id, tenant)
);
CREATE TABLE services_files (
  digest TEXT NOT NULL,
  service INTEGER NOT NULL, -- its created
  PRIMARY KEY (digest, service)
) WITHOUT ROWID;
CREATE INDEX services_files_service ON services_files (service);
CREATE TABLE services_reservations (
  tenant TEXT NOT NULL,
  service TEXT NOT NULL,
  access_number TEXT NOT NULL,
  access_code TEXT,
  held INTEGER NOT NULL, -- position of the record that took it: the newest is the highest
  expires_at INTEGER,
  PRIMARY KEY (tenant, service)
) WITHOUT ROWID;
CREATE INDEX services_reservations_number ON services_reservations (access_number, access_code);`,

  project(record, tables) {
    if (record.actor.kind === 'service') projectService(record, tables);
    else projectReservation(record, tables);
  },
};

function projectService({ actor, position, transition }: LoggedTransition, tables: Tables): void {
  const { state, version } = transition.data;
  const { tenant, id } = actor;
  const before = tables.get<{ readonly created: Position }>(
    'SELECT created FROM services WHERE id = ? AND tenant = ?',
    id,
    tenant,
  );
  const created = before?.created ?? position;
  if (before !== undefined) tables.run('DELETE FROM services_files WHERE service = ?', created);
  const { context } = state;
  if (context.endedAt !== null) {
    tables.run('DELETE FROM services WHERE created = ?', created);
    return;
  }
  const { phoneNumber, expiresAt, files } = contextOf<ServiceRecord>(transition);
  tables.run(
    `INSERT INTO services (created, tenant, id, phone_number, expires_at, version, position, context)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (created) DO UPDATE SET phone_number = ?4, expires_at = ?5, version = ?6, position = ?7, context = ?8`,
    created,
    tenant,
    id,
    phoneNumber,
    expiresAt,
    version,
    position,
    JSON.stringify(context),
  );
  for (const { digest } of Object.values(files))
    tables.run('INSERT OR IGNORE INTO services_files (digest, service) VALUES (?, ?)', digest, created);
}

function projectReservation({ actor, position, transition }: LoggedTransition, tables: Tables): void {
  const { accessNumber, accessCode, expiresAt } = contextOf<HeldRecord>(transition);
  tables.run('DELETE FROM services_reservations WHERE tenant = ? AND service = ?', actor.tenant, actor.id);
  if (accessNumber === null) return;
  tables.run(
    `INSERT INTO services_reservations (tenant, service, access_number, access_code, held, expires_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    actor.tenant,
    actor.id,
    accessNumber,
    accessCode,
    position,
    expiresAt,
  );
}

export interface ServiceEntry {
  readonly tenant: string;
  readonly id: string;
  readonly configuration: string;
  /** What it does. */
  readonly service: string;
  readonly user: string | null;
  readonly phoneNumber: string | null;
  /** Times are ms since 1970; null: never. */
  readonly expiresAt: number | null;
  readonly texts: Texts;
  readonly files: Files;
  readonly reservation: { readonly accessNumber: string; readonly expiresAt: number | null } | null;
  readonly call: string | null;
  readonly chat: { readonly id: string; readonly open: boolean } | null;
  readonly version: number;
  readonly position: Position;
  readonly created: Position;
}

/** A live service; also gone when its time is over and its end not recorded yet. */
export function service(view: View, tenant: string, id: string): ServiceEntry | undefined {
  const row = view.get<ServiceRow>(
    'SELECT * FROM services WHERE id = ? AND tenant = ? AND coalesce(expires_at > ?, 1)',
    id,
    tenant,
    view.now,
  );
  return row === undefined ? undefined : shown(row);
}

/** True while a service keeps a file of that digest, in any tenant. */
export function isFileKept(view: View, digest: string): boolean {
  return view.get('SELECT 1 FROM services_files WHERE digest = ? LIMIT 1', digest) !== undefined;
}

/** Every live service that keeps files, with their digests. */
export function fileOwners(
  view: View,
): { readonly tenant: string; readonly id: string; readonly digests: readonly string[] }[] {
  const rows = view.all<{ readonly tenant: string; readonly id: string; readonly digests: string }>(
    `SELECT tenant, id, json_group_array(digest) AS digests
     FROM services_files JOIN services ON services.created = services_files.service GROUP BY created ORDER BY created`,
  );
  return rows.map(({ tenant, id, digests }) => ({ tenant, id, digests: JSON.parse(digests) as string[] }));
}

export interface ReservationEntry {
  readonly service: string;
  readonly accessNumber: string;
  /** Secret. */
  readonly accessCode: string | null;
  readonly expiresAt: number | null;
  readonly phoneNumber: string | null;
}

/** What a service holds. The code in it is secret. */
export function reservationOf(view: View, tenant: string, id: string): ReservationEntry | undefined {
  return reservations(view, 'WHERE tenant = ? AND service = ?', tenant, id)[0];
}

/** Live services reached by an access number, the newest reservation first. The codes in them are secret. */
export function reservationsFor(view: View, tenant: string, accessNumber: string): ReservationEntry[] {
  const byNumber = 'INDEXED BY services_reservations_number WHERE tenant = ? AND access_number = ?';
  return reservations(view, byNumber, tenant, accessNumber);
}

interface ServiceRow {
  readonly created: Position;
  readonly tenant: string;
  readonly id: string;
  readonly version: number;
  readonly position: Position;
  readonly context: string;
}

/** What the service kind wrote; its own schemas have checked it. */
type ServiceRecord = Omit<ServiceEntry, 'tenant' | 'id' | 'version' | 'position' | 'created'> & JsonObject;
interface HeldRecord {
  readonly accessNumber: string | null;
  readonly accessCode: string | null;
  readonly expiresAt: number | null;
}

function shown({ context, tenant, id, version, position, created }: ServiceRow): ServiceEntry {
  const record = JSON.parse(context) as ServiceRecord;
  const { configuration, service: word, user, phoneNumber, expiresAt, texts, files, reservation, call, chat } = record;
  return {
    ...{ tenant, id, configuration, service: word, user, phoneNumber, expiresAt, texts, files },
    ...{ reservation, call, chat, version, position, created },
  };
}

function reservations(view: View, which: string, ...values: readonly [string, string]): ReservationEntry[] {
  return view.all<ReservationEntry>(
    `SELECT reservations.service, access_number AS accessNumber, access_code AS accessCode,
            reservations.expires_at AS expiresAt, phone_number AS phoneNumber
     FROM (SELECT * FROM services_reservations ${which}) AS reservations
     JOIN services ON services.id = reservations.service AND services.tenant = reservations.tenant
     WHERE coalesce(services.expires_at > ?, 1) AND coalesce(reservations.expires_at > ?, 1)
     ORDER BY held DESC`,
    ...values,
    view.now,
    view.now,
  );
}
