import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RecordContext, recordKind } from '../../../machines/record/machine.ts';
import { actorOf, START, type TestActor } from '../actor.ts';

const shelf = recordKind(
  'shelf',
  'public',
  z.strictObject({
    label: z.string(),
    colour: z.string().exactOptional(),
    books: z.int().exactOptional(),
    size: z.strictObject({ width: z.number(), height: z.number() }).exactOptional(),
  }),
);

const create = { type: 'create', attributes: { label: 'A', colour: 'red' } };
const aShelf = (): TestActor<RecordContext> => actorOf<RecordContext>(shelf, 's1').given(create);
const SHELF_A = { scope: 'tenant', name: 'shelf:A' } as const;
const SHELF_B = { scope: 'installation', name: 'shelf:B' } as const;
const OWNER = { owner: 'acme/shelf/s1' };
const A = { tenant: 'acme', kind: 'claim', id: 'shelf:A' };
const B = { tenant: 'installation', kind: 'claim', id: 'shelf:B' };

describe('a record', () => {
  it('holds the attributes it was created with', () => {
    const record = aShelf();
    expect(record.value).toBe('present');
    expect(record.context).toEqual({
      attributes: create.attributes,
      claims: [],
      createdAt: START,
      changedAt: START,
    });
  });

  it('is created once', () => {
    expect(aShelf().when(create)).toEqual({ kind: 'refused', reason: 'exists' });
  });

  it('takes nothing before it is created', () => {
    expect(actorOf(shelf).when({ type: 'change', set: { label: 'B' } }).kind).toBe('unhandled');
  });

  it('changes by replacing, adding to and removing whole attributes', () => {
    const record = aShelf().wait(5);
    record.given({ type: 'change', set: { label: 'B', books: 3 }, unset: ['colour', 'size'], add: { books: 2 } });
    expect(record.context.attributes).toEqual({ label: 'B', books: 5 });
    expect(record.context).toMatchObject({ createdAt: START, changedAt: START + 5 });
  });

  it('takes a change that changes nothing, and does not call it one', () => {
    const record = aShelf().given({ type: 'change', set: { size: { width: 1, height: 2 } } });
    record.wait(5).given({ type: 'change', set: { size: { height: 2, width: 1 } }, unset: ['books'] });
    expect(record.context.changedAt).toBe(START);
  });

  it('counts from zero, and never below', () => {
    const record = aShelf().given({ type: 'change', add: { books: 2 } });
    expect(record.context.attributes.books).toBe(2);
    expect(record.when({ type: 'change', add: { books: -3 } })).toEqual({
      kind: 'refused',
      reason: 'belowZero',
      details: { attributes: ['books'] },
    });
  });

  it('refuses a change that expects something else than there is', () => {
    const change = { type: 'change', set: { label: 'B' } };
    expect(aShelf().when({ ...change, expect: { label: 'C', colour: 'red', books: 1 } })).toEqual({
      kind: 'refused',
      reason: 'changed',
      details: { attributes: ['label', 'books'] },
    });
    expect(aShelf().when({ ...change, expect: { label: 'A', colour: 'red', books: null } }).kind).toBe('moved');
  });

  it('can be checked without a change', () => {
    const check = { type: 'check', expect: { label: 'A', books: null } };
    expect(aShelf().when(check).kind).toBe('moved');
    expect(
      aShelf()
        .given({ type: 'change', add: { books: 1 } })
        .when(check),
    ).toEqual({
      kind: 'refused',
      reason: 'changed',
      details: { attributes: ['books'] },
    });
    expect(shelf.checks).toEqual(['check']);
  });

  it('is gone for good once removed', () => {
    const record = aShelf().given({ type: 'remove' });
    expect(record.value).toBe('removed');
    expect(record.when(create)).toEqual({ kind: 'finished' });
  });
});

describe('the claims of a record', () => {
  const claiming = () => actorOf<RecordContext>(shelf, 's1').given({ ...create, claims: [SHELF_A, SHELF_A] });

  it('are held from its creation, each in its scope and once', () => {
    expect(claiming().tells).toEqual([{ to: A, event: { type: 'hold', ...OWNER } }]);
    expect(claiming().context.claims).toEqual([SHELF_A]);
  });

  it('are released and held as a change says, dropped ones first', () => {
    const record = claiming().given({ type: 'change', claims: [SHELF_B] });
    expect(record.tells).toEqual([
      { to: A, event: { type: 'release', ...OWNER } },
      { to: B, event: { type: 'hold', ...OWNER } },
    ]);
    expect(record.context.claims).toEqual([SHELF_B]);
  });

  it('stay where a change does not speak of them', () => {
    const record = claiming().given({ type: 'change', set: { label: 'C' } });
    expect([record.tells, record.context.claims]).toEqual([[], [SHELF_A]]);
  });

  it('are all released by its end', () => {
    const record = claiming()
      .given({ type: 'change', claims: [SHELF_A, SHELF_B] })
      .given({ type: 'remove' });
    expect(record.tells).toEqual([
      { to: A, event: { type: 'release', ...OWNER } },
      { to: B, event: { type: 'release', ...OWNER } },
    ]);
    expect(record.context.claims).toEqual([]);
  });
});

describe('the events of a kind', () => {
  const accepts = (event: { readonly type: string }) => shelf.events[event.type]?.safeParse(event).success;

  it('take the attributes of the kind and no others', () => {
    expect(accepts({ type: 'create', attributes: { label: 'A' } } as never)).toBe(true);
    expect(accepts({ type: 'create', attributes: {} } as never)).toBe(false);
    expect(accepts({ type: 'create', attributes: { label: 'A', weight: 1 } } as never)).toBe(false);
    expect(accepts({ type: 'change', set: { weight: 1 } } as never)).toBe(false);
    expect(accepts({ type: 'change', expect: { weight: 1 } } as never)).toBe(false);
  });

  it('remove only what may be absent, and add only to whole numbers', () => {
    expect(accepts({ type: 'change', unset: ['colour'], add: { books: 1 } } as never)).toBe(true);
    expect(accepts({ type: 'change', unset: ['label'] } as never)).toBe(false);
    expect(accepts({ type: 'change', add: { colour: 1 } } as never)).toBe(false);
    expect(accepts({ type: 'change', add: { books: 0.5 } } as never)).toBe(false);
  });
});
