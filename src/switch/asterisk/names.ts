/**
 * What our legs, bridges and recordings are called in an Asterisk, and its endpoints among our lines. A name tells all that
 * is needed to know one's own again, so nothing has to be remembered over a restart.
 */
import { decodeToken, encodeToken } from '../../model/actor-id.ts';
import type { LegRef } from '../switch.ts';

/** A channel that we dialled. `attempt`: a leg that is dialled again has another channel. */
export interface OwnChannel extends LegRef {
  readonly attempt: number;
}

export interface CallName {
  readonly tenant: string;
  readonly call: string;
}

export interface Names {
  channel(own: OwnChannel): string;
  /** Undefined for what we did not dial. */
  ownChannel(id: string): OwnChannel | undefined;
  /** `n` tells one bridge of a call from the next: while one is taken down, its name is not free. */
  bridge(call: CallName, n: number): string;
  /** Whose bridge it is; undefined for one of somebody else. */
  callOf(bridge: string): CallName | undefined;
  /** What a coach hears and says goes through these two; `n` tells one coaching from the next. */
  coaching(leg: LegRef, n: number): { readonly bridge: string; readonly snoop: string };
  /** True for a channel or bridge of `coaching`. */
  isCoaching(id: string): boolean;
}

/** @param app begins every name, so that several servers do not take each other's for their own */
export function namesOf(app: string): Names {
  const named = (...parts: readonly (string | number)[]) =>
    [app, ...parts].map((part) => encodeToken(String(part))).join('.');
  return {
    channel: ({ tenant, leg, attempt }) => named('leg', attempt, tenant, leg),
    ownChannel(id) {
      const [own, kind, attempt, ...rest] = id.split('.').map(decodeToken);
      const [tenant, leg] = rest;
      if (own !== app || kind !== 'leg' || tenant === undefined || leg === undefined) return undefined;
      return { tenant, leg, attempt: Number(attempt) };
    },
    bridge: ({ tenant, call }, n) => named('call', tenant, call, n),
    callOf(bridge) {
      const [own, kind, tenant, call] = bridge.split('.').map(decodeToken);
      return own !== app || kind !== 'call' || tenant === undefined || call === undefined
        ? undefined
        : { tenant, call };
    },
    coaching: ({ tenant, leg }, n) => ({
      bridge: named('coach', n, tenant, leg),
      snoop: named('snoop', n, tenant, leg),
    }),
    isCoaching: (id) => id.startsWith(`${named('coach')}.`) || id.startsWith(`${named('snoop')}.`),
  };
}

const NUMBER = '{number}';

/** Where a number is dialled in an Asterisk: a pattern such as `PJSIP/{number}@trunk`. */
export class Endpoints {
  readonly #before: string;
  readonly #after: string;

  constructor(pattern: string) {
    const at = pattern.indexOf(NUMBER);
    this.#before = pattern.slice(0, at);
    this.#after = pattern.slice(at + NUMBER.length);
  }

  of(number: string): string {
    return `${this.#before}${number}${this.#after}`;
  }

  /** The number of an endpoint such as `PJSIP/101`; undefined for one that is none of these. */
  numberOf(endpoint: string): string | undefined {
    if (!endpoint.startsWith(this.#before) || !endpoint.endsWith(this.#after)) return undefined;
    const number = endpoint.slice(this.#before.length, endpoint.length - this.#after.length);
    return /^[0-9*#]+$/.test(number) ? number : undefined;
  }
}

/** `PJSIP/101` of a channel's name, `PJSIP/101-00000005`. */
export function endpointOf(channelName: string): string {
  return channelName.replace(/-[^-]*$/, '');
}
