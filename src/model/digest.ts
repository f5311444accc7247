/** SHA-256 of a text, as a name for what is too long to be one. Pure, so that machines and claims may use it too. */
import { hash } from 'node:crypto';

/** 64 hex digits of the UTF-8 form. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}
