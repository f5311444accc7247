/**
 * Addresses as limits count them: one spelling for each, and all that one host of IPv6 may take for itself (its /64) as one.
 */
import { isIP } from 'node:net';

const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/** Of a socket's remote address. What is no address counts as itself. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [before = [], after = []] = plain.split('::').map((side) => (side === '' ? [] : side.split(':')));
  const left = Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0');
  const network = [...before, ...left, ...after].slice(0, GROUPS_OF_NETWORK);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** IPv4 in IPv6 as IPv4, and no zone. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.split('%', 1)[0] ?? '';
}
