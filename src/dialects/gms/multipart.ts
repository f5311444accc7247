/**
 * `multipart/form-data` as it streams in, part by part, on the parser of @fastify/busboy (its Dicer, since only there can
 * a part with too many headers, or none, be told from a good one). Never holds more of a file than a chunk.
 * What is wrong anywhere in the body is the answer for all of it, and the rest is discarded.
 */
import type { IncomingMessage } from 'node:http';
import { Dicer } from '@fastify/busboy';
import type { InputProblem } from '../../http/parsed.ts';
import { dispositionOf, type PartHeaders } from './part-headers.ts';

export interface MultipartBounds {
  readonly bodyBytesMax: number;
  readonly partsMax: number;
  readonly headersMax: number;
  readonly headerBytesMax: number;
}

export const MULTIPART_BOUNDS: MultipartBounds = {
  bodyBytesMax: 300 * 1024 * 1024,
  partsMax: 512,
  headersMax: 16,
  headerBytesMax: 8 * 1024,
};

export interface Part {
  readonly name: string;
  /** Absent for a text. */
  readonly fileName?: string;
  readonly contentType: string | undefined;
  /** Of a text, where its type names one. */
  readonly charset?: string;
  /** Must be read to its end. Fails when the body does. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What is wrong with a part, thrown by whoever takes it. */
export class PartRefused extends Error {
  readonly problem: InputProblem;
  constructor(problem: InputProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** A header block this long without an end is no header block. */
const UNENDED_HEADER_BYTES_MAX = 128 * 1024;
const UNENDED_HEADERS: InputProblem = {
  code: 'badParameter',
  name: 'A part of the body',
  reason: 'has headers without an end',
};

/**
 * Gives every part to `take`, in order of beginning; takings may overlap. Resolves when all are settled: with the first
 * problem, or nothing. Throws what a taking throws, unless that is a `PartRefused` or the body had failed before.
 */
export async function readMultipart(
  request: IncomingMessage,
  boundary: string,
  take: (part: Part) => Promise<void>,
  bounds: MultipartBounds = MULTIPART_BOUNDS,
): Promise<InputProblem | undefined> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const dicer = new Dicer({ boundary, maxHeaderPairs: bounds.headersMax + 1 });
  const open = new Set<Dicer.PartStream>();
  const takings: Promise<void>[] = [];
  /** The first; a part may be refused after the last was parsed. */
  let problem: InputProblem | undefined;
  let thrown: { readonly error: unknown } | undefined;
  const fail = (found: InputProblem): void => {
    problem ??= found;
    end();
  };

  const taking = async (part: Dicer.PartStream, headers: PartHeaders): Promise<void> => {
    try {
      const described = dispositionOf(headers, bounds);
      if ('code' in described) throw new PartRefused(described);
      await take({ ...described, content: part });
    } catch (error) {
      if (problem === undefined && !(error instanceof PartRefused)) thrown = { error };
      fail(error instanceof PartRefused ? error.problem : { code: 'bodyIncomplete' });
    } finally {
      open.delete(part);
    }
  };

  let parts = 0;
  let bytes = 0;
  let headerBytes: number | undefined;
  dicer.on('part', (part: Dicer.PartStream) => {
    parts += 1;
    headerBytes = 0;
    // What ends a part early is told by its own loop.
    part.on('error', () => undefined);
    if (problem !== undefined || parts > bounds.partsMax) {
      part.resume();
      return fail({ code: 'bodyTooComplex', valuesMax: bounds.partsMax });
    }
    open.add(part);
    part.on('header', (headers: object) => {
      headerBytes = undefined;
      // What was buffered when the body failed is still parsed.
      if (problem !== undefined) return part.resume();
      takings.push(taking(part, headers as PartHeaders));
    });
  });
  dicer.on('finish', () => (parts === takings.length ? end() : fail(UNENDED_HEADERS)));
  dicer.on('error', () => fail({ code: 'bodyIncomplete' }));

  const meter = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (headerBytes !== undefined) headerBytes += chunk.length;
    if (bytes > bounds.bodyBytesMax) fail({ code: 'bodyTooLarge', bytesMax: bounds.bodyBytesMax });
    else if ((headerBytes ?? 0) > UNENDED_HEADER_BYTES_MAX) fail(UNENDED_HEADERS);
  };
  const cut = (): void => {
    if (!request.complete) fail({ code: 'bodyIncomplete' });
  };
  request.on('data', meter).on('close', cut).on('error', cut);
  request.pipe(dicer);

  await ended;
  request.off('data', meter).off('close', cut).off('error', cut);
  if (problem !== undefined) {
    // Without a listener the error of a connection cut while discarding would be thrown.
    request.on('error', () => undefined).unpipe(dicer);
    request.resume();
    for (const part of open) part.destroy(new Error('the body failed'));
  }
  await Promise.all(takings);
  if (thrown !== undefined) throw thrown.error;
  return problem;
}
