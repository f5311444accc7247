/**
 * Where a token is carried: `Authorization: Bearer` for the check, `X-Auth-Token` (or Bearer, or `?token=`) for everything
 * else of 2.0. Read, and not yet believed.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type Carried =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly code: 'AuthorizationHeaderNotFound' | 'BearerNotFound' };

export function bearer({ authorization }: IncomingHttpHeaders): Carried {
  if (authorization === undefined) return { ok: false, code: 'AuthorizationHeaderNotFound' };
  const token = /^bearer +(\S.*)$/i.exec(authorization)?.[1];
  return token === undefined ? { ok: false, code: 'BearerNotFound' } : { ok: true, token };
}

/** The header for resources wins over Authorization, which wins over the query. */
export function resourceToken(headers: IncomingHttpHeaders, query: URLSearchParams): Carried {
  const header = headers['x-auth-token'];
  if (header !== undefined) return some(String(header));
  if (headers.authorization !== undefined) return bearer(headers);
  const parameter = query.get('token');
  return parameter === null ? { ok: false, code: 'AuthorizationHeaderNotFound' } : some(parameter);
}

function some(text: string): Carried {
  const token = text.trim();
  return token === '' ? { ok: false, code: 'BearerNotFound' } : { ok: true, token };
}
