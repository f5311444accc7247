/** The query string of a request, parsed. Read only: requests without one share the empty one. */
import type { Context } from 'koa';

const NONE = new URLSearchParams();

export function searchOf({ querystring }: Context): URLSearchParams {
  return querystring === '' ? NONE : new URLSearchParams(querystring);
}
