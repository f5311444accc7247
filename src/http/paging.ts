/**
 * Pages: `limit` says how many, `cursor` where to go on. A cursor is the last key of the page before, base64url so that
 * nobody is tempted to build one. A page is bounded; the end is a page without a next cursor.
 */
import { type Parsed, parsed, refused } from './parsed.ts';

export const PAGE_MAX = 1000;
const PAGE_DEFAULT = 100;

export interface PageRequest {
  readonly limit: number;
  /** The key after which to go on; absent on the first page. */
  readonly after?: string;
}

export function pageOf(query: URLSearchParams): Parsed<PageRequest> {
  const limitText = query.get('limit') ?? String(PAGE_DEFAULT);
  const limit = /^\d{1,5}$/.test(limitText) ? Number(limitText) : 0;
  if (limit < 1 || limit > PAGE_MAX) {
    return refused({ code: 'badParameter', name: 'limit', reason: `must be a number from 1 to ${PAGE_MAX}` });
  }
  const cursor = query.get('cursor');
  if (cursor === null) return parsed({ limit });
  const after = Buffer.from(cursor, 'base64url').toString('utf8');
  if (after === '' || cursorOf(after) !== cursor) {
    return refused({ code: 'badParameter', name: 'cursor', reason: 'is none that this server gave out' });
  }
  return parsed({ limit, after });
}

export function cursorOf(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** Cuts a page out of `limit + 1` rows: the extra row only proves that there is more. */
export function toPage<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: cursorOf(keyOf(last)) } : { items };
}

/** A page of what is ordered by log position. `after` is 0 on the first. */
export function positionPageOf(query: URLSearchParams): Parsed<{ readonly limit: number; readonly after: number }> {
  const page = pageOf(query);
  if (!page.ok) return page;
  const { limit, after = '0' } = page.value;
  if (/^\d{1,15}$/.test(after)) return parsed({ limit, after: Number(after) });
  return refused({ code: 'badParameter', name: 'cursor', reason: 'is none that this server gave out' });
}
