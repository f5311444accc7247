/**
 * Numbers as people type them, brought into the form that is dialled. One function for every dialect and the switch.
 * Source: contracts/xivo-ccs.md, "Phone-number sanitisation".
 */

const INTERNATIONAL = /^(?:\+|00)/;
const BRACKETED_ZERO = /\(\s*0\s*\)/g;

/**
 * Digits, `*` and `#` only; a leading `+` becomes `00`, and the national zero in brackets of an international number is
 * dropped. '' when nothing is left: no number at all.
 */
export function sanitised(dialled: string): string {
  const trimmed = dialled.trim();
  const written = INTERNATIONAL.test(trimmed) ? trimmed.replace(BRACKETED_ZERO, '') : trimmed;
  return written.replace(/^\+/, '00').replace(/[^0-9*#]/g, '');
}
