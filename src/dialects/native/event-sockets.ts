/**
 * `/v1/events/ws`: the same events, filters and rights as `/v1/events`, over a WebSocket. A browser, which cannot set
 * headers here, names its token as a subprotocol: `new WebSocket(url, ['ledgerline', 'bearer.<token>'])`. Cookies mean
 * nothing, so a page of another origin gains nothing. What is refused is refused before the upgrade, as a problem document.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { answerRaw } from '../../http/raw-answer.ts';
import { hasScope } from '../../identity/principal.ts';
import type { Readers } from '../../subscribers/readers.ts';
import { eventSocket } from '../../subscribers/websocket/event-socket.ts';
import type { WhoAsks } from './auth.ts';
import { failureProblem, refusalProblem } from './errors.ts';
import { type Followed, readingOf } from './events.ts';

const SOCKET_PATH = '/v1/events/ws';

const PROTOCOL = 'ledgerline';
/** Readers have nothing to say. */
const MESSAGE_BYTES_MAX = 1024;

export interface EventSocketParts extends Followed {
  readonly readers: Readers;
  readonly whoAsks: (request: IncomingMessage) => WhoAsks;
}

export interface EventSockets {
  /** Takes the connection over, if it is asked to. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): boolean;
}

export function createEventSockets(parts: EventSocketParts): EventSockets {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const open = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    const reading = await readingFor(parts, request);
    if ('status' in reading) return answerRaw(stream, reading);
    if (stream.destroyed) return;
    server.handleUpgrade(request, stream, head, (socket) => parts.readers.admit(eventSocket(socket, stream), reading));
  };
  return {
    upgrade(request, stream, head) {
      if (urlOf(request).pathname !== SOCKET_PATH) return false;
      open(request, stream, head).catch((error: unknown) => answerRaw(stream, failureProblem(error)));
      return true;
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
