/**
 * The table of the Service API: every path and method. What follows a service's id is its storage or a request to it.
 */
import type { Routed } from '../../http/route-table.ts';
import { notFound } from './answers.ts';
import type { Handler } from './ask.ts';
import { CHAT_REQUESTS } from './chat.ts';
import type { GmsParts } from './parts.ts';
import { remove, request } from './services.ts';
import { clear, listKeys, queryBinary, queryKey, removeKey, store } from './storage.ts';

export interface GmsRoute extends Routed {
  /** `form`: one of the three kinds. Absent: the route takes none. */
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
    ...Object.entries(CHAT_REQUESTS).map(
      ([request, handle]): GmsRoute => ({ method: 'POST', path: `${SERVICE}/${request}`, body: 'form', handle }),
    ),
    ...['', '/:name'].map(
      (path): GmsRoute => ({ method: 'POST', path: `/genesys/1/service/callback${path}`, handle: () => NO_CALLBACKS }),
    ),
  ];
}
