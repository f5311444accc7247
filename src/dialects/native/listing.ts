/**
 * Reads of the native API: what a tenant has of something, page by page, in the order in which it was made, and one of
 * them by its id.
 */
import type { ZodType } from 'zod';
import { positionPageOf, toPage } from '../../http/paging.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { View } from '../../model/projection.ts';
import { paging } from './answer-schemas.ts';
import { type Ask, json, type NativeRoute, PAGE, param, type Reply, refuse, unknown } from './route.ts';

export interface ListPage {
  readonly tenant: string;
  /** `created` of the last one of the page before; 0 on the first. */
  readonly after: Position;
  /** One more than are shown, which proves that there is more. */
  readonly limit: number;
}

export interface Read<Found> {
  /** Of the list; one of it is found under this and its id. */
  readonly path: string;
  readonly called: string;
  /** What `render` gives out. */
  readonly shown: ZodType;
  readonly list: (view: View, page: ListPage) => readonly Found[];
  readonly find: (view: View, tenant: string, id: string) => Found | undefined;
  readonly render: (found: Found) => JsonObject;
}

/** The list and the single one, of the moment that is asked for. */
export function readingRoutes<Found extends { readonly created: Position }>(of: Read<Found>): readonly NativeRoute[] {
  const { path, called, shown, list, find, render } = of;
  const common = { method: 'GET', scope: 'read', asOf: true } as const;
  return [
    {
      ...common,
      path,
      summary: `List: ${called}`,
      answer: paging(shown),
      query: PAGE,
      handle: (ask) => listing(ask, (page) => list(ask.view, page), render),
    },
    {
      ...common,
      path: `${path}/:id`,
      summary: `Read: ${called}`,
      answer: { body: shown },
      handle: (ask) => {
        const id = param(ask, 'id');
        const found = find(ask.view, param(ask, 'tenant'), id);
        return found === undefined ? unknown(`${called} ${id}`) : json(render(found));
      },
    },
  ];
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
