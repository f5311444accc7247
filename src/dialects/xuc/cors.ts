/**
 * CORS for browser clients of the 2.0 API: any page may ask, because what opens anything is a token the page has to have;
 * no cookie is ever read. 1.0 is opened by address, so pages get nothing there (allow-list.ts).
 */
import type { IncomingHttpHeaders } from 'node:http';

type Headers = Readonly<Record<string, string>>;

const ANY_ORIGIN: Headers = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, Retry-After, X-Request-Id',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const PREFLIGHT: Headers = {
  ...ANY_ORIGIN,
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Auth-Token, Idempotency-Key, As-Of',
  'Access-Control-Max-Age': '600',
};

/** What an answer under `/xuc/api/2.0/` carries besides its own headers. */
export function corsHeaders(method: string, headers: IncomingHttpHeaders): Headers {
  return isPreflight(method, headers) ? PREFLIGHT : ANY_ORIGIN;
}

export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}
