/**
 * What is counted against the limits of each tenant: one row for every licence that a record of the directory takes. So a
 * count is right whoever made the record, through whichever door.
 */
import { type Licence, licencesOf } from '../machines/record/licences.ts';
import { keyOf } from '../src/model/actor-id.ts';
import type { JsonObject } from '../src/model/json.ts';
import type { Projection, View } from '../src/model/projection.ts';

export const licences: Projection = {
  name: 'licences',
  version: 1,
  kinds: ['extension', 'queue'],
  newestOnly: true,
  tables: `
CREATE TABLE licences (
  actor TEXT NOT NULL, -- key of the record
  licence TEXT NOT NULL,
  tenant TEXT NOT NULL,
  PRIMARY KEY (actor, licence)
) WITHOUT ROWID;
CREATE INDEX licences_tenant ON licences (tenant, licence);`,

  project({ actor, transition }, tables) {
    const { version, state } = transition.data;
    const key = keyOf(actor);
    if (version > 1) tables.run('DELETE FROM licences WHERE actor = ?', key);
    if (state.done === true) return;
    for (const licence of licencesOf(actor.kind, (state.context.attributes ?? {}) as JsonObject))
      tables.run('INSERT INTO licences (actor, licence, tenant) VALUES (?, ?, ?)', key, licence, actor.tenant);
  },
};

/** How many records of a tenant take the licence. */
export function licencesTaken(view: View, tenant: string, licence: Licence): number {
  const row = view.get<{ readonly taken: number }>(
    'SELECT count(*) AS taken FROM licences WHERE tenant = ? AND licence = ?',
    tenant,
    licence,
  );
  return row?.taken ?? 0;
}
