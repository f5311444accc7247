/**
 * The table of the Service API: every path and method. The first segment `callback` and the second segment `storage` are
 * reserved; every other path below a service is a request to it.
 */
import type { Routed } from '../../http/route-table.ts';
import { notFound } from './answers.ts';
import type { Handler } from './ask.ts';
import { param } from './ask.ts';
import { specific } from './chat.ts';
import type { GmsParts } from './parts.ts';
import { remove, request } from './services.ts';
import { clear, listKeys, queryBinary, queryKey, removeKey, store } from './storage.ts';

export interface GmsRoute extends Routed {
  /** `form`: one of the three kinds. `json`: handled by `expiration`. Absent: the route takes none. */
  readonly body?: 'form';
  readonly handle: Handler;
}

/** Another API of the documented server. */
const NO_CALLBACKS = notFound('Callbacks are not served here');
const SERVICE = '/genesys/1/service/:service';
const STORAGE = `${SERVICE}/storage`;

export function tableOf({ keeper, queryOneKey = 'json' }: GmsParts): readonly GmsRoute[] {
  return [
    { method: 'POST', path: SERVICE, body: 'form', handle: request },
    { method: 'DELETE', path: SERVICE, handle: remove },
    { method: 'POST', path: STORAGE, body: 'form', handle: store },
    { method: 'GET', path: STORAGE, handle: listKeys },
    { method: 'DELETE', path: STORAGE, handle: clear },
    { method: 'GET', path: `${STORAGE}/:key`, handle: queryKey(queryOneKey) },
    { method: 'DELETE', path: `${STORAGE}/:key`, handle: removeKey },
    { method: 'GET', path: `${STORAGE}/binary/:key`, handle: queryBinary(keeper) },
    ...['/:a', '/:a/:b', '/:a/:b/:c'].map(
      (path): GmsRoute => ({
        method: 'POST',
        path: SERVICE + path,
        body: 'form',
        handle: (ask) =>
          specific(
            ['a', 'b', 'c']
              .map((name) => param(ask, name))
              .filter(Boolean)
              .join('/'),
          )(ask),
      }),
    ),
    ...['', '/:name'].map(
      (path): GmsRoute => ({ method: 'POST', path: `/genesys/1/service/callback${path}`, handle: () => NO_CALLBACKS }),
    ),
  ];
}
