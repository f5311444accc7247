/**
 * The people of the simulated network: those who call from outside, and hands on desk phones. What the native API
 * offers as `POST …/calls` and `…/lines/{number}/{answer|reject|hangup}` (contracts/demo.md, last paragraph).
 * Each deed resolves when what it means is recorded; false when there was nothing to do it to, or it was refused.
 */
import type { LegView } from './leg-table.ts';
import type { SimulatedNetwork } from './network.ts';

export interface PlacedCall {
  readonly tenant: string;
  /** Id of the call to be; false comes back when it exists. */
  readonly call: string;
  readonly from: string;
  readonly fromName?: string;
  /** Set when the caller sits at a line of ours. */
  readonly line?: string;
  readonly to: string;
  readonly code?: string;
}

export interface LineHands {
  answer(): Promise<boolean>;
  reject(): Promise<boolean>;
  /** Ends what talks, is held or dials there; the newest first. */
  hangup(): Promise<boolean>;
  hold(): Promise<boolean>;
  retrieve(): Promise<boolean>;
  press(digits: string): Promise<boolean>;
  /** Sends whom he talks with to a number, on the phone's own key. */
  transfer(to: string): Promise<boolean>;
  /** Joins the two calls he has: the newest goes to the one before it. */
  joinCalls(): Promise<boolean>;
}

export interface Hands {
  placeCall(call: PlacedCall): Promise<boolean>;
  /** Whoever is outside in that call hangs up. */
  hangupOutside(tenant: string, call: string): Promise<boolean>;
  line(tenant: string, number: string): LineHands;
}

/**
 * @param legsOf the live legs of a call: a transfer may have brought legs into it that the network dialled for another
 */
export function handsOn(
  network: SimulatedNetwork,
  legsOf: (tenant: string, call: string) => readonly { readonly id: string }[],
): Hands {
  return {
    placeCall: (call) => network.incoming({ ...call, leg: `${call.call}~c` }),
    hangupOutside(tenant, call) {
      const ids = legsOf(tenant, call).map(({ id }) => id);
      const leg = network
        .view()
        .find((one) => one.tenant === tenant && one.line === undefined && ids.includes(one.leg));
      return leg === undefined ? Promise.resolve(false) : network.byHand(leg, 'ended');
    },
    line(tenant, number) {
      const newest = (is: (leg: LegView) => boolean) =>
        network.view().findLast((leg) => leg.tenant === tenant && leg.line === number && is(leg));
      const byHand = (
        deed: 'answered' | 'rejected' | 'ended' | 'held' | 'retrieved',
        is: (leg: LegView) => boolean,
      ) => {
        const leg = newest(is);
        return leg === undefined ? Promise.resolve(false) : network.byHand(leg, deed);
      };
      return {
        answer: () => byHand('answered', ({ state }) => state === 'ringing'),
        reject: () => byHand('rejected', ({ state }) => state === 'ringing'),
        hangup: () => byHand('ended', ({ state, incoming }) => state === 'up' || incoming !== undefined),
        hold: () => byHand('held', ({ state, held }) => state === 'up' && !held),
        retrieve: () => byHand('retrieved', ({ state, held }) => state === 'up' && held),
        transfer(to) {
          const leg = newest(({ state }) => state === 'up');
          return leg === undefined ? Promise.resolve(false) : network.transferred(leg, { to });
        },
        joinCalls() {
          const last = newest(({ state, incoming }) => state === 'up' || incoming !== undefined);
          const before = newest((leg) => leg.state === 'up' && leg.leg !== last?.leg);
          if (last === undefined || before === undefined) return Promise.resolve(false);
          return network.transferred(before, { onto: last.leg });
        },
        press(digits) {
          const leg = newest(({ state }) => state === 'up');
          return leg === undefined ? Promise.resolve(false) : network.pressed(leg, digits);
        },
      };
    },
  };
}
