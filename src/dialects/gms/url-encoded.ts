/**
 * `application/x-www-form-urlencoded`, strictly: broken escapes and bytes that are no text of its charset are refused, not
 * repaired. The caller bounds the bytes; a key that comes twice has its last value.
 */
import { TextDecoder } from 'node:util';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';

const PAIRS_MAX = 1024;

export function parseUrlEncoded(bytes: Uint8Array, charset = 'UTF-8'): Parsed<ReadonlyMap<string, string>> {
  const decoder = decoderOf(charset);
  const values = new Map<string, string>();
  const pairs = Buffer.from(bytes).toString('latin1').split('&');
  if (pairs.length > PAIRS_MAX) return refused({ code: 'bodyTooComplex', valuesMax: PAIRS_MAX });
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals), decoder);
    const value = decoded(equals < 0 ? '' : pair.slice(equals + 1), decoder);
    if (key === undefined || value === undefined) {
      const reason = `is not form data: it holds a broken escape, or bytes that are no ${charset}`;
      return refused({ code: 'badParameter', name: 'The body', reason });
    }
    values.set(key, value);
  }
  return parsed(values);
}

/** Undefined for a charset that nobody knows. */
function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch {
    return undefined;
  }
}

/** Of a latin1 text: one character per byte sent. */
function decoded(text: string, decoder: TextDecoder | undefined): string | undefined {
  if (decoder === undefined || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return decoder.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
