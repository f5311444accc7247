/**
 * Request bodies as the document itself writes them: typographic quotes, a comma too many, blanks around key names.
 * Strict JSON is tried first, so that nothing a well-written client sends is ever touched. Only this dialect is lenient.
 */
import type { IncomingMessage } from 'node:http';
import { isJsonObject, parseJson, readBody } from '../../http/body.ts';
import type { InputProblem } from '../../http/parsed.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { REASONS, type Reason } from './reasons.ts';

/** Bodies are small: the largest printed one has nine fields. */
const BODY_BYTES_MAX = 64 * 1024;

/** What is told of a body that was not even read. */
const UNREAD: Partial<Record<InputProblem['code'], Reason>> = {
  bodyTooLarge: REASONS.tooLarge,
  bodyEncoded: REASONS.bodyEncoded,
};

/** The body's object with trimmed key names, or why there is none to be had. Call once per request. */
export async function readLenientObject(request: IncomingMessage): Promise<JsonObject | Reason> {
  const body = await readBody(request, BODY_BYTES_MAX);
  const object = body.ok ? parseLenientObject(body.value) : UNREAD[body.problem.code];
  return object ?? REASONS.invalidJson;
}

/** Undefined when it is none. */
export function parseLenientObject(bytes: Uint8Array): JsonObject | undefined {
  const value = parseLenient(bytes);
  return isJsonObject(value) ? withTrimmedKeys(value) : undefined;
}

function parseLenient(bytes: Uint8Array): Json | undefined {
  const strict = parseJson(bytes);
  if (strict.ok) return strict.value;
  const mended = withoutTrailingCommas(Buffer.from(bytes).toString('utf8').replace(/[“”]/g, '"'));
  const lenient = parseJson(Buffer.from(mended));
  return lenient.ok ? lenient.value : undefined;
}

/** Drops a comma before `}` or `]`, outside of strings only. */
function withoutTrailingCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"?|,(?=\s*[}\]])/gs, (found) => (found === ',' ? '' : found));
}

function withTrimmedKeys(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.trim(), inner]));
}
