/**
 * An answer that lasts, as server-sent events: the log position is the event's id, so a reader that was cut off goes on
 * with `Last-Event-ID`; the CloudEvent is its data.
 */
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { LoggedTransition } from '../../model/transition.ts';
import type { Outlet } from '../readers.ts';
import { oncePerRecord, textOf } from '../record-text.ts';

const frameOf = oncePerRecord((record) => Buffer.from(`id: ${record.position}\ndata: ${textOf(record)}\n\n`));

/** The frame as one chunk of a chunked body (RFC 9112 §7.1). */
const chunkOf = oncePerRecord((record) => {
  const frame = frameOf(record);
  return Buffer.concat([Buffer.from(`${frame.length.toString(16)}\r\n`), frame, Buffer.from('\r\n')]);
});

/** Sends the headers and takes the response over. */
export function eventStream(response: ServerResponse): Outlet {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.write(': open\n\n');
  const { stream, bytesOf } = wayOf(response);
  return {
    stream,
    write: (records) => {
      // Of a reader who has gone the connection is ended a while before it is closed.
      if (stream.writable) for (const record of records) stream.write(bytesOf(record));
    },
    beat: () => void response.write(': beat\n\n'),
    end: () => void response.end(),
  };
}

interface Way {
  readonly stream: Writable;
  bytesOf(record: LoggedTransition): Buffer;
}

/**
 * Whole chunks go to the connection itself, the same bytes for every reader: half of what an event costs otherwise. Not where
 * the body is not chunked (HTTP/1.0), or another answer is still on its way out before this one.
 */
function wayOf(response: ServerResponse): Way {
  const { socket, req } = response;
  return socket === null || req.httpVersion !== '1.1'
    ? { stream: response, bytesOf: frameOf }
    : { stream: socket, bytesOf: chunkOf };
}
