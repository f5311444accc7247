/**
 * Who is at the other end of a request: the client itself, or, where a proxy is there that the operator trusts, the client that
 * the proxy names (X-Forwarded-For, X-Forwarded-Proto). Nobody else's word for who he is is believed.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type AddressRanges, isLoopback, plainAddress } from '../model/addresses.ts';

export interface Peer {
  /** Empty once the connection is gone. */
  readonly address: string;
  /** The client speaks TLS, with us or with the proxy. */
  readonly isSecure: boolean;
}

/** What trusted proxies said. By request, since sockets are asked that are upgraded before any handler has a context. */
const named = new WeakMap<IncomingMessage, Peer>();

export function peerOf(request: IncomingMessage): Peer {
  return named.get(request) ?? direct(request);
}

/**
 * Believes what proxies say of this request. Of a row of addresses the last that is no proxy counts: those before it anybody
 * may have written. To be asked before `peerOf`, once. False: it came through a proxy that is not known as one.
 */
export function believeProxies(request: IncomingMessage, isProxy: AddressRanges): boolean {
  const { 'x-forwarded-for': row, 'x-forwarded-proto': scheme } = request.headers;
  if (row === undefined && scheme === undefined) return true;
  const { address, isSecure } = direct(request);
  if (!isProxy(address)) return row === undefined;
  const [spoken] = String(scheme ?? '').split(',', 1);
  named.set(request, {
    address: clientIn(String(row ?? ''), address, isProxy),
    isSecure: scheme === undefined ? isSecure : spoken?.trim().toLowerCase() === 'https',
  });
  return true;
}

function direct({ socket }: IncomingMessage): Peer {
  return {
    address: plainAddress(socket.remoteAddress ?? ''),
    isSecure: 'encrypted' in socket && socket.encrypted === true,
  };
}

function clientIn(row: string, proxy: string, isProxy: AddressRanges): string {
  let client = proxy;
  for (const said of row.split(',').reverse()) {
    if (!isProxy(client)) break;
    const address = plainAddress(withoutPort(said.trim()));
    if (isIP(address) === 0) break;
    client = address;
  }
  return client;
}

/** Some write `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(said: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(said)?.[1] ?? /^([\d.]+):\d+$/.exec(said)?.[1] ?? said;
}

const HANDED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-proto'];
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Sent by this machine, to this machine by name (no name that was rebound to it), and not handed on by a proxy, known or not. */
export function isOfThisMachine(request: IncomingMessage): boolean {
  const { headers } = request;
  if (HANDED_ON.some((header) => headers[header] !== undefined)) return false;
  return isLoopback(direct(request).address) && LOOPBACK_HOST.test(headers.host ?? '');
}
