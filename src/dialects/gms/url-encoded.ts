/**
 * `application/x-www-form-urlencoded`, strictly: broken escapes and bytes that are no UTF-8 are refused, not repaired.
 * The caller bounds the bytes; a key that comes twice has its last value.
 */
import { type Parsed, parsed, refused } from '../../http/parsed.ts';

const PAIRS_MAX = 1024;

export function parseUrlEncoded(bytes: Uint8Array): Parsed<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const pairs = Buffer.from(bytes).toString('latin1').split('&');
  if (pairs.length > PAIRS_MAX) return refused({ code: 'bodyTooComplex', valuesMax: PAIRS_MAX });
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = decoded(equals < 0 ? '' : pair.slice(equals + 1));
    if (key === undefined || value === undefined) {
      const reason = 'is not form data: it holds a broken escape, or bytes that are no UTF-8';
      return refused({ code: 'badParameter', name: 'The body', reason });
    }
    values.set(key, value);
  }
  return parsed(values);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of a latin1 text: one character per byte sent. */
function decoded(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
