/**
 * The text of files and of standard input. It is UTF-8, with or without the mark that some editors put before it; bytes
 * of another encoding are refused, since they would be stored as question marks for good.
 */
import { wrongUse } from './exit.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** `from` says where the bytes were found. Throws wrong use. */
export function textIn(bytes: Uint8Array, from: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw wrongUse(`${from} is not UTF-8: save it as that`);
  }
}
