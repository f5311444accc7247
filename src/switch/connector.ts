/**
 * Between the log and the switch. Follows the calls and has the switch do what their state asks for, after the fact; turns
 * what the switch reports into commands. Orders and reports are both at least once: after a restart, or when the link to
 * the switch is back, what ought to be (the live calls) is compared with what is (the live legs), and made up for.
 * It decides nothing about calls: that is the call machine's, and a refused report changes nothing.
 */
import type { CallContext, Leg } from '../../machines/call/context.ts';
import { isLive, isUp } from '../../machines/call/legs.ts';
import { agentsOnLine } from '../../projections/agents.ts';
import { isFailure } from '../errors.ts';
import { keyOf } from '../model/actor-id.ts';
import type { Clock } from '../model/clock.ts';
import type { Delivery, MachineEvent } from '../model/command.ts';
import type { Position } from '../model/position.ts';
import type { View } from '../model/projection.ts';
import type { Following, Runtime } from '../model/runtime.ts';
import { contextOf, type LoggedTransition } from '../model/transition.ts';
import { Lanes } from '../model/turns.ts';
import { callIdOf } from './call-id.ts';
import type { Directory } from './directory.ts';
import { diversion } from './diversion.ts';
import { KnownCalls } from './known-calls.ts';
import { type CallRef, type Order, ordersAnew, ordersBetween } from './orders.ts';
import { arrival, legReport, lineReport, type Report, reportOf, transferReport } from './reports.ts';
import { asFound, expectedLegs, missedBy } from './resync.ts';
import type { IncomingCall, Switch, SwitchEvent } from './switch.ts';

export interface LiveCall {
  readonly tenant: string;
  readonly id: string;
  readonly context: CallContext;
}

export interface ConnectorOptions {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly switch: Switch;
  readonly directory: Directory;
  /** Of the calls projection: every call of every tenant that is not over. */
  readonly allLiveCalls: (view: View) => readonly LiveCall[];
  /** Between two tries while the log cannot be reached. */
  readonly retryMs: number;
  /** An order or a report that failed for a reason of its own. */
  readonly report: (what: string, problem: unknown) => void;
}

/** `old`: the log had it already, or nobody has to know. `lost`: the process stops before the log could be reached. */
type Recorded = 'recorded' | 'old' | 'refused' | 'lost';

