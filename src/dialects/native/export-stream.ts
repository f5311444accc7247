/**
 * Records as a file: written as they are read, and as fast as the client takes them. Nothing is answered before the first is
 * read, so that a log that cannot be read is a failure then, and no file that breaks off.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ExportFormat, exported, MEDIA_TYPES } from '../../history/export.ts';
import type { Headers } from '../../http/answer.ts';
import type { LoggedTransition } from '../../model/transition.ts';

export interface ExportAsked {
  readonly format: ExportFormat;
  /** HEAD: no body. */
  readonly headOnly: boolean;
  readonly headers?: Headers;
}

/** Resolves with what writes the answer, which must be called. Throws as reading does. */
export async function exportStream(
  records: AsyncGenerator<LoggedTransition>,
  { format, headOnly, headers = {} }: ExportAsked,
): Promise<(response: ServerResponse) => void> {
  const first = await records.next();
  return (response) => {
    response.writeHead(200, { 'Content-Type': MEDIA_TYPES[format], 'Cache-Control': 'no-store', ...headers });
    const text = headOnly ? [] : exported(goingOn(first, records), format);
    // A client that goes away, or a log that cannot be read on, ends it early: without the end of the body.
    pipeline(Readable.from(text), response)
      .catch(() => response.destroy())
      .finally(() => records.return(undefined));
  };
}

async function* goingOn<Item>(first: IteratorResult<Item, unknown>, rest: AsyncIterable<Item>): AsyncGenerator<Item> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
