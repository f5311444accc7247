/**
 * The legs of the simulated network: which there are, and how each stands. Knows nothing of time or of reports.
 */
import type { ExpectedLeg, Heard, IncomingCall, LegRef } from '../switch.ts';

export interface NetworkLeg extends LegRef {
  readonly call: string;
  readonly number: string;
  readonly line?: string;
  readonly incoming?: IncomingCall;
  readonly shares?: string;
  state: 'dialing' | 'ringing' | 'up';
  held: boolean;
  muted: boolean;
  heard: Heard;
  monitors: { readonly call: string; readonly speaksTo: string | null } | null;
  /** Digits it was sent last. */
  sent: string;
  /** Counts what its phone has reported, for `order` of those events. */
  order: number;
  cancel: () => void;
}

/** What people can see of a leg. */
export type LegView = Readonly<Omit<NetworkLeg, 'cancel'>>;

/** What an order sets. */
type Change = Partial<Pick<NetworkLeg, 'held' | 'muted' | 'heard' | 'sent' | 'monitors'>>;

export class LegTable {
  readonly #legs = new Map<string, NetworkLeg>();

  get size(): number {
    return this.#legs.size;
  }

  all(): readonly NetworkLeg[] {
    return [...this.#legs.values()];
  }

  get(ref: LegRef): NetworkLeg | undefined {
    return this.#legs.get(key(ref));
  }

  isOnLine(tenant: string, line: string): boolean {
    return this.all().some((leg) => leg.tenant === tenant && leg.line === line);
  }

  add(leg: Pick<NetworkLeg, 'tenant' | 'leg' | 'call' | 'number' | 'state'> & Partial<NetworkLeg>): NetworkLeg {
    const { tenant, leg: id, call, number, line, incoming, shares, state } = leg;
    const added: NetworkLeg = {
      tenant,
      leg: id,
      call,
      number,
      ...(line === undefined ? {} : { line }),
      ...(incoming === undefined ? {} : { incoming }),
      ...(shares === undefined ? {} : { shares }),
      state,
      held: leg.held ?? false,
      muted: false,
      heard: 'nothing',
      monitors: null,
      sent: '',
      order: 0,
      cancel: () => undefined,
    };
    this.#legs.set(key(added), added);
    return added;
  }

  /** As a network would have kept it: what was through, and who is calling. */
  takeUp({ state, incoming, number, ...leg }: ExpectedLeg): void {
    if (this.#legs.has(key(leg)) || (!incoming && state !== 'established' && state !== 'held')) return;
    const call = { tenant: leg.tenant, leg: leg.leg, call: leg.call, from: number, to: '' };
    this.add({
      ...leg,
      number,
      ...(incoming ? { incoming: call } : {}),
      state: incoming && state === 'dialing' ? 'dialing' : 'up',
      held: state === 'held',
    });
  }

  set(ref: LegRef, change: Change): void {
    const leg = this.get(ref);
    if (leg !== undefined) Object.assign(leg, change);
  }

  remove(ref: LegRef): void {
    this.get(ref)?.cancel();
    this.#legs.delete(key(ref));
  }
}

function key({ tenant, leg }: LegRef): string {
  return `${tenant} ${leg}`;
}
