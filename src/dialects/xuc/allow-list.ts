/**
 * Who may use the deprecated 1.0 API: the addresses that the operator listed, proven by the socket, or by a proxy he trusts. A page
 * in a browser on such a machine does not pass for the machine: requests that come from a page are refused, and so is a
 * loopback address that was asked for by another name (a name rebound to it) or through a proxy.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isOfThisMachine, peerOf } from '../../http/peer.ts';
import { addressRanges, isLoopback } from '../../model/addresses.ts';

export type AllowList = (request: IncomingMessage) => boolean;

/** Entries that are no IP addresses allow nobody. */
export function allowList(hosts: readonly string[]): AllowList {
  const isListed = addressRanges(hosts.filter((host) => isIP(host) !== 0));
  return (request) => {
    const { address } = peerOf(request);
    if (!isListed(address) || request.headers.origin !== undefined) return false;
    return !isLoopback(address) || isOfThisMachine(request);
  };
}
