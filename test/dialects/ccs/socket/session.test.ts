import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../../../src/dialects/ccs/socket/frame.ts';
import { Session, type SocketLimits } from '../../../../src/dialects/ccs/socket/session.ts';
import { eventually } from '../../../support/eventually.ts';

const LIMITS: SocketLimits = { connectMs: 1_000, pingMs: 1_000, unsentBytesMax: 256 * 1024, replayBytesMax: 64 * 1024 };
const FRAME_CHARS = 128 * 1024;

let server: Server;
let client: WebSocket;
let session: Session;
let stream: Duplex;

async function given(options: { readonly autoPong?: boolean } = {}): Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server = createServer();
  const accepted = new Promise<void>((resolve) => {
    server.on('upgrade', (request, raw, head) => {
      sockets.handleUpgrade(request, raw, head, (socket) => {
        stream = raw;
        session = new Session(socket, raw, LIMITS);
        resolve();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  await Promise.all([accepted, new Promise((resolve) => client.once('open', resolve))]);
}

afterEach(() => {
  client.terminate();
  server.close();
});

describe('a socket', () => {
  beforeEach(() => given());

  test('gets texts of every length as they are', async () => {
    const heard: number[] = [];
    client.on('message', (data) => heard.push(String(data).length));
    const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];
    for (const length of lengths) session.write(textFrame('x'.repeat(length)));
    session.write(textFrame('ünï “x”'));
    await eventually('all texts', () => (heard.length === lengths.length + 1 ? true : undefined));
    expect(heard).toEqual([...lengths, 7]);
  });

  test('that does not read is cut off, and never held in memory without bound', async () => {
    const code = new Promise((resolve) => client.once('close', resolve));
    client.pause();
    const frame = textFrame('x'.repeat(FRAME_CHARS));
    let most = 0;
    await eventually('being cut off', () => {
      const wasWritten = session.write(frame);
      most = Math.max(most, stream.writableLength);
      return wasWritten ? undefined : true;
    });
    expect(most).toBeLessThanOrEqual(LIMITS.unsentBytesMax + frame.length);
    expect(session.isOpen).toBe(false);
    client.resume();
    expect(await code).toBe(1006);
  });

  test('that reads slowly is waited for while it replays', async () => {
    let heard = 0;
    client.on('message', () => {
      heard += 1;
    });
    client.pause();
    const frame = textFrame('x'.repeat(FRAME_CHARS));
    let written = 0;
    while (stream.writableLength <= LIMITS.replayBytesMax) {
      session.write(frame);
      written += 1;
    }
    const caughtUp = session.caughtUp();
    client.resume();
    await caughtUp;
    expect(stream.writableLength).toBeLessThanOrEqual(LIMITS.replayBytesMax);
    await eventually('all of it', () => (heard === written ? true : undefined));
  });

  test('is not waited for once it is gone', async () => {
    client.pause();
    while (stream.writableLength <= LIMITS.replayBytesMax) session.write(textFrame('x'.repeat(FRAME_CHARS)));
    const caughtUp = session.caughtUp();
    client.terminate();
    await caughtUp;
    expect(session.isOpen).toBe(false);
  });

  test('that answers pings stays', async () => {
    for (let pings = 0; pings < 3; pings++) {
      const pinged = new Promise((resolve) => client.once('ping', resolve));
      session.ping();
      await pinged;
      // Frames keep their order: once this one is answered, the pong before it has been taken.
      const answered = new Promise((resolve) => client.once('pong', resolve));
      client.ping();
      await answered;
    }
    expect(session.isOpen).toBe(true);
  });
});

test('a socket that does not answer a ping is cut off at the next', async () => {
  await given({ autoPong: false });
  const closed = new Promise((resolve) => client.once('close', resolve));
  session.ping();
  session.ping();
  expect(await closed).toBe(1006);
});
