/**
 * How an answer is printed: the document's envelopes with all their oddities, each in one place. Nothing else in this
 * dialect knows an HTTP status.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { Reason } from './reasons.ts';

/** What a request is answered with, before it is printed. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: JsonObject }
  | Refusal
  /** Nothing is documented at this path. */
  | { readonly kind: 'noRoute' }
  /** Something broke. */
  | { readonly kind: 'failed'; readonly mayRetry: boolean };

export type Refusal =
  | { readonly kind: 'refused'; readonly reason: Reason }
  /** No usable credentials, or not enough permissions: the document has one answer for both. */
  | { readonly kind: 'unauthorized'; readonly retryMs?: number };

export interface Printed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export const UNAUTHORIZED: Refusal = { kind: 'unauthorized' };

export function ok(body: JsonObject): Answer {
  return { kind: 'ok', body };
}

export function refuse(reason: Reason): Refusal {
  return { kind: 'refused', reason };
}

/** A list as every section but 4.6 prints it: `total` is text. */
export function listBody(items: readonly Json[]): JsonObject {
  return { total: String(items.length), success: true, items };
}

/** The list of section 4.6: `total` is a number, and `items` holds one list. */
export function nestedListBody(items: readonly Json[]): JsonObject {
  return { total: items.length, success: true, items: [items] };
}

const RETRY_AFTER_S = '1';

/** `refusalSuccess`: the word a refusal says of itself, `true` in sections 4.19 to 4.22 and `false` elsewhere. */
export function print(answer: Answer, refusalSuccess: boolean): Printed {
  switch (answer.kind) {
    case 'ok':
      return { status: 200, headers: {}, body: answer.body };
    case 'refused':
      return { status: 400, headers: {}, body: { success: refusalSuccess, reason: answer.reason } };
    case 'unauthorized': {
      const headers = answer.retryMs === undefined ? {} : { 'Retry-After': String(Math.ceil(answer.retryMs / 1000)) };
      return { status: 401, headers, body: { status: 401, reason: 'Unauthorized' } };
    }
    case 'noRoute':
      return { status: 404, headers: {}, body: { success: false, reason: 'Not Found' } };
    case 'failed': {
      const headers = answer.mayRetry ? { 'Retry-After': RETRY_AFTER_S } : {};
      return { status: 500, headers, body: { success: true, reason: 'Internal Server Error' } };
    }
  }
}
