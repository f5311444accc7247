/**
 * A process of many listeners, for benchmarks: raw TCP connections that each hear the same stream of numbered messages, with
 * as little work per message as can be, so that the sender is what is measured. Some of them note when which number
 * came; the others only read. Speaks by IPC; times are ms since 1970.
 */
import { connect, type Socket } from 'node:net';

export interface Listening {
  readonly port: number;
  readonly count: number;
  /** What each sends when it is connected. */
  readonly hello: string;
  /** What it waits for before it counts as ready. */
  readonly welcome: string;
  /** Stands before the number of a message. */
  readonly marker: string;
  /** One in so many notes what it hears. */
  readonly notingShare: number;
}

/** Number and time of everything that was noted. */
export type Noted = readonly (readonly [number: number, at: number])[];

/** Longer than a marker with its number. */
const TAIL_CHARS = 48;

let sockets: Socket[] = [];
let noted: [number, number][] = [];

process.on('message', (asked: Listening | 'report' | 'leave') => {
  if (asked === 'report') {
    process.send?.(noted);
    noted = [];
  } else if (asked === 'leave') {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    process.send?.('left');
  } else {
    void Promise.all(Array.from({ length: asked.count }, (_, index) => listen(asked, index))).then((all) => {
      sockets = all;
      process.send?.('ready');
    });
  }
});

function listen({ port, hello, welcome, marker, notingShare }: Listening, index: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => socket.write(hello, 'latin1'));
    let tail = '';
    const welcomed = (chunk: Buffer): void => {
      tail += chunk.toString('latin1');
      if (!tail.includes(welcome)) return;
      tail = '';
      socket.off('data', welcomed);
      if (index % notingShare === 0) socket.on('data', note);
      else socket.resume();
      resolve(socket);
    };
    const numbers = new RegExp(`${marker}(\\d+)\\D`, 'g');
    const note = (chunk: Buffer): void => {
      const at = performance.timeOrigin + performance.now();
      const text = tail + chunk.toString('latin1');
      let end = 0;
      for (const match of text.matchAll(numbers)) {
        noted.push([Number(match[1]), at]);
        end = match.index + match[0].length;
      }
      tail = text.slice(Math.max(end, text.length - TAIL_CHARS));
    };
    socket.on('data', welcomed).on('error', () => undefined);
  });
}
