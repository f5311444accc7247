import { describe, expect, test } from 'vitest';
import { momentOf } from '../../src/http/moment.ts';

const asOf = (header: string | undefined, query = '', method = 'GET') =>
  momentOf({ method, headers: header === undefined ? {} : { 'as-of': header } }, new URLSearchParams(query));

describe('As-Of', () => {
  test('is live when nobody asks', () => {
    expect(asOf(undefined)).toEqual({ ok: true, value: undefined });
  });

  test('digits are a position, from the header and from the query', () => {
    expect(asOf('17')).toEqual({ ok: true, value: { position: 17 } });
    expect(asOf(undefined, 'as_of=0')).toEqual({ ok: true, value: { position: 0 } });
  });

  test.each([
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2026-01-02T03:04:05.678+02:00', Date.UTC(2026, 0, 2, 1, 4, 5, 678)],
  ])('%s is a time', (text, time) => {
    expect(asOf(text)).toEqual({ ok: true, value: { time } });
  });

  test.each([
    'yesterday',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-13-02T03:04:05Z',
    '2026-02-30T03:04:05Z',
    '-1',
    '1e3',
    '',
  ])('%j is a problem that names the header', (text) => {
    expect(asOf(text)).toMatchObject({ ok: false, problem: { code: 'badParameter', name: 'As-Of' } });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('a %s has none, and may ask for none', (method) => {
    expect(asOf(undefined, '', method)).toEqual({ ok: true, value: undefined });
    expect(asOf('17', '', method)).toMatchObject({ ok: false, problem: { name: 'As-Of' } });
    expect(asOf(undefined, 'as_of=17', method)).toMatchObject({ ok: false, problem: { name: 'as_of' } });
  });

  test('a HEAD is read as a GET is', () => {
    expect(asOf('17', '', 'HEAD')).toEqual({ ok: true, value: { position: 17 } });
  });

  test('two different moments contradict each other', () => {
    expect(asOf('1', 'as_of=2')).toMatchObject({ ok: false });
    expect(asOf('1', 'as_of=1')).toMatchObject({ ok: true });
  });
});
