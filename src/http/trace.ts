/**
 * W3C trace context: the caller's trace goes on through us and into the records it causes. We start none of our own:
 * without a usable `traceparent` a request has an id for the access log and nothing for the history.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { RandomBytes } from '../model/random.ts';

export interface RequestTrace {
  /** The caller's trace id, or 32 random hex digits. Also sent back as `X-Request-Id`. */
  readonly requestId: string;
  /** The caller's trace with our own span in it; absent when the caller has none. */
  readonly traceparent?: string;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

export function traceOf(headers: IncomingHttpHeaders, random: RandomBytes): RequestTrace {
  const match = TRACEPARENT.exec(String(headers.traceparent ?? ''));
  const [, traceId = '', parentId = '', flags = ''] = match ?? [];
  if (match === null || match[0].startsWith('ff') || /^0+$/.test(traceId) || /^0+$/.test(parentId)) {
    return { requestId: hex(random(16)) };
  }
  return { requestId: traceId, traceparent: `00-${traceId}-${hex(random(8))}-${flags}` };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
