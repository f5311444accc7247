/**
 * How an answer is printed: statuses, content types and the `message` bodies of the document, each in one place.
 * Nothing else in this dialect knows an HTTP status.
 */
import type { JsonObject } from '../../model/json.ts';

/** `seed`: as the document prints it. `ext`: with the keys that later releases add (`exception`, `_expiration_time`). */
export type Profile = 'seed' | 'ext';

export type Answer =
  | { readonly kind: 'json'; readonly body: JsonObject }
  /** The bare value of `gms.queryOneKey=raw`, and the `OK` of deletions. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'file';
      readonly contentType: string;
      readonly bytes: number;
      readonly content: AsyncIterable<Uint8Array>;
    }
  | Refusal;

export interface Refusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly message: string;
  /** Java class, shown in `ext`. */
  readonly exception?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Of errors that are told without one: `ext` gives every 404 and 500 a Java class. */
const EXCEPTIONS: Partial<Record<RefusalCode, string>> = {
  notFound: 'java.util.NoSuchElementException',
  serverError: 'java.lang.IllegalStateException',
};

const STATUS = {
  badRequest: 400,
  unauthorized: 401,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  tooLarge: 413,
  mediaType: 415,
  tooManyTries: 429,
  serverError: 500,
  noAccessNumber: 503,
  noAgent: 503,
  unavailable: 503,
} as const;
export type RefusalCode = keyof typeof STATUS;

export const OK: Answer = { kind: 'text', text: 'OK' };

export function json(body: JsonObject): Answer {
  return { kind: 'json', body };
}

export function refuse(code: RefusalCode, message: string, more: Partial<Refusal> = {}): Refusal {
  return { kind: 'refused', code, message, ...more };
}

export function notFound(message: string): Refusal {
  return refuse('notFound', message);
}

export interface Printed {
  readonly status: number;
  /** Reason phrase, where the document prints another than HTTP's own. */
  readonly phrase?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array>;
}

const NEVER_KEPT = { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' } as const;

export function print(answer: Answer, profile: Profile): Printed {
  switch (answer.kind) {
    case 'json':
      return printed(200, 'application/json;charset=UTF-8', JSON.stringify(answer.body));
    case 'text':
      return printed(200, 'text/plain;charset=UTF-8', answer.text);
    case 'empty':
      return { status: 200, headers: NEVER_KEPT, body: '' };
    case 'file': {
      const { contentType, bytes, content } = answer;
      const headers = { ...NEVER_KEPT, 'Content-Type': contentType, 'Content-Length': String(bytes) };
      return { status: 200, headers, body: content };
    }
    case 'refused':
      return printRefusal(answer, profile);
  }
}

type PrintedText = Printed & { readonly body: string };

export function printRefusal(
  { code, message, exception = EXCEPTIONS[code], headers = {} }: Refusal,
  profile: Profile,
): PrintedText {
  const shown = profile === 'ext' && exception !== undefined ? { message, exception } : { message };
  const phrase = STATUS[code] === 500 ? { phrase: 'Server Error' } : {};
  const base = printed(STATUS[code], 'application/json', JSON.stringify(shown));
  return { ...base, ...phrase, headers: { ...base.headers, ...headers } };
}

function printed(status: number, type: string, body: string): PrintedText {
  return { status, headers: { ...NEVER_KEPT, 'Content-Type': type }, body };
}
