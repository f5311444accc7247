/**
 * `/v1/events/ws`: the same events, filters and rights as `/v1/events`, over a WebSocket. A browser, which cannot set
 * headers here, names its token as a subprotocol: `new WebSocket(url, ['ledgerline', 'bearer.<token>'])`. Cookies mean
 * nothing, so a page of another origin gains nothing. What is refused is refused before the upgrade, as a problem document.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { DialectSocket } from '../../http/dialect.ts';
import { refuseUpgrade } from '../../http/raw-answer.ts';
import { hasScope } from '../../identity/principal.ts';
import type { Readers } from '../../subscribers/readers.ts';
import { eventSocket } from '../../subscribers/websocket/event-socket.ts';
import type { WhoAsks } from './auth.ts';
import { failureProblem, refusalProblem } from './errors.ts';
import { EVENT_QUERY, type Followed, readingOf } from './events.ts';
import type { RouteDescription } from './route.ts';

/** As it is described beside the routes. */
export const EVENT_SOCKET: RouteDescription = {
  method: 'GET',
  path: '/v1/events/ws',
  summary: 'Records as they happen, over a WebSocket: one message `{"position", "record"}` per record',
  answer: { status: 101, description: 'The WebSocket' },
  scope: 'events',
  asOf: false,
  takesMoment: true,
  query: [
    ...EVENT_QUERY,
    {
      name: 'heartbeat',
      description:
        '`true`: also a message `{"heartbeat": true}` every 15 s, for browsers, which tell a page nothing of pings. After 25 s without any the connection is none.',
    },
  ],
};

const PROTOCOL = 'ledgerline';
/** Readers have nothing to say. */
const MESSAGE_BYTES_MAX = 1024;

export interface EventSocketParts extends Followed {
  readonly readers: Readers;
  readonly whoAsks: (request: IncomingMessage) => WhoAsks;
}

export function createEventSockets(parts: EventSocketParts): DialectSocket {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const open = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    const reading = await readingFor(parts, request);
    if ('status' in reading) return refuseUpgrade(stream, reading);
    if (stream.destroyed) return;
    const withHeartbeat = urlOf(request).searchParams.get('heartbeat') === 'true';
    server.handleUpgrade(request, stream, head, (socket) =>
      parts.readers.admit(eventSocket(socket, stream, withHeartbeat), reading),
    );
  };
  return {
    path: EVENT_SOCKET.path,
    upgrade(request, stream, head) {
      open(request, stream, head).catch((error: unknown) => refuseUpgrade(stream, failureProblem(error)));
    },
  };
}

async function readingFor({ whoAsks, ...followed }: EventSocketParts, request: IncomingMessage) {
  const { headers } = request;
  const offered = tokenOffered(headers['sec-websocket-protocol']);
  if (headers.authorization === undefined && offered !== undefined) headers.authorization = `Bearer ${offered}`;
  const who = whoAsks(request);
  const principal = who();
  if (principal === undefined) return refusalProblem({ kind: 'unauthenticated' });
  if (!hasScope(principal, 'events')) return refusalProblem({ kind: 'forbidden', scope: 'events' });
  const reading = await readingOf({ query: urlOf(request).searchParams, headers, principal, who }, followed);
  return reading.ok ? reading.reading : refusalProblem(reading.refusal);
}

function tokenOffered(protocols: string | undefined): string | undefined {
  return /(?:^|,)\s*bearer\.([\x21\x23-\x2b\x2d-\x7e]+)/.exec(protocols ?? '')?.[1];
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  return new URL(url, 'ws://server');
}
