/**
 * A telephone network that exists in this process only: lines that ring, are busy or unplugged, numbers outside that
 * answer after a while, callers who hang up early. Behaves as the port says, on the injected clock; the hands of people
 * (hands.ts) reach into it. Forwards and do-not-disturb are not its business: the connector asks the directory first.
 */
import { LedgerlineError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type {
  DialOrder,
  ExpectedLeg,
  Heard,
  IncomingCall,
  LegRef,
  LiveLeg,
  Switch,
  SwitchEvent,
  SwitchListener,
} from '../switch.ts';
import { LegTable, type LegView, type NetworkLeg } from './leg-table.ts';

/** How a number outside takes a call. */
export type OutsideWays =
  | { readonly kind: 'answers'; readonly afterMs: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'rings' }
  | { readonly kind: 'unreachable' };

export interface NetworkOptions {
  readonly clock: Clock;
  /** A number outside answers after this, unless told otherwise. */
  readonly outsideAnswerMs: number;
  /** Most legs at a time; beyond it nothing can be reached. */
  readonly legsMax: number;
}

export class SimulatedNetwork implements Switch {
  readonly #options: NetworkOptions;
  readonly #legs = new LegTable();
  readonly #bridges = new Map<string, readonly string[]>();
  readonly #recordings = new Map<string, 'on' | 'paused'>();
  readonly #unplugged = new Set<string>();
  readonly #outside = new Map<string, OutsideWays>();
  readonly #reporting = new Set<Promise<unknown>>();
  #listener: SwitchListener | undefined;
  #linked = true;
  #closed = false;
  #isFirstSight = true;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  listen(listener: SwitchListener): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const leg of this.#legs.all()) leg.cancel();
    await this.atRest();
  }

  /** Resolves when everything that was reported is dealt with. */
  async atRest(): Promise<void> {
    while (this.#reporting.size > 0) await Promise.all(this.#reporting);
  }

  async dial(order: DialOrder): Promise<void> {
    this.#needsLink();
    const { tenant, leg: id, line, offHook, shares } = order;
    if (this.#legs.get(order) !== undefined) return;
    const busy = line !== undefined && this.#legs.isOnLine(tenant, line);
    const leg = this.#legs.add({ ...order, state: offHook || shares !== undefined ? 'up' : 'dialing' });
    if (shares !== undefined) return;
    if (this.#legs.size > this.#options.legsMax) return this.#fails(leg, 'failed');
    if (line === undefined) return this.#dialOutside(leg, order.ringMs);
    if (this.#unplugged.has(`${tenant} ${line}`)) return this.#fails(leg, 'unreachable');
    if (offHook) return void this.report({ kind: 'answered', tenant, leg: id });
    if (busy) return this.#fails(leg, 'busy');
    this.#rings(leg, order.ringMs);
  }

  async answer(ref: LegRef): Promise<void> {
    this.#needsLink();
    const leg = this.#legs.get(ref);
    if (leg !== undefined) this.#up(leg);
  }

  async hangup(ref: LegRef): Promise<void> {
    this.#needsLink();
    this.#legs.remove(ref);
  }

  hold(ref: LegRef): Promise<void> {
    return this.#set(ref, { held: true });
  }

  retrieve(ref: LegRef): Promise<void> {
    return this.#set(ref, { held: false });
  }

  mute(ref: LegRef, muted: boolean): Promise<void> {
    return this.#set(ref, { muted });
  }

  play(ref: LegRef, heard: Heard): Promise<void> {
    return this.#set(ref, { heard });
  }

  sendDtmf(ref: LegRef, digits: string): Promise<void> {
    return this.#set(ref, { sent: digits });
  }

  async bridge(
    { tenant, call }: { readonly tenant: string; readonly call: string },
    legs: readonly string[],
  ): Promise<void> {
    this.#needsLink();
    if (legs.length < 2) this.#bridges.delete(`${tenant} ${call}`);
    else this.#bridges.set(`${tenant} ${call}`, legs);
  }

  monitor(ref: LegRef, call: string | null, speaksTo: string | null): Promise<void> {
    return this.#set(ref, { monitors: call === null ? null : { call, speaksTo } });
  }

  async record(
    { tenant, call }: { readonly tenant: string; readonly call: string },
    recording: 'on' | 'paused' | 'off',
  ): Promise<void> {
    this.#needsLink();
    if (recording === 'off') this.#recordings.delete(`${tenant} ${call}`);
    else this.#recordings.set(`${tenant} ${call}`, recording);
  }

  /** At first sight it takes up what the log says was through: a network would not have dropped it for our restart. */
  async legs(expected: readonly ExpectedLeg[]): Promise<readonly LiveLeg[]> {
    this.#needsLink();
    if (this.#isFirstSight) for (const leg of expected) this.#legs.takeUp(leg);
    this.#isFirstSight = false;
    return this.#legs.all().map(({ tenant, leg, state, held, incoming }) => ({
      tenant,
      leg,
      state,
      held,
      ...(incoming === undefined ? {} : { incoming }),
    }));
  }

  /** Somebody calls in; true once the call is recorded. */
  async incoming(call: IncomingCall): Promise<boolean> {
    const { tenant, leg, from, line } = call;
    if (this.#legs.get(call) !== undefined) return false;
    const unplugged = line !== undefined && this.#unplugged.has(`${tenant} ${line}`);
    if (unplugged || this.#legs.size >= this.#options.legsMax) return false;
    this.#legs.add({
      tenant,
      leg,
      call: call.call ?? leg,
      number: from,
      ...(line === undefined ? {} : { line }),
      incoming: call,
      state: 'dialing',
    });
    return this.report({ kind: 'incoming', ...call });
  }

  /** A person picks up, hangs up or presses hold; what it means is recorded when this resolves. */
  async byHand(ref: LegRef, deed: 'answered' | 'rejected' | 'ended' | 'held' | 'retrieved'): Promise<boolean> {
    const leg = this.#legs.get(ref);
    if (leg === undefined) return false;
    const { tenant, leg: id } = leg;
    if (deed === 'held' || deed === 'retrieved') {
      leg.held = deed === 'held';
      leg.order += 1;
      return this.report({ kind: deed, tenant, leg: id, order: leg.order });
    }
    if (deed === 'answered') {
      this.#up(leg);
      return this.report({ kind: 'answered', tenant, leg: id });
    }
    this.#legs.remove(leg);
    if (deed === 'rejected') return this.report({ kind: 'failed', cause: 'rejected', tenant, leg: id });
    return this.report({ kind: 'ended', tenant, leg: id });
  }

  /** A person transfers on the phone itself, to a number or onto another leg of his. */
  async transferred(ref: LegRef, where: { readonly to: string } | { readonly onto: string }): Promise<boolean> {
    const leg = this.#legs.get(ref);
    if (leg === undefined) return false;
    leg.order += 1;
    return this.report({ kind: 'transferred', order: leg.order, tenant: leg.tenant, leg: leg.leg, ...where });
  }

  /** Digits a person presses. */
  async pressed(ref: LegRef, digits: string): Promise<boolean> {
    const leg = this.#legs.get(ref);
    if (leg === undefined) return false;
    leg.order += 1;
    return this.report({ kind: 'dtmf', digits, order: leg.order, tenant: leg.tenant, leg: leg.leg });
  }

  view(): readonly LegView[] {
    return this.#legs.all();
  }

  /** Who hears whom in a call. */
  bridgeOf(tenant: string, call: string): readonly string[] {
    return this.#bridges.get(`${tenant} ${call}`) ?? [];
  }

  recordingOf(tenant: string, call: string): 'on' | 'paused' | 'off' {
    return this.#recordings.get(`${tenant} ${call}`) ?? 'off';
  }

  /** Plugs a phone in or out. */
  plug(tenant: string, line: string, reachable: boolean): Promise<boolean> {
    if (reachable) this.#unplugged.delete(`${tenant} ${line}`);
    else this.#unplugged.add(`${tenant} ${line}`);
    return this.report({ kind: 'line', tenant, line, reachable });
  }

  outside(number: string, ways: OutsideWays): void {
    this.#outside.set(number, ways);
  }

  /** The link to us breaks: orders fail, events are lost; the network goes on. */
  breakLink(): void {
    this.#linked = false;
  }

  mendLink(): void {
    this.#linked = true;
    this.#listener?.up();
  }

  /** Tells the listener, if there is a link; an event may be repeated by hand for tests of that. */
  report(event: SwitchEvent): Promise<boolean> {
    if (!this.#linked || this.#closed || this.#listener === undefined) return Promise.resolve(false);
    const told = this.#listener.event(event);
    this.#reporting.add(told);
    const forget = () => this.#reporting.delete(told);
    told.then(forget, forget);
    return told;
  }

  #needsLink(): void {
    if (!this.#linked || this.#closed) throw new LedgerlineError('unavailable', 'the switch cannot be reached');
  }

  #dialOutside(leg: NetworkLeg, ringMs: number): void {
    const { outsideAnswerMs } = this.#options;
    const ways: OutsideWays = this.#outside.get(leg.number) ?? { kind: 'answers', afterMs: outsideAnswerMs };
    if (ways.kind === 'busy' || ways.kind === 'unreachable') {
      this.#fails(leg, ways.kind);
      return;
    }
    if (ways.kind === 'rings' || ways.afterMs >= ringMs) {
      this.#rings(leg, ringMs);
      return;
    }
    this.#rings(leg, ways.afterMs, () => {
      this.#up(leg);
      void this.report({ kind: 'answered', tenant: leg.tenant, leg: leg.leg });
    });
  }

  #rings(leg: NetworkLeg, ms: number, then: () => void = () => this.#fails(leg, 'noAnswer')): void {
    const { clock } = this.#options;
    leg.state = 'ringing';
    leg.cancel = clock.at(clock.now() + ms, then);
    void this.report({ kind: 'ringing', tenant: leg.tenant, leg: leg.leg });
  }

  #fails(leg: NetworkLeg, cause: 'busy' | 'noAnswer' | 'unreachable' | 'failed'): void {
    this.#legs.remove(leg);
    void this.report({ kind: 'failed', cause, tenant: leg.tenant, leg: leg.leg });
  }

  #up(leg: NetworkLeg): void {
    leg.cancel();
    leg.state = 'up';
  }

  async #set(...change: Parameters<LegTable['set']>): Promise<void> {
    this.#needsLink();
    this.#legs.set(...change);
  }
}
