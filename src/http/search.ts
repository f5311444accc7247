/** The query string of a request, parsed. Read only: requests without one share the empty one. */

const NONE = new URLSearchParams();

export function searchOf(querystring: string): URLSearchParams {
  return querystring === '' ? NONE : new URLSearchParams(querystring);
}
