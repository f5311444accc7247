/** What holds for every read model, present and future: they take part through the roster. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projections } from '../../projections/index.ts';
import { projected, tablesOf } from '../support/given.ts';
import { histories } from '../support/histories.ts';

test.each(projections)('$name is the same however the log is cut into chunks', (projection) => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 7 }), (stored, chunk) => {
      const whole = tablesOf(projected(stored, [projection]).database);
      expect(tablesOf(projected(stored, [projection], chunk).database)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test.each(projections)('$name does not depend on the other projections', (projection) => {
  fc.assert(
    fc.property(histories, (stored) => {
      const among = tablesOf(projected(stored, projections).database);
      const alone = tablesOf(projected(stored, [projection]).database);
      delete among.projected_by;
      delete alone.projected_by;
      expect(among).toMatchObject(alone);
    }),
    { numRuns: 30 },
  );
});

test('the names and the tables of projections are their own', () => {
  expect(new Set(projections.map(({ name }) => name)).size).toBe(projections.length);
  for (const { name, tables } of projections)
    for (const [, table] of tables.matchAll(/CREATE TABLE (\w+)/g)) expect(table).toMatch(new RegExp(`^${name}(_|$)`));
});
