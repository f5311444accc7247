/**
 * Addresses: one spelling for each, what limits count as one (of IPv6 all that one host may take for itself, its /64), and
 * which of them an operator has named.
 */
import { BlockList, isIP } from 'node:net';

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

/** Whether an address is among some. What is no address is not. */
export type AddressRanges = (address: string) => boolean;

/** `ranges`: addresses, or ranges such as `10.0.0.0/8`. Throws a TypeError that quotes the one that is neither. */
export function addressRanges(ranges: readonly string[]): AddressRanges {
  const list = new BlockList();
  for (const range of ranges) {
    const [first = '', bits] = range.split('/');
    const address = bits === undefined ? plainAddress(first) : first;
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : Number(bits);
    if (version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most) {
      throw new TypeError(`"${range}" is neither an address nor a range of addresses`);
    }
    list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}

export const isLoopback = addressRanges(['127.0.0.0/8', '::1']);
