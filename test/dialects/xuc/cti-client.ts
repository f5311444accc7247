/** A client of the CTI socket that keeps every frame. */

import { expect } from 'vitest';
import { WebSocket } from 'ws';

export interface Received {
  readonly msgType: string;
  readonly ctiMessage: never;
}

export interface CtiClient {
  readonly frames: Received[];
  /** A command of the client library. */
  command(name: string, fields?: object): void;
  sendText(text: string | Buffer): void;
  /** The newest message of a type that matches, once it has come. */
  seen(msgType: string, expected?: unknown): Promise<Record<string, unknown>>;
  readonly closed: Promise<number>;
  close(): void;
}

export async function ctiClient(url: string, token: string): Promise<CtiClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/xuc/api/2.0/cti?token=${token}`);
  const frames: Received[] = [];
  socket.on('message', (data) => void frames.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const seen = async (msgType: string, expected: unknown = expect.anything()) => {
    const last = () =>
      frames.findLast((one) => one.msgType === msgType && matches(one.ctiMessage, expected))?.ctiMessage;
    await expect.poll(last, { message: `${msgType} in ${JSON.stringify(frames)}` }).toBeDefined();
    return last() as unknown as Record<string, unknown>;
  };
  return {
    frames,
    closed,
    seen,
    command: (command, fields = {}) => socket.send(JSON.stringify({ claz: 'web', command, ...fields })),
    sendText: (text) => socket.send(text),
    close: () => socket.close(),
  };
}

function matches(value: unknown, expected: unknown): boolean {
  try {
    expect(value).toEqual(
      Array.isArray(expected) || isAsymmetric(expected) ? expected : expect.objectContaining(expected),
    );
    return true;
  } catch {
    return false;
  }
}

function isAsymmetric(expected: unknown): boolean {
  return typeof expected === 'object' && expected !== null && 'asymmetricMatch' in expected;
}
