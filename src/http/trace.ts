/**
 * W3C trace context: the caller's trace goes on through us and into the records it causes. We start none of our own:
 * without a usable `traceparent` a request has an id for the access log and nothing for the history.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { RandomBytes } from '../model/random.ts';

export interface RequestTrace {
  /** The caller's trace id, or one of ours, 32 hex digits. Also sent back as `X-Request-Id`. */
  readonly requestId: string;
  /** The caller's trace with our own span in it; absent when the caller has none. */
  readonly traceparent?: string;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/**
 * Traces of requests, one call each. Ids are random once and counted from there: unique like random ones, guessable
 * unlike them, and spared the 8 µs that random bytes cost on every request.
 */
export function tracer(random: RandomBytes): (headers: IncomingHttpHeaders) => RequestTrace {
  const prefix = Buffer.from(random(12)).toString('hex');
  let count = 0;
  const next = (): string => (count++ % 0x1_0000_0000).toString(16).padStart(8, '0');
  return (headers) => {
    const given = headers.traceparent;
    const match = typeof given === 'string' ? TRACEPARENT.exec(given) : null;
    const [, traceId = '', parentId = '', flags = ''] = match ?? [];
    if (match === null || match[0].startsWith('ff') || /^0+$/.test(traceId) || /^0+$/.test(parentId)) {
      return { requestId: prefix + next() };
    }
    return { requestId: traceId, traceparent: `00-${traceId}-${prefix.slice(0, 8)}${next()}-${flags}` };
  };
}
