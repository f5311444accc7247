/**
 * `/6/v2/sock`: takes over the upgrade, and leads each socket through its first message to the hub.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../../../model/clock.ts';
import { Hub, type HubParts } from './hub.ts';
import { Session, SOCKET_LIMITS, type SocketLimits } from './session.ts';

export interface CcsSocketParts extends Omit<HubParts, 'pingMs'> {
  readonly clock: Clock;
  readonly limits?: SocketLimits;
}

export interface CcsSocket {
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Connected sockets. */
  readonly size: number;
  /** Closes all sockets; resolves when they are gone. */
  drain(): Promise<void>;
}

/** A connect message is far smaller. */
const MESSAGE_BYTES_MAX = 8 * 1024;

export function createCcsSocket({ clock, limits = SOCKET_LIMITS, ...parts }: CcsSocketParts): CcsSocket {
  const hub = new Hub({ ...parts, pingMs: limits.pingMs });
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MESSAGE_BYTES_MAX });

  return {
    upgrade(request, stream, head) {
      server.handleUpgrade(request, stream, head, (socket) => {
        const session = new Session(socket, stream, limits);
        const forget = whicheverFirst(clock, limits.connectMs, () => session.refuse('Unauthorized'));
        session.onClose(() => {
          forget();
          hub.leave(session);
        });
        session.onMessage((asked) => {
          forget();
          const isFirst = session.admitted === undefined;
          if (asked === undefined && !isFirst) return;
          const refusal = asked === undefined ? 'Unauthorized' : hub.admit(session, asked);
          if (refusal !== undefined) session.refuse(refusal);
        });
      });
    },
    get size() {
      return hub.size;
    },
    async drain() {
      const closed = [...server.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      hub.stop();
      for (const socket of server.clients) socket.close(GOING_AWAY);
      await Promise.all(closed);
    },
  };
}

const GOING_AWAY = 1001;

/** The time of the machine limits what a silent peer costs; the domain's own clock may be moved on faster. */
function whicheverFirst(clock: Clock, ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  const forget = clock.at(clock.now() + ms, act);
  return () => {
    clearTimeout(timer);
    forget();
  };
}
