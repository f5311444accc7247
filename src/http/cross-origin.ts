/**
 * CORS (genesys.md §1.0.6): the headers by which a page of an allowed origin may call. With credentials the origin that is
 * allowed is the concrete one, never `*`.
 */
import type { Headers } from './answer.ts';

export interface CrossOrigin {
  /** Origins that browsers may call from; `*` stands for any, or for a part of the host name. */
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: string;
  readonly allowedHeaders: string;
  readonly exposedHeaders: string;
  readonly preflightKeptS: number;
}

const NONE: Headers = {};
const OTHERS: Headers = { Vary: 'Origin' };

/** Headers of any answer to a page of an allowed origin; for others none but that there are such. */
export function crossOriginHeaders(settings: CrossOrigin): (origin: string | undefined) => Headers {
  if (settings.allowedOrigins.length === 0) return () => NONE;
  const isAllowed = matcherOf(settings.allowedOrigins);
  return (origin) => {
    if (origin === undefined || !isAllowed(origin)) return OTHERS;
    return {
      Vary: 'Origin',
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': settings.exposedHeaders,
    };
  };
}

/** What an OPTIONS request is answered beside those. */
export function preflightHeaders(settings: CrossOrigin): Headers {
  return {
    Allow: settings.allowedMethods,
    'Access-Control-Allow-Methods': settings.allowedMethods,
    'Access-Control-Allow-Headers': settings.allowedHeaders,
    'Access-Control-Max-Age': String(settings.preflightKeptS),
  };
}

/** A host name has 253 characters at most; what is longer is not tried against patterns, which take longer than it is long. */
const ORIGIN_CHARS_MAX = 300;

/** A lone `*` is any origin; else the star stays within the host. */
function matcherOf(allowedOrigins: readonly string[]): (origin: string) => boolean {
  if (allowedOrigins.includes('*')) return () => true;
  const patterns = allowedOrigins.map((allowed) => {
    const parts = allowed.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('[^/:]*')}$`, 'i');
  });
  return (origin) => origin.length <= ORIGIN_CHARS_MAX && patterns.some((pattern) => pattern.test(origin));
}
