/**
 * An answer that lasts, as server-sent events: the log position is the event's id, so a reader that was cut off goes on
 * with `Last-Event-ID`; the CloudEvent is its data.
 */
import type { ServerResponse } from 'node:http';
import type { Outlet } from '../readers.ts';
import { oncePerRecord, textOf } from '../record-text.ts';

const frameOf = oncePerRecord((record) => Buffer.from(`id: ${record.position}\ndata: ${textOf(record)}\n\n`));

/** Sends the headers and takes the response over. */
export function eventStream(response: ServerResponse): Outlet {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.write(': open\n\n');
  return {
    stream: response,
    write: (records) => {
      for (const record of records) response.write(frameOf(record));
    },
    beat: () => void response.write(': beat\n\n'),
    end: () => void response.end(),
  };
}
