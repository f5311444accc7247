/**
 * The body of a request as keys and values, from any of the three kinds. Keys that begin with `_` are parameters, known
 * or not, and never stored; the rest is data. Files are in the blob store already, pinned until `release`, which whoever reads a form must call.
 */
import type { IncomingMessage } from 'node:http';
import { FILES_BYTES_MAX, isStorageKey, STORAGE_BYTES_MAX } from '../../../machines/service/events.ts';
import type { BlobKeeper, PinnedBlob } from '../../blobs/keeper.ts';
import { readBody } from '../../http/body.ts';
import { isWithin, JSON_BOUNDS } from '../../http/json-shape.ts';
import type { InputProblem } from '../../http/parsed.ts';
import type { Refusal } from './answers.ts';
import { badJson, inputAnswer } from './errors.ts';
import { parseJavaJson } from './java-json.ts';
import { MULTIPART_BOUNDS, type Part, PartRefused, readMultipart } from './multipart.ts';
import { charsetOf } from './part-headers.ts';
import { parseUrlEncoded } from './url-encoded.ts';

export interface FormFile {
  readonly blob: PinnedBlob;
  readonly contentType: string;
  readonly fileName: string;
}

export class Form {
  /** With their `_`. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FormFile>;

  constructor(values: ReadonlyMap<string, string>, files: ReadonlyMap<string, FormFile> = new Map()) {
    const all = [...values];
    this.parameters = new Map(all.filter(([key]) => isParameter(key)));
    this.texts = new Map(all.filter(([key]) => !isParameter(key)));
    this.files = files;
  }

  /** What becomes of the uploaded files. */
  release(fate: 'used' | 'unused'): void {
    for (const { blob } of this.files.values()) blob.release(fate);
  }
}

function isParameter(key: string): boolean {
  return key.startsWith('_');
}

export type FormRead = { readonly ok: true; readonly form: Form } | { readonly ok: false; readonly refusal: Refusal };

const EXPECTED = 'multipart/form-data, application/x-www-form-urlencoded or application/json';
const FILES_MAX = 64;

/** A request without a body and a type is an empty form. Throws what the blob store throws. */
export async function readForm(request: IncomingMessage, keeper: BlobKeeper): Promise<FormRead> {
  const header = request.headers['content-type'] ?? '';
  const type = (header.split(';')[0] ?? '').trim().toLowerCase();
  if (type === 'multipart/form-data') return readParts(request, header, keeper);
  if (type !== '' && type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    request.resume();
    return bad({ code: 'mediaType', got: header.slice(0, 100), expected: EXPECTED });
  }
  const body = await readBody(request);
  if (!body.ok) return bad(body.problem);
  if (type === 'application/json' || isMislabelled(type, body.value)) return readObject(body.value);
  if (type === '' && body.value.length > 0) return bad({ code: 'mediaType', got: '', expected: EXPECTED });
  const values = parseUrlEncoded(body.value, charsetOf(header));
  return values.ok ? formOf(values.value) : bad(values.problem);
}

/** JSON under the type that jQuery gives whatever it is handed. A form that begins with a brace writes it `%7B`. */
function isMislabelled(type: string, body: Uint8Array): boolean {
  return type === 'application/x-www-form-urlencoded' && body[0] === '{'.charCodeAt(0);
}

function readObject(bytes: Uint8Array): FormRead {
  if (!isWithin(bytes, JSON_BOUNDS)) return bad({ code: 'bodyTooComplex', ...JSON_BOUNDS });
  const body = parseJavaJson(bytes);
  return body.ok ? formOf(body.values) : { ok: false, refusal: badJson(body.message) };
}

async function readParts(request: IncomingMessage, header: string, keeper: BlobKeeper): Promise<FormRead> {
  const boundary = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(header);
  const { 'content-encoding': encoding = 'identity' } = request.headers;
  const isEncoded = encoding.toLowerCase() !== 'identity';
  if (boundary === null || isEncoded || contentLength(request) > MULTIPART_BOUNDS.bodyBytesMax) {
    request.resume();
    if (isEncoded) return bad({ code: 'bodyEncoded', encoding });
    if (boundary !== null) return bad({ code: 'bodyTooLarge', bytesMax: MULTIPART_BOUNDS.bodyBytesMax });
    return bad({ code: 'badParameter', name: 'Content-Type', reason: 'names no boundary' });
  }
  const uploads: PinnedBlob[] = [];
  /** By key, in order of the parts: a text or a file. */
  const taken = new Map<string, { order: number; value: string | FormFile }>();
  let parts = 0;
  let fileParts = 0;

  const take = async (part: Part): Promise<void> => {
    parts += 1;
    const order = parts;
    const { name, fileName, content, charset, contentType = 'application/octet-stream' } = part;
    if (!isUsable(name)) throw new PartRefused(badKey(name));
    let value: string | FormFile;
    if (fileName === undefined) value = await textOf(content, charset);
    else if (isParameter(name)) return drain(content);
    else {
      fileParts += 1;
      if (fileParts > FILES_MAX) throw new PartRefused({ code: 'bodyTooComplex', valuesMax: FILES_MAX });
      const blob = await keeper.put(atMost(FILES_BYTES_MAX, content));
      uploads.push(blob);
      value = { blob, contentType, fileName };
    }
    // Parts may settle in another order than they came in; of one key the last part stands.
    if ((taken.get(name)?.order ?? 0) < order) taken.set(name, { order, value });
  };

  try {
    const problem = await readMultipart(request, boundary[1] ?? boundary[2] ?? '', take);
    if (problem !== undefined) {
      for (const blob of uploads) blob.release('unused');
      return bad(problem);
    }
  } catch (error) {
    for (const blob of uploads) blob.release('unused');
    throw error;
  }
  const ordered = [...taken].sort(([, a], [, b]) => a.order - b.order);
  const files = new Map(ordered.flatMap(([key, { value }]) => (typeof value === 'string' ? [] : [[key, value]])));
  const values = new Map(ordered.flatMap(([key, { value }]) => (typeof value === 'string' ? [[key, value]] : [])));
  const standing = new Set([...files.values()].map(({ blob }) => blob));
  for (const blob of uploads) if (!standing.has(blob)) blob.release('unused');
  return { ok: true, form: new Form(values, files) };
}

function formOf(values: ReadonlyMap<string, string>): FormRead {
  const key = [...values.keys()].find((each) => !isUsable(each));
  return key === undefined ? { ok: true, form: new Form(values) } : bad(badKey(key));
}

/** Nobody need be told off for a parameter: those that mean nothing are ignored. */
function isUsable(key: string): boolean {
  return isParameter(key) || isStorageKey(key);
}

function badKey(key: string): InputProblem {
  const shown = JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
  return {
    code: 'badParameter',
    name: `The key ${shown}`,
    reason: 'cannot be used: keys have 1 to 256 bytes and no control characters',
  };
}

function bad(problem: InputProblem): FormRead {
  return { ok: false, refusal: inputAnswer(problem) };
}

function contentLength(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

/** Clients of the time wrote texts in the charset of their platform, and said so in the part's type. */
async function textOf(content: AsyncIterable<Uint8Array>, charset = 'UTF-8'): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of atMost(STORAGE_BYTES_MAX, content)) chunks.push(chunk);
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    const reason = `is a text that is no ${charset}`;
    throw new PartRefused({ code: 'badParameter', name: 'A part of the body', reason });
  }
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of atMost(FILES_BYTES_MAX, content));
}

async function* atMost(bytesMax: number, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new PartRefused({ code: 'bodyTooLarge', bytesMax });
    yield chunk;
  }
}
