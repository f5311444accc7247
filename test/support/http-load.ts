/**
 * Load on an HTTP server: one GET again and again over connections that are kept, read with so little work that the server
 * is what is measured. Answers must have a `Content-Length`. Beside the time it tells what the server's process spent.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly requests: number;
  /** Of the server. */
  readonly pid: number;
}

export interface Spent {
  readonly ms: number;
  /** Processor time of the server per request. */
  readonly cpuMs: number;
}

const CLOCK_TICKS_MS = 10;
const HEAD_END = '\r\n\r\n';

/** Throws unless every answer is a 200. */
export async function loaded({ url, headers, connections, requests, pid }: Load): Promise<Spent> {
  const { host, hostname, port, pathname, search } = new URL(url);
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(hostname, Number(port))));
  const cpuBefore = cpuMsOf(pid);
  const began = performance.now();
  let left = requests;
  const next = (): boolean => left-- > 0;
  await Promise.all(sockets.map((socket) => asked(socket, request, next)));
  const ms = performance.now() - began;
  for (const socket of sockets) socket.destroy();
  return { ms, cpuMs: (cpuMsOf(pid) - cpuBefore) / requests };
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends a request after every whole answer, as long as there is a next one. */
function asked(socket: Socket, request: Buffer, next: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let missing = 0;
    let head = '';
    const send = (): void => {
      if (next()) socket.write(request);
      else resolve();
    };
    socket.on('error', reject).on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk) => {
      if (missing > 0) missing -= chunk.length;
      else {
        head += chunk.toString('latin1');
        const end = head.indexOf(HEAD_END);
        if (end < 0) return;
        if (!head.startsWith('HTTP/1.1 200')) return reject(new Error(head));
        missing = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (head.length - end - HEAD_END.length);
        head = '';
      }
      if (missing === 0) send();
    });
    send();
  });
}

/** Processor time of a process so far: user and system. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICKS_MS;
}
