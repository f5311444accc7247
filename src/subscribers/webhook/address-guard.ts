/**
 * Where webhooks may go: to public addresses over https, and to what the operator allows by name of address. Everything
 * else (this machine, its networks, link-local and reserved ranges) is refused, so that nobody who may register a webhook
 * can reach through this server what he cannot reach himself.
 */
import { isIP } from 'node:net';
import { addressRanges } from '../../model/addresses.ts';

export interface AddressGuard {
  /** Why nothing is sent there, in words; undefined when it may be. */
  refusal(address: string, secure: boolean): string | undefined;
  /** The same of a URL, as far as it tells by itself; undefined also for a name, which is decided when it is resolved. */
  refusalOf(url: URL): string | undefined;
}

/** The one name that stands for the same addresses everywhere (RFC 6761, 6.3). */
const LOCALHOST = /^localhost\.?$/;
const LOOPBACK = ['127.0.0.1', '::1'];

/** IANA's special-purpose registry: nothing of it is anybody's public address. */
const isSpecial4 = addressRanges([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
/** All that is routed; within it, what carries an IPv4 address inside or is documentation. */
const isRouted6 = addressRanges(['2000::/3']);
const isSpecial6 = addressRanges(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** `allowed`: addresses, or ranges such as `10.0.0.0/8`. Throws a TypeError naming the one that is neither. */
export function addressGuard(allowed: readonly string[]): AddressGuard {
  const isAllowed = addressRanges(allowed);
  const refusal: AddressGuard['refusal'] = (address, secure) => {
    if (isAllowed(address)) return undefined;
    const isPublic =
      isIP(address) === 6 ? isRouted6(address) && !isSpecial6(address) : isIP(address) === 4 && !isSpecial4(address);
    if (!isPublic) return `${address} is not a public address, and LEDGERLINE_WEBHOOK_ALLOW does not name it`;
    return secure ? undefined : 'https only, except for addresses that LEDGERLINE_WEBHOOK_ALLOW names';
  };
  return {
    refusal,
    refusalOf({ hostname, protocol }) {
      const host = hostname.replace(/^\[|\]$/g, '');
      const addresses = LOCALHOST.test(host) ? LOOPBACK : [host].filter((one) => isIP(one) !== 0);
      const refusals = addresses.map((address) => refusal(address, protocol === 'https:'));
      return refusals.includes(undefined) ? undefined : refusals[0];
    },
  };
}
