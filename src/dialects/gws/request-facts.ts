/** What is read off a request before anything is decided about it. */
import type { Context } from 'koa';
import { isJsonObject, readJson } from '../../http/body.ts';
import { type Parsed, parsed, refused } from '../../http/parsed.ts';
import { peerOf } from '../../http/peer.ts';
import type { JsonObject } from '../../model/json.ts';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export function isReading({ method }: Context): boolean {
  return READING.has(method);
}

/** Scheme and host as the client sent them (R6). */
export function originOf({ req }: Context): string {
  return `${peerOf(req).isSecure ? 'https' : 'http'}://${req.headers.host ?? ''}`;
}

/** A body must be a JSON object; none at all is an empty one. */
export async function bodyOf(context: Context): Promise<Parsed<JsonObject>> {
  const { headers } = context.req;
  const { 'content-type': type = '', 'content-length': length = '0' } = headers;
  const isEmpty = length === '0' && headers['transfer-encoding'] === undefined;
  if (!isEmpty && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    context.req.resume();
    return refused({ code: 'mediaType', got: type, expected: 'application/json' });
  }
  const read = await readJson(context.req);
  if (!read.ok) return read;
  if (read.value === undefined) return parsed({});
  return isJsonObject(read.value) ? parsed(read.value) : refused({ code: 'bodyNotJson', reason: 'it is no object' });
}
