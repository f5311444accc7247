/**
 * How an answer is printed: the document's envelopes with all their oddities, each in one place. Nothing else in this
 * dialect knows an HTTP status.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { Reason } from './reasons.ts';

/** What a request is answered with, before it is printed. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: JsonObject }
  /** The same, as JSON already. */
  | { readonly kind: 'text'; readonly text: string }
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
  readonly text: string;
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
const NO_HEADERS = {};

/** `refusalSuccess`: the word a refusal says of itself, `true` in sections 4.19 to 4.22 and `false` elsewhere. */
export function print(answer: Answer, refusalSuccess: boolean): Printed {
  switch (answer.kind) {
    case 'ok':
      return printed(200, answer.body);
    case 'text':
      return { status: 200, headers: NO_HEADERS, text: answer.text };
    case 'refused':
      return printed(400, { success: refusalSuccess, reason: answer.reason });
    case 'unauthorized': {
      const headers = answer.retryMs === undefined ? {} : { 'Retry-After': String(Math.ceil(answer.retryMs / 1000)) };
      return printed(401, { status: 401, reason: 'Unauthorized' }, headers);
    }
    case 'noRoute':
      return printed(404, { success: false, reason: 'Not Found' });
    case 'failed': {
      const headers = answer.mayRetry ? { 'Retry-After': RETRY_AFTER_S } : {};
      return printed(500, { success: true, reason: 'Internal Server Error' }, headers);
    }
  }
}

function printed(status: number, body: JsonObject, headers: Printed['headers'] = NO_HEADERS): Printed {
  return { status, headers, text: JSON.stringify(body) };
}
