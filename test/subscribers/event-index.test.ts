import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode } from '../../src/log/codec.ts';
import type { LoggedTransition } from '../../src/model/transition.ts';
import { type EventFilter, isWanted } from '../../src/subscribers/event-filter.ts';
import { EventIndex } from '../../src/subscribers/event-index.ts';
import { Chains } from '../support/given.ts';

const TENANTS = ['acme', 'other'];
const KINDS = ['agent', 'skill', 'queue'];
/** Ids that could be taken for something else in the index. */
const IDS = ['a', 'kind', 'id/a', ''];

const records: readonly LoggedTransition[] = TENANTS.flatMap((tenant) =>
  KINDS.flatMap((kind) => IDS.map((id) => ({ tenant, kind, id }))),
)
  .reduce((chains, actor) => chains.add(actor, { event: { type: 'create' } }), new Chains())
  .stored.flatMap((stored) => {
    const decoded = decode(stored);
    return decoded.kind === 'record' ? [decoded.record] : [];
  });

const some = (values: readonly string[]) => fc.subarray([...values]).map((chosen) => new Set(chosen));
const filters: fc.Arbitrary<EventFilter> = fc
  .record({
    tenant: fc.option(fc.constantFrom(...TENANTS), { nil: undefined }),
    kinds: some(KINDS),
    ids: some(IDS),
    types: some(['ledgerline.agent.*', 'ledgerline.skill.create']),
  })
  .map(({ tenant, ...rest }) => (tenant === undefined ? rest : { ...rest, tenant }));

test('a record finds exactly those whose filter wants it, each once, also after some have left', () => {
  expect(records.length).toBeGreaterThan(10);
  fc.assert(
    fc.property(fc.array(fc.tuple(filters, fc.boolean()), { maxLength: 30 }), (drawn) => {
      const index = new EventIndex<{ readonly filter: EventFilter }>();
      const subscribers = drawn.map(([filter, stays]) => ({ filter, stays }));
      for (const subscriber of subscribers) index.add(subscriber);
      for (const subscriber of subscribers) if (!subscriber.stays) index.delete(subscriber);
      for (const record of records) {
        const found: unknown[] = [];
        index.forEach(record, (subscriber) => found.push(subscriber));
        const wanted = subscribers.filter(({ filter, stays }) => stays && isWanted(record, filter));
        expect(found).toHaveLength(wanted.length);
        expect(new Set(found)).toEqual(new Set(wanted));
      }
    }),
  );
});
