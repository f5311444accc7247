/**
 * A reader for small XML documents from one trusted place that may be impersonated: elements, attributes, text, CDATA,
 * comments. No document type, no entities but the five of XML and character numbers, nothing fetched, bounded depth.
 * Names are local names; namespaces are not resolved.
 */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

const DEPTH_MAX = 32;
const CHARS_MAX = 65_536;
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

interface Open {
  readonly tag: string;
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

/** The root element; undefined for anything that is not such a document. */
export function readXml(source: string): Element | undefined {
  if (source.length > CHARS_MAX) return undefined;
  const document = open('');
  const path: Open[] = [document];
  const token = new RegExp(TOKEN);
  for (token.lastIndex = 0; token.lastIndex < source.length; ) {
    const match = token.exec(source);
    const here = path.at(-1);
    if (match === null || here === undefined) return undefined;
    if (!take(match, here, path)) return undefined;
  }
  const [root, ...others] = document.children;
  return path.length === 1 && others.length === 0 && document.text.trim() === '' ? root : undefined;
}

/** False when the token cannot stand here. */
function take(
  [, cdata, closed, opened, attributes = '', empty, text]: RegExpExecArray,
  here: Open,
  path: Open[],
): boolean {
  if (cdata !== undefined) here.text += cdata;
  if (text !== undefined) {
    const decoded = decode(text);
    if (decoded === undefined) return false;
    here.text += decoded;
  }
  if (closed !== undefined) {
    if (closed !== here.tag) return false;
    path.pop();
    path.at(-1)?.children.push(here);
  }
  if (opened === undefined) return true;
  const element = open(opened);
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = decode(double ?? single ?? '');
    if (value === undefined) return false;
    element.attributes[local(name)] = value;
  }
  if (empty === '/') here.children.push(element);
  else path.push(element);
  return path.length <= DEPTH_MAX;
}

function open(tag: string): Open {
  return { tag, name: local(tag), attributes: Object.create(null), children: [], text: '' };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function decode(text: string): string | undefined {
  let isKnown = true;
  const decoded = text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
    const value = whole.endsWith(';') ? (ENTITIES.get(name) ?? character(name)) : undefined;
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown ? decoded : undefined;
}

function character(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
