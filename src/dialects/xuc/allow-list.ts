/**
 * Who may use the deprecated 1.0 API: the addresses that the operator listed, proven by the socket. A page in a browser on
 * such a machine does not pass for the machine: requests that come from a page are refused, and so is a loopback address
 * that was asked for by another name (a name rebound to it, or a proxy in front).
 */
import { isIP, SocketAddress } from 'node:net';
import { plainAddress } from '../../identity/network-of.ts';
import type { Ask } from './route.ts';

export type AllowList = (ask: Pick<Ask, 'address' | 'headers'>) => boolean;

const LOOPBACK = /^127\.|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Entries that are no IP addresses allow nobody. */
export function allowList(hosts: readonly string[]): AllowList {
  const allowed = new Set(hosts.map((host) => oneSpelling(host.trim())).filter((host) => isIP(host) !== 0));
  return ({ address, headers }) => {
    const from = oneSpelling(address);
    if (!allowed.has(from) || headers.origin !== undefined) return false;
    return !LOOPBACK.test(from) || LOOPBACK_HOST.test(headers.host ?? '');
  };
}

/** One spelling per address: IPv6 is compressed. */
function oneSpelling(address: string): string {
  const plain = plainAddress(address);
  return isIP(plain) === 6 ? new SocketAddress({ address: plain, family: 'ipv6' }).address : plain;
}
