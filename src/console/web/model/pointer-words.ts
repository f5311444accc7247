/** Where in a state something differs, as people read it: what the server tells as JSON Pointers (RFC 6901). */

/** What every state is made of. What is remembered is the rule and needs no word. */
const PARTS: Readonly<Record<string, string | undefined>> = { value: 'state', context: undefined };

/** `/context/phone/legs/0/state` is `phone › legs › 1 › state`. */
export function pointerWords(pointer: string): string {
  const [part = '', ...steps] = pointer.split('/').slice(1).map(unescaped);
  const first = Object.hasOwn(PARTS, part) ? PARTS[part] : part;
  const words = first === undefined ? steps : [first, ...steps];
  return words.length === 0 ? part : words.map(word).join(' › ');
}

/** The field that it ends at. */
export function lastStep(pointer: string): string {
  return unescaped(pointer.slice(pointer.lastIndexOf('/') + 1));
}

/** People count from one. */
function word(step: string): string {
  return /^\d+$/.test(step) ? String(Number(step) + 1) : step;
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
