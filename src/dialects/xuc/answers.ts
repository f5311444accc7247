/**
 * What a request is answered with, before it is written: a JSON value, a text, nothing, or a refusal in the document's
 * error object `{"error", "message"}`.
 */
import { stringify } from 'csv-stringify/sync';
import type { Json } from '../../model/json.ts';
import { type Refusal, refusal, type XucCode } from './errors.ts';

export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: Json; readonly headers?: Headers }
  /** Rendered already, such as a list that is kept. */
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly body: string | Buffer }
  | { readonly kind: 'empty'; readonly status: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Headers = Readonly<Record<string, string>>;

const CSV = 'text/csv; charset=utf-8';
export const JSON_TYPE = 'application/json';

export function ok(body: Json, headers: Headers = {}): Answer {
  return { kind: 'json', status: 200, body, headers };
}

export function created(body: Json): Answer {
  return { kind: 'json', status: 201, body };
}

/** Formulas stay as they are, or are made texts: a spreadsheet would run them. */
export function csv(rows: readonly (readonly (string | number)[])[], formulas: 'kept' | 'asText'): Answer {
  const body = stringify([...rows], {
    record_delimiter: 'windows',
    // A bare line feed is a line end to every reader, our own among them.
    quoted_match: /[\r\n]/,
    escape_formulas: formulas === 'asText',
  });
  return { kind: 'text', status: 200, type: CSV, body };
}

export const DONE: Answer = { kind: 'empty', status: 200 };
export const REGISTERED: Answer = { kind: 'empty', status: 201 };
export const NO_CONTENT: Answer = { kind: 'empty', status: 204 };

export function refused(found: Refusal): Answer {
  return { kind: 'refused', refusal: found };
}

export function refuse(code: XucCode, message: string): Answer {
  return refused(refusal(code, message));
}
