/**
 * The listening side: one Koa chain behind any number of ports, http or https; WebSocket upgrades handed to the dialect
 * that owns the path; slow, silent and too many connections cut; a drain that finishes what is under way, bounded.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server as NodeServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { LedgerlineError } from '../errors.ts';
import type { Dialect } from '../http/dialect.ts';
import { believeProxies } from '../http/peer.ts';
import { refuseUpgrade } from '../http/raw-answer.ts';
import { type AddressRanges, addressRanges, networkOf } from '../model/addresses.ts';
import { type ChainParts, createChain, failureAnswer, ownerOf, protection, socketAt } from './chain.ts';
import { inTurn } from './in-turn.ts';
import { answerUnreadable } from './unreadable.ts';

export interface ServerLimits {
  /** A client has so long for its headers, and so long for its whole request: no slow trickle holds a socket. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** A client that takes nothing of its answer for so long is cut off. */
  readonly stalledMs: number;
  /** Open connections per port; further ones are dropped. */
  readonly connectionsMax: number;
  /** Open connections per port from one address; of IPv6, from one network. */
  readonly connectionsPerAddressMax: number;
  readonly headersMax: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headersMs: 10_000,
  // A file of 100 MB takes its time.
  requestMs: 120_000,
  keepAliveMs: 30_000,
  stalledMs: 60_000,
  connectionsMax: 20_000,
  connectionsPerAddressMax: 5_000,
  headersMax: 100,
};

const NOBODY = addressRanges([]);
const CONNECTIONS_CHECK_MS = 1_000;
const SWEEP_MS = 25;

export interface ServerOptions extends Omit<ChainParts, 'draining' | 'tls' | 'gate' | 'stalledMs'> {
  /** Why no request of this method can be served now; undefined when all is well. A drain shuts the gate by itself. */
  readonly gate: (method: string) => LedgerlineError | undefined;
  /** PEM texts; absent: plain http. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits?: ServerLimits;
  /** Proxies in front whose word is believed (http/peer.ts); absent: none. */
  readonly isProxy?: AddressRanges;
}

export interface Listening {
  readonly host: string;
  readonly ports: readonly number[];
  /** True: a port that is taken is passed over with a warning, as long as one is left. */
  readonly skipTaken: boolean;
}

export interface LedgerlineServer {
  /** The ports as bound (0 becomes a number). Throws `badConfiguration` when a port, or every port, is taken or not to be had. */
  listen(listening: Listening): Promise<readonly number[]>;
  readonly ports: readonly number[];
  /** Takes no new connection, ends streams, lets requests finish for `boundMs`, then cuts. A second call waits for the first. */
  drain(boundMs: number): Promise<void>;
}

export function createServer(options: ServerOptions): LedgerlineServer {
  const { dialects, limits = SERVER_LIMITS, logger, tls, isProxy = NOBODY } = options;
  const open: Open = { servers: [], upgraded: new Set() };
  const ports: number[] = [];
  let drained: Promise<void> | undefined;

  const closing = (method: string): LedgerlineError | undefined =>
    drained === undefined ? options.gate(method) : new LedgerlineError('unavailable', 'the server is shutting down');
  const chain = createChain({
    ...options,
    gate: closing,
    draining: () => drained !== undefined,
    tls: tls !== undefined,
    stalledMs: limits.stalledMs,
  });
  const handle = chain.callback();
  /** Whose WebSocket is asked for; undefined where there is none. */
  const faceOf = ({ url }: IncomingMessage): Dialect | undefined => {
    const path = pathOf(url);
    const owner = ownerOf(dialects, path);
    return socketAt(owner, path) === undefined ? undefined : owner;
  };
  const meet = meeting(isProxy, logger);
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy());
    open.upgraded.add(stream);
    stream.on('close', () => open.upgraded.delete(stream));
    const face = faceOf(request);
    const shut = closing('GET');
    const asked = { path: pathOf(request.url), origin: request.headers.origin };
    if (shut !== undefined) refuseUpgrade(stream, failureAnswer(face, shut, asked));
    else face?.socket?.upgrade(request, stream, head);
  };

  return {
    ports,
    async listen({ host, ports: asked, skipTaken }) {
      for (const port of asked) {
        const server = boundedServer(limits, tls, (request) => isWebSocket(request) && faceOf(request) !== undefined);
        answerUnreadable(server, { logger, standing: protection(tls !== undefined) });
        server.on('connection', capPerAddress(limits.connectionsPerAddressMax, isProxy));
        server.on('request', meet).on('upgrade', meet);
        server.on('request', inTurn(handle)).on('upgrade', upgrade);
        const bound = await listenOn(server, host, port);
        if (bound === undefined && !skipTaken) throw taken(port);
        if (bound === undefined) {
          logger.warn({ port }, 'port is taken, going on without it');
          continue;
        }
        open.servers.push(server);
        ports.push(bound);
      }
      if (ports.length === 0) throw taken(...asked);
      return ports;
    },
    drain(boundMs) {
      drained ??= shutDown(open, dialects, boundMs);
      return drained;
    },
  };
}

