/**
 * Lists of the native API: what a tenant has of something, page by page, in the order in which it was made.
 */
import { positionPageOf, toPage } from '../../http/paging.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import { type Ask, json, param, type Reply, refuse } from './route.ts';

export interface ListPage {
  readonly tenant: string;
  /** `created` of the last one of the page before; 0 on the first. */
  readonly after: Position;
  /** One more than are shown, which proves that there is more. */
  readonly limit: number;
}

/** Answers the page that was asked for, of what `find` finds in the view of the request, as `shown`. */
export function listing<Found extends { readonly created: Position }>(
  ask: Ask,
  find: (page: ListPage) => readonly Found[],
  shown: (found: Found) => JsonObject,
): Reply {
  const page = positionPageOf(ask.query);
  if (!page.ok) return refuse({ kind: 'input', problem: page.problem });
  const { limit, after } = page.value;
  const found = find({ tenant: param(ask, 'tenant'), after, limit: limit + 1 });
  const { items, next } = toPage(found, limit, ({ created }) => `${created}`);
  return json({ items: items.map(shown), ...(next === undefined ? {} : { next }), position: ask.view.position });
}
