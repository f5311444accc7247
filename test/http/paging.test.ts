import { describe, expect, test } from 'vitest';
import { pageOf, toPage } from '../../src/http/paging.ts';

const page = (query: string) => pageOf(new URLSearchParams(query));

describe('pages', () => {
  test('walking from cursor to cursor meets every row once and ends', () => {
    const rows = ['a', 'bé', 'c', 'd', 'e'];
    const met: string[] = [];
    let query = 'limit=2';
    for (let turn = 0; turn < 3; turn++) {
      const asked = page(query);
      if (!asked.ok) throw new Error('the server refuses its own cursor');
      const { limit, after } = asked.value;
      const rest = rows.filter((row) => after === undefined || row > after).slice(0, limit + 1);
      const { items, next } = toPage(rest, limit, (row) => row);
      met.push(...items);
      query = `limit=2&cursor=${next}`;
      expect(next === undefined).toBe(turn === 2);
    }
    expect(met).toEqual(rows);
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=-1', 'limit=', 'cursor=', 'cursor=a b', 'cursor=%00'])(
    '%s is refused',
    (query) => {
      expect(page(query)).toMatchObject({ ok: false, problem: { code: 'badParameter' } });
    },
  );
});
