/** A client of the event socket that keeps what it hears. */
import { WebSocket } from 'ws';
import { eventually } from '../../support/eventually.ts';

export interface Heard {
  readonly event?: string;
  readonly sequence?: number;
  readonly part?: number;
  // biome-ignore lint/suspicious/noExplicitAny: events are looked into field by field
  readonly [field: string]: any;
}

export interface Listener {
  readonly socket: WebSocket;
  readonly heard: Heard[];
  /** Code and reason with which it was closed. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
  /** Waits for the nth message. */
  hears(count: number): Promise<readonly Heard[]>;
  close(): Promise<void>;
}

export const CONFIRMATION = { success: true, request: 'connect' };

/** Opens a socket and sends a first message, if there is one. */
export async function listen(url: string, first?: unknown): Promise<Listener> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/6/v2/sock`);
  const heard: Heard[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.on('close', (code, reason) => resolve([code, String(reason)]));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  if (first !== undefined) socket.send(typeof first === 'string' ? first : JSON.stringify(first));
  return {
    socket,
    heard,
    closed,
    async hears(count) {
      await eventually(`${count} messages, heard ${JSON.stringify(heard)}`, () =>
        heard.length >= count ? true : undefined,
      );
      return heard;
    },
    async close() {
      socket.close();
      await closed;
    },
  };
}

/** Connected: its confirmation is not among what it hears. */
export async function connect(url: string, token: string, since: object = {}): Promise<Listener> {
  const listener = await listen(url, { request: 'connect', token, ...since });
  await listener.hears(1);
  listener.heard.shift();
  return listener;
}
