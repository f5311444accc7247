/** An answer on a bare connection, where there is no response to write it with: before an upgrade, or to what is no request. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { JsonObject } from '../model/json.ts';
import type { Headers } from './answer.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** As a problem document; the connection ends with it. */
export function answerRaw(connection: Duplex, { status, headers, body }: RawAnswer): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'Content-Type': 'application/problem+json',
    'Content-Length': `${Buffer.byteLength(text)}`,
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`);
}
