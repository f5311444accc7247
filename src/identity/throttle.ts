/**
 * Guessing is slow: so many failed sign-ins per name and per address (of IPv6, per network) in a window, then no more are
 * checked until it ends.
 * A try counts before its password is looked at, and is given back when it was right, so that parallel guesses count too.
 * The counters live in this process and forget at a restart. They run on the machine's own time, not on the domain clock.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../model/addresses.ts';

export interface ThrottleLimits {
  readonly perName: number;
  readonly perAddress: number;
  /** Of one wrong password, over and over. */
  readonly perRepeat: number;
  readonly windowS: number;
}

const THROTTLE_LIMITS: ThrottleLimits = { perName: 10, perAddress: 100, perRepeat: 1_000, windowS: 900 };

export interface Throttle {
  /** Undefined: go on and check. A number: refused, to be tried again after so many ms. */
  enter(name: string, address: string): Promise<number | undefined>;
  /** A wrong try that was made before, told by its digest: no further guess, and costs nobody but itself. Else as `enter`. */
  again(wrong: string): Promise<number | undefined>;
  /** The try was right. */
  forgive(name: string, address: string): Promise<void>;
}

export function createThrottle({ perName, perRepeat, ...limits }: ThrottleLimits = THROTTLE_LIMITS): Throttle {
  const names = new RateLimiterMemory({ keyPrefix: '', points: perName, duration: limits.windowS });
  const addresses = createAddressThrottle(limits);
  // A program with an old password, or one that tries every path with a wrong one, is told so each time; no loop is.
  const repeats = new RateLimiterMemory({ keyPrefix: '', points: perRepeat, duration: limits.windowS });
  return {
    again: (wrong) => consume(repeats, wrong),
    async enter(name, address) {
      // A name over its limit is refused before its address is charged: else one program with an old password would lock
      // out everybody at that address.
      const ofName = await names.get(name);
      if (ofName !== null && ofName.remainingPoints <= 0) return waitOf(ofName);
      return (await addresses.enter(address)) ?? (await consume(names, name));
    },
    async forgive(name, address) {
      await names.delete(name);
      await addresses.forgive(address);
    },
  };
}

/** For sign-ins that name nobody until they are proven, such as tickets: counted by address alone. */
export interface AddressThrottle {
  enter(address: string): Promise<number | undefined>;
  forgive(address: string): Promise<void>;
}

export function createAddressThrottle({
  perAddress,
  windowS,
}: Pick<ThrottleLimits, 'perAddress' | 'windowS'>): AddressThrottle {
  const addresses = new RateLimiterMemory({ keyPrefix: '', points: perAddress, duration: windowS });
  return {
    enter: (address) => consume(addresses, networkOf(address)),
    async forgive(address) {
      await addresses.reward(networkOf(address));
    },
  };
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return waitOf(refusal);
    throw refusal;
  }
}

function waitOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, msBeforeNext);
}
