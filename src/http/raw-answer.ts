/** An answer on a bare connection, where there is no response to write it with: before an upgrade, or to what is no request. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TextAnswer } from './text-answer.ts';

/** The connection ends with it. */
export function answerRaw(
  connection: Duplex,
  { status, phrase = STATUS_CODES[status] ?? '', ...answer }: TextAnswer,
): void {
  const { headers, text } = answer;
  const lines = Object.entries({
    ...headers,
    'Content-Length': `${Buffer.byteLength(text)}`,
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.end(`HTTP/1.1 ${status} ${phrase}\r\n${lines.join('')}\r\n${text}`);
}

/** To who asks for an upgrade and gets none. Nobody watches his connection any more, and he may keep his end of it open. */
export function refuseUpgrade(connection: Duplex, answer: TextAnswer): void {
  connection.once('finish', () => connection.destroy());
  answerRaw(connection, answer);
}
