/** A TCP proxy that loses what passes it, one way at a time, and cuts connections: the network between log and server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { eventually } from './eventually.ts';

export interface TcpProxy {
  readonly url: string;
  /** From now on bytes to the server (`requests`) or back (`replies`) vanish, until `cut`. */
  lose(direction: 'requests' | 'replies'): void;
  /** Resolves once something with these words in it has vanished. */
  hasLost(words: string): Promise<void>;
  /** Breaks every connection; new ones pass again. */
  cut(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let losing: 'requests' | 'replies' | undefined;
  let lost = '';

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    pass(client, upstream, 'requests');
    pass(upstream, client, 'replies');
  });

  function pass(from: Socket, to: Socket, direction: 'requests' | 'replies'): void {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      if (losing === direction) lost += bytes;
      else to.write(bytes);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
    losing = undefined;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `nats://127.0.0.1:${port}`,
    lose: (direction) => {
      losing = direction;
    },
    hasLost: async (words) => {
      await eventually(`${words} is lost`, () => lost.includes(words) || undefined);
    },
    cut,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