interface Open {
  readonly servers: NodeServer[];
  readonly upgraded: Set<Duplex>;
}

/**
 * Not listening yet, and with nobody to answer. What it is asked to change to besides, such as HTTP/2, is passed over: a
 * client that offers it goes on without (RFC 9110, 7.8).
 */
function boundedServer(
  limits: ServerLimits,
  tls: ServerOptions['tls'],
  mayUpgrade: (request: IncomingMessage) => boolean,
): NodeServer {
  const bounds = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    // Said in words, by the chain.
    requireHostHeader: false,
    shouldUpgradeCallback: mayUpgrade,
  };
  const server = tls === undefined ? createHttpServer(bounds) : createHttpsServer({ ...bounds, ...tls });
  server.maxConnections = limits.connectionsMax;
  server.maxHeadersCount = limits.headersMax;
  return server;
}

async function shutDown({ servers, upgraded }: Open, dialects: readonly Dialect[], boundMs: number): Promise<void> {
  const closed = Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  const ended = Promise.allSettled(dialects.map((dialect) => dialect.drain?.())).then(() => {
    for (const socket of upgraded) socket.destroy();
  });
  // A connection whose last answer is out would be kept alive for the next request, which is not taken any more.
  const sweep = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, SWEEP_MS);
  const bound = Promise.withResolvers<void>();
  const cut = setTimeout(bound.resolve, boundMs);
  await Promise.race([bound.promise, Promise.all([closed, ended])]);
  clearTimeout(cut);
  clearInterval(sweep);
  for (const server of servers) server.closeAllConnections();
  for (const socket of upgraded) socket.destroy();
  await closed;
}

/** The port that was bound; undefined when another process has it. */
function listenOn(server: NodeServer, host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(unbindable(host, port, error)),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

const NO_ADDRESS_OF_OURS: readonly unknown[] = ['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN'];

/** The error itself where no setting is to blame. */
function unbindable(host: string, port: number, error: NodeJS.ErrnoException): Error {
  const why = NO_ADDRESS_OF_OURS.includes(error.code)
    ? `LEDGERLINE_HOST: ${host} is no address of this machine`
    : error.code === 'EACCES' && `LEDGERLINE_PORT: ${port} is not open to this user`;
  return why ? new LedgerlineError('badConfiguration', why, { host, port }, error) : error;
}

function taken(...ports: readonly number[]): LedgerlineError {
  return new LedgerlineError('badConfiguration', `LEDGERLINE_PORT: ${ports.join(' and ')} taken by another process`, {
    ports,
  });
}

/** Learns of each request, before anybody looks at it, who sent it; says once that a proxy is not known. */
function meeting(isProxy: AddressRanges, logger: Logger): (request: IncomingMessage) => void {
  let told = false;
  return (request) => {
    if (believeProxies(request, isProxy) || told) return;
    told = true;
    const { remoteAddress } = request.socket;
    logger.warn({ proxy: remoteAddress }, 'LEDGERLINE_PROXIES does not name this proxy: its clients count as one');
  };
}

function capPerAddress(most: number, isProxy: AddressRanges): (socket: Socket) => void {
  const open = new Map<string, number>();
  return (socket) => {
    const { remoteAddress = '' } = socket;
    if (isProxy(remoteAddress)) return;
    const address = networkOf(remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    if (count > most) socket.destroy();
  };
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function pathOf(url = '/'): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
