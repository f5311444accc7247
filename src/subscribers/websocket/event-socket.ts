/**
 * An open WebSocket as a reader of the log: one text message per record, `{"position":…,"record":…}`. What the reader
 * sends is not listened to. A reader that answers no ping is gone. Of pings a page in a browser is told nothing: who asks for it
 * gets a message besides, `{"heartbeat":true}`.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Outlet } from '../readers.ts';
import { oncePerRecord, textOf } from '../record-text.ts';

const GOING_AWAY = 1001;
const FINAL_TEXT = 0x81;

const frameOf = oncePerRecord((record) => frame(`{"position":${record.position},"record":${textOf(record)}}`));

const HEARTBEAT = frame('{"heartbeat":true}');

/** `stream` is the connection under the socket: whole frames are written to it, the same bytes for every reader. */
export function eventSocket(socket: WebSocket, stream: Duplex, withHeartbeat: boolean): Outlet {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  // A broken frame, one that is too large, or a reset: ws closes the socket itself.
  socket.on('error', () => undefined);
  const isOpen = () => socket.readyState === socket.OPEN;
  return {
    stream,
    write: (records) => {
      if (isOpen()) for (const record of records) stream.write(frameOf(record));
    },
    beat: () => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      if (!isOpen()) return;
      socket.ping();
      if (withHeartbeat) stream.write(HEARTBEAT);
    },
    end: () => socket.close(GOING_AWAY),
  };
}

/** One unmasked text frame (RFC 6455 §5.2). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([FINAL_TEXT, length]), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = FINAL_TEXT;
  header[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}