export class Connector {
  readonly #options: ConnectorOptions;
  readonly #calls = new KnownCalls();
  /** Orders of calls that belong together, and reports of one call, each in their order. */
  readonly #orders = new Lanes();
  readonly #reports = new Lanes();
  #following: Following | undefined;
  #position: Position = 0;
  #stopped = false;
  /** Ends the pauses before another try. */
  readonly #pauses = new Set<() => void>();

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** Takes up the live calls, then follows. */
  async start(): Promise<void> {
    const { runtime, allLiveCalls } = this.#options;
    this.#position = runtime.live.position;
    for (const { tenant, id, context } of allLiveCalls(runtime.live)) this.#calls.set({ tenant, call: id }, context);
    this.#options.switch.listen({
      event: async (event) => (await this.#heard(event)) === 'recorded',
      up: () => void this.#orders.run('resync', () => this.#resync()),
    });
    await this.#resync();
    this.#following = runtime.follow({
      after: this.#position,
      only: (record) => record.actor.kind === 'call',
      ahead: true,
      deliver: (records) => this.#deliver(records),
    });
    this.#following.ended.catch((error: unknown) => this.#options.report('following the log', error));
  }

  /** Resolves when every order is taken and every report recorded, for now. */
  async atRest(): Promise<void> {
    while (this.#orders.busy || this.#reports.busy) await Promise.all([this.#orders.idle(), this.#reports.idle()]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const end of this.#pauses) end();
    this.#following?.stop();
    await this.atRest();
  }

  /** Orders, per call, what the whole delivery has changed: a leg that came and went within it never rings. */
  #deliver(records: readonly LoggedTransition[]): void {
    const moved = new Map<string, { ref: CallRef; before: CallContext | undefined; after: CallContext }>();
    for (const { actor, transition } of records) {
      const ref = { tenant: actor.tenant, call: actor.id };
      const key = keyOf(actor);
      const after = contextOf<CallContext>(transition);
      moved.set(key, { ref, before: moved.has(key) ? moved.get(key)?.before : this.#calls.get(ref), after });
      this.#calls.set(ref, after);
      this.#perform(ref, after.linkedId, digitsOf(ref, transition.data.event));
    }
    for (const { ref, before, after } of moved.values())
      this.#perform(ref, after.linkedId, ordersBetween(ref, before, after));
  }

  #perform(ref: CallRef, linkedId: string, orders: readonly Order[]): void {
    if (orders.length === 0) return;
    void this.#orders.run(`${ref.tenant} ${linkedId}`, async () => {
      for (const order of orders) await this.#order(ref, order);
    });
  }

  async #order(ref: CallRef, order: Order): Promise<void> {
    try {
      if (order[0] === 'dial' && this.#isDiverted(ref, order[1].leg)) return;
      await send(this.#options.switch, order);
    } catch (error) {
      // While the link is down orders are dropped: the resync after it derives them anew.
      if (!isFailure(error, 'unavailable')) this.#options.report(`${order[0]} for call ${ref.call}`, error);
    }
  }

  #isDiverted(ref: CallRef, leg: string): boolean {
    const found = this.#calls.leg(ref, leg);
    const call = { tenant: ref.tenant, kind: 'call', id: ref.call };
    const instead = found === undefined ? [] : diversion(call, found, this.#options.directory);
    if (instead.length === 0) return false;
    void this.#divert(ref, leg, instead);
    return true;
  }

  /** Records where a call goes; where its service session was claimed by somebody else meanwhile, without the session. */
  async #divert({ tenant, call }: CallRef, leg: string, instead: readonly Delivery[]): Promise<void> {
    const recorded = await this.#record(call, reportOf(tenant, leg, 'line', instead));
    if (recorded !== 'refused' || instead.length === 1) return;
    await this.#record(call, reportOf(tenant, leg, 'line alone', instead.slice(0, 1)));
  }

  #heard(event: SwitchEvent): Promise<Recorded> {
    if (event.kind === 'line') return this.#lineMoved(event);
    if (event.kind === 'incoming') return this.#arrived(event);
    const { tenant } = event;
    const call = this.#calls.callOf(event);
    if (call === undefined) return Promise.resolve('old');
    const leg = this.#calls.leg({ tenant, call }, event.leg);
    if (leg !== undefined && isOld(event.kind, leg, this.#calls.get({ tenant, call }))) return Promise.resolve('old');
    if (event.kind === 'transferred') return this.#transferred(event, call);
    return this.#record(call, legReport(event, call, leg, this.#options.directory));
  }

  #transferred(event: Extract<SwitchEvent, { kind: 'transferred' }>, call: string): Promise<Recorded> {
    const { tenant } = event;
    const callOf = (leg: string) => {
      const id = this.#calls.callOf({ tenant, leg });
      const context = id === undefined ? undefined : this.#calls.get({ tenant, call: id });
      return id === undefined || context === undefined ? undefined : { id, context };
    };
    const report = transferReport(event, call, callOf, this.#options.directory);
    return report === undefined ? Promise.resolve('refused') : this.#record(call, report);
  }

  async #lineMoved(event: Extract<SwitchEvent, { kind: 'line' }>): Promise<Recorded> {
    const { runtime, clock } = this.#options;
    const report = lineReport(event, agentsOnLine(runtime.live, event.tenant, event.line), clock.now());
    return report === undefined ? 'old' : this.#record(event.line, report);
  }

  /** A caller whom the log does not take (his id is another call's) is hung up on. */
  async #arrived(incoming: IncomingCall): Promise<Recorded> {
    const { tenant, leg } = incoming;
    const call = incoming.call ?? callIdOf(`${tenant} ${leg}`);
    this.#calls.expect(incoming, call);
    const recorded = await this.#record(call, arrival(incoming, this.#options.directory, call));
    const isOver = recorded === 'old' && this.#calls.get({ tenant, call }) === undefined;
    if (recorded === 'refused' || isOver) {
      this.#calls.forget(incoming);
      this.#perform({ tenant, call }, call, [['hangup', { tenant, leg }]]);
    }
    return recorded;
  }

  #record(lane: string, report: Report): Promise<Recorded> {
    return this.#reports.run(`${report.tenant} ${lane}`, () => this.#submit(report));
  }

  /** Until it is known what became of it; the same id each time. */
  async #submit({ id, tenant, deliveries }: Report): Promise<Recorded> {
    const { runtime, report } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        const outcome = await runtime.submit({ id, tenant, by: 'system:switch', via: 'switch', deliveries });
        if (outcome.kind === 'rejected') return 'refused';
        return outcome.repeated && tries === 1 ? 'old' : 'recorded';
      } catch (error) {
        const again = isFailure(error) && error.retry === 'same';
        if (again) await this.#pause();
        if (again && !this.#stopped) continue;
        report(`report ${id}`, error);
        return 'lost';
      }
    }
  }

  /** Until it is time for another try, or the process stops. */
  async #pause(): Promise<void> {
    if (this.#stopped) return;
    const { clock, retryMs } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.at(clock.now() + retryMs, resolve);
    this.#pauses.add(resolve);
    await promise;
    this.#pauses.delete(resolve);
    cancel();
  }

  async #resync(): Promise<void> {
    try {
      const calls = this.#calls.all();
      const live = await this.#options.switch.legs(expectedLegs(calls));
      for (const { ref } of calls) {
        // As it is by now: what was over meanwhile is not made again.
        const context = this.#calls.get(ref);
        if (context === undefined) continue;
        for (const report of missedBy(ref, context, live)) void this.#record(ref.call, report);
        this.#perform(ref, context.linkedId, ordersAnew(ref, asFound(ref, context, live), context));
      }
      for (const { tenant, leg, incoming, state } of live) {
        if (this.#calls.callOf({ tenant, leg }) !== undefined) continue;
        if (incoming !== undefined && state === 'dialing') void this.#arrived(incoming);
        else this.#perform({ tenant, call: leg }, leg, [['hangup', { tenant, leg }]]);
      }
    } catch (error) {
      // The link broke again: `up` comes again.
      if (!isFailure(error, 'unavailable')) this.#options.report('resync', error);
    }
  }
}

/** True for what the log has already; a leg never goes back, so that a follower who lags is not deceived. */
function isOld(kind: SwitchEvent['kind'], leg: Leg, call: CallContext | undefined): boolean {
  if (!isLive(leg)) return leg.movedTo === undefined;
  if (kind === 'ringing') return leg.state !== 'dialing' || isOffHook(leg, call);
  return kind === 'answered' && (isUp(leg) || isOffHook(leg, call));
}

function isOffHook({ kind }: Leg, call: CallContext | undefined): boolean {
  return kind === 'caller' && call?.next === null;
}

/** Digits are no state: they are sent for the event, and not again after a restart. */
function digitsOf({ tenant }: CallRef, { type, leg, digits }: MachineEvent): readonly Order[] {
  return type === 'sendDtmf' ? [['sendDtmf', { tenant, leg: String(leg) }, String(digits)]] : [];
}

function send(to: Switch, order: Order): Promise<void> {
  const [name, ...parameters] = order;
  return (to[name] as (...args: unknown[]) => Promise<void>)(...parameters);
}
