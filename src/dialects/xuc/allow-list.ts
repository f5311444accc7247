/**
 * Who may use the deprecated 1.0 API: the addresses that the operator listed, proven by the socket. A page in a browser on
 * such a machine does not pass for the machine: requests that come from a page are refused, and so is a loopback address
 * that was asked for by another name (a name rebound to it, or a proxy in front).
 */
import { isIP, SocketAddress } from 'node:net';
import type { Ask } from './route.ts';

export type AllowList = (ask: Pick<Ask, 'address' | 'headers'>) => boolean;

const LOOPBACK = /^127\.|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

/** Entries that are no IP addresses allow nobody. */
export function allowList(hosts: readonly string[]): AllowList {
  const allowed = new Set(hosts.map((host) => plainAddress(host.trim())).filter((host) => isIP(host) !== 0));
  return ({ address, headers }) => {
    const from = plainAddress(address);
    if (!allowed.has(from) || headers.origin !== undefined) return false;
    return !LOOPBACK.test(from) || LOOPBACK_HOST.test(headers.host ?? '');
  };
}

/** One spelling per address: IPv4 in IPv6 as IPv4, IPv6 compressed and without a zone. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ''] = address.split('%', 1);
  return isIP(bare) === 6 ? new SocketAddress({ address: bare, family: 'ipv6' }).address : bare;
}
