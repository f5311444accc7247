import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kinds } from '../../machines/index.ts';
import { projections } from '../../projections/index.ts';
import { stateOf } from '../support/any-state.ts';
import { Chains, projected } from '../support/given.ts';

test.each([...kinds])('no record of the form of a %s stops a projection', (name, kind) => {
  const history = fc.array(fc.tuple(fc.nat(2), stateOf(kind)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(history, (records) => {
      const chains = new Chains();
      for (const [id, draft] of records) chains.add({ tenant: 'genesys', kind: name, id: `one-${id}` }, draft);
      const { database, view } = projected(chains.stored, projections, 3);
      expect(view.position).toBe(records.length);
      database.close();
    }),
    { numRuns: 60 },
  );
});
