/**
 * The headers of one part of a form (RFC 7578): its name, its file name, its type. Browsers write a quote in a name as
 * `%22`, older clients as `\"`; both are read.
 */
import type { InputProblem } from '../../http/parsed.ts';

/** As the parser gives them: names in lower case, one character per byte. */
export type PartHeaders = Readonly<Record<string, readonly string[]>>;

export interface PartDescription {
  readonly name: string;
  readonly fileName?: string;
  readonly contentType: string | undefined;
}

const PARAMETER = /;\s*(?<name>[\w*-]+)\s*=\s*(?:"(?<quoted>(?:\\.|[^"\\])*)"|(?<bare>[^\s;"]*))/g;
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}(?:;\s*charset=[\w-]{1,20})?$/i;
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
  const [type] = headers['content-type'] ?? [];
  const fileName = parameters.get('filename');
  const isFile = fileName !== undefined || /^application\/octet-stream\b/i.test(type ?? '');
  return {
    name,
    ...(isFile ? { fileName: baseName(fileName ?? '') } : {}),
    contentType: type !== undefined && MEDIA_TYPE.test(type.trim()) ? type.trim() : undefined,
  };
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
      parameters.set(name.toLowerCase(), utf8.decode(Buffer.from(text, 'latin1')).replaceAll('%22', '"'));
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
