/**
 * Request bodies, bounded: bytes first, then depth and number of values, then JSON. Never more than `bytesMax` is held.
 * A body that is refused is discarded as it arrives, so that the client can read the answer on the same connection.
 */
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { isWithin, JSON_BOUNDS, type JsonBounds } from './json-shape.ts';
import { type Parsed, parsed, refused } from './parsed.ts';

export const BODY_BYTES_MAX = 256 * 1024;

const EMPTY = Buffer.alloc(0);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The whole body, empty when there is none. Call once per request. */
export async function readBody(request: IncomingMessage, bytesMax = BODY_BYTES_MAX): Promise<Parsed<Buffer>> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    request.resume();
    return refused({ code: 'bodyEncoded', encoding });
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    request.resume();
    return refused({ code: 'bodyTooLarge', bytesMax });
  }
  return collect(request, bytesMax);
}

/** The body as JSON; undefined when there is none. Refuses keys named `__proto__`, so that no later copy can trip. */
export async function readJson(
  request: IncomingMessage,
  { bytesMax = BODY_BYTES_MAX, bounds = JSON_BOUNDS }: { bytesMax?: number; bounds?: JsonBounds } = {},
): Promise<Parsed<Json | undefined>> {
  const body = await readBody(request, bytesMax);
  if (!body.ok) return body;
  return body.value.length === 0 ? parsed(undefined) : parseJson(body.value, bounds);
}

/** Bounded JSON.parse, also for what arrives by other ways than a body (sockets). */
export function parseJson(bytes: Uint8Array, bounds: JsonBounds = JSON_BOUNDS): Parsed<Json> {
  if (!isWithin(bytes, bounds)) return refused({ code: 'bodyTooComplex', ...bounds });
  try {
    const text = utf8.decode(bytes);
    const value: Json = JSON.parse(text);
    if ((text.includes('__proto__') || text.includes('\\u')) && holdsProto(value)) {
      return refused({ code: 'bodyNotJson', reason: 'the key __proto__ is not accepted' });
    }
    return parsed(value);
  } catch (error) {
    return refused({ code: 'bodyNotJson', reason: messageOf(error) });
  }
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holdsProto(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsProto);
}

function collect(request: IncomingMessage, bytesMax: number): Promise<Parsed<Buffer>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: Parsed<Buffer>): void => {
      request.off('data', take).off('end', end).off('close', cut).off('error', cut);
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      settle(refused({ code: 'bodyTooLarge', bytesMax }));
      // Without a listener the error of a connection cut while discarding would be thrown.
      request.on('error', () => {}).resume();
    };
    const end = (): void => settle(parsed(chunks.length === 0 ? EMPTY : Buffer.concat(chunks, size)));
    const cut = (): void => settle(refused({ code: 'bodyIncomplete' }));
    request.on('data', take).on('end', end).on('close', cut).on('error', cut);
    if (request.readableEnded) end();
    else if (request.destroyed) cut();
  });
}
