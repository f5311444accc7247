/**
 * Looks at JSON bytes before they are parsed: how deep, how many values. JSON.parse of 4 MB of `[` blocks the event
 * loop for 2.4 s (notes/reliability.md F17); this scan is one pass without allocation.
 * It does not validate: of bytes that are not JSON it only says that they are small enough to try.
 */

export interface JsonBounds {
  readonly depthMax: number;
  /** Values of any kind, containers and keys' values included. */
  readonly valuesMax: number;
}

export const JSON_BOUNDS: JsonBounds = { depthMax: 32, valuesMax: 10_000 };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** True when a parse of these bytes yields at most `depthMax` levels and `valuesMax` values. */
export function isWithin(bytes: Uint8Array, bounds: JsonBounds): boolean {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      values++;
      if (depth > bounds.depthMax) return false;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    } else if (byte === COMMA) {
      values++;
    }
    if (values > bounds.valuesMax) return false;
  }
  return true;
}

/** Index of the quote that closes the string opened at `open`; the end of the bytes when none does. */
function endOfString(bytes: Uint8Array, open: number): number {
  let at = open + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
