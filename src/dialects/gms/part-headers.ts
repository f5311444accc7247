/**
 * The headers of one part of a form (RFC 7578): its name, its file name, its type. Browsers write a quote in a name as
 * `%22`, older clients as `\"`, and some a name beyond ASCII as `filename*` (RFC 5987); all are read.
 */
import type { InputProblem } from '../../http/parsed.ts';

/** As the parser gives them: names in lower case, one character per byte. */
export type PartHeaders = Readonly<Record<string, readonly string[]>>;

export interface PartDescription {
  readonly name: string;
  readonly fileName?: string;
  readonly contentType: string | undefined;
  readonly charset?: string;
}

const PARAMETER = /;\s*(?<name>[\w*-]+)\s*=\s*(?:"(?<quoted>(?:\\.|[^"\\])*)"|(?<bare>[^\s;"]*))/g;
const EXTENDED = /^utf-8'[\w-]*'(?<escaped>.*)$/i;
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[ !#-[\]-~]*"))*$/;
const MEDIA_TYPE_CHARS_MAX = 128;
const CHARSET = /;\s*charset="?(?<charset>[\w-]{1,40})/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function dispositionOf(
  headers: PartHeaders,
  { headersMax, headerBytesMax }: { readonly headersMax: number; readonly headerBytesMax: number },
): PartDescription | InputProblem {
  const lines = Object.entries(headers).flatMap(([name, values]) => values.map((value) => name.length + value.length));
  if (lines.length > headersMax || lines.reduce((sum, length) => sum + length, 0) > headerBytesMax)
    return { code: 'bodyTooLarge', bytesMax: headerBytesMax };
  const disposition = headers['content-disposition']?.[0] ?? '';
  if (!/^form-data\s*(?:;|$)/i.test(disposition)) return bad('has no Content-Disposition: form-data');
  const parameters = parametersOf(disposition);
  if (parameters === undefined) return bad('has a name that is no UTF-8');
  const name = parameters.get('name');
  if (name === undefined) return bad('has no name');
  const type = headers['content-type']?.[0]?.trim() ?? '';
  const fileName = parameters.get('filename');
  const isFile = fileName !== undefined || /^application\/octet-stream\b/i.test(type);
  const charset = charsetOf(type);
  return {
    name,
    ...(isFile ? { fileName: baseName(fileName ?? '') } : {}),
    ...(charset === undefined ? {} : { charset }),
    contentType: type.length <= MEDIA_TYPE_CHARS_MAX && MEDIA_TYPE.test(type) ? type : undefined,
  };
}

/** What a Content-Type says of the charset. */
export function charsetOf(type: string): string | undefined {
  return CHARSET.exec(type)?.groups?.charset;
}

function bad(reason: string): InputProblem {
  return { code: 'badParameter', name: 'A part of the body', reason };
}

function parametersOf(disposition: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  try {
    for (const { groups } of disposition.matchAll(PARAMETER)) {
      const { name = '', quoted, bare = '' } = groups ?? {};
      const text = quoted === undefined ? bare : quoted.replace(/\\(["\\])/g, '$1');
      const { escaped } = (name.endsWith('*') ? EXTENDED.exec(text)?.groups : undefined) ?? {};
      if (escaped !== undefined) parameters.set(name.slice(0, -1).toLowerCase(), decodeURIComponent(escaped));
      else parameters.set(name.toLowerCase(), utf8.decode(Buffer.from(text, 'latin1')).replaceAll('%22', '"'));
    }
    return parameters;
  } catch {
    return undefined;
  }
}

/** Some clients send the whole path. */
function baseName(path: string): string {
  return [...(path.split(/[\\/]/).at(-1) ?? '')].slice(0, 200).join('');
}
