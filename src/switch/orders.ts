/**
 * What a call's change of state asks of the switch: the difference between what is so and what ought to be. Pure.
 * Also used to make up for what was missed: then "what is so" is what the switch says.
 */
import type { CallContext, Leg } from '../../machines/call/context.ts';
import { isLive, isUp, legOf, monitorsOf, phonesOf } from '../../machines/call/legs.ts';
import { stageOf } from '../../machines/call/stage.ts';
import type { DialOrder, Heard, SwitchOrders } from './switch.ts';

/** One call to the port: method and arguments. */
export type Order = {
  [Name in keyof SwitchOrders]: readonly [Name, ...Parameters<SwitchOrders[Name]>];
}[keyof SwitchOrders];

export interface CallRef {
  readonly tenant: string;
  readonly call: string;
}

/** How long a number outside rings. */
const OUTSIDE_RING_MS = 60_000;

/** First the legs, then who hears whom, then the recording. `before` is undefined for a new call. */
export function ordersBetween(ref: CallRef, before: CallContext | undefined, after: CallContext): readonly Order[] {
  return [...legsOrders(ref, before, after), ...hearingOrders(ref, before, after)];
}

/** Everything a live call asks for: its legs where they differ from `found`, the call as the switch has it, and all else anew. */
export function ordersAnew(ref: CallRef, found: CallContext, call: CallContext): readonly Order[] {
  const hear = call.legs
    .filter(isLive)
    .map(({ id }): Order => ['play', { tenant: ref.tenant, leg: id }, heardBy(call, id)]);
  const mute = phonesOf(call)
    .filter((leg) => isLive(leg) && leg.muted === true)
    .map((leg): Order => ['mute', { tenant: ref.tenant, leg: leg.id }, true]);
  const listen = monitorsOf(call)
    .filter(isUp)
    .map((leg) => monitorOrder(ref, call, leg));
  const talk: readonly Order[] = [
    ['bridge', ref, bridged(call)],
    ['record', ref, recorded(call)],
  ];
  return [...legsOrders(ref, found, call), ...mute, ...hear, ...talk, ...listen];
}

function legsOrders(ref: CallRef, before: CallContext | undefined, after: CallContext): readonly Order[] {
  return phonesOf(after).flatMap((leg) => legOrders(ref, before && legOf(before, leg.id), leg, after));
}

function legOrders(ref: CallRef, before: Leg | undefined, leg: Leg, call: CallContext): readonly Order[] {
  if (leg.movedTo !== undefined || leg.state === before?.state) return muteOrders(ref, before, leg);
  const of = { tenant: ref.tenant, leg: leg.id };
  if (leg.state === 'released') return [['hangup', of]];
  const orders: Order[] = [];
  const exists = before !== undefined || leg.incoming === true || leg.joinedFrom !== undefined;
  if (!exists) orders.push(['dial', dialOrder(ref, leg, call)]);
  if (isUp(leg) && (before === undefined || !isUp(before))) orders.push(['answer', of]);
  if (leg.state === 'held') orders.push(['hold', of]);
  if (leg.state === 'established' && before?.state === 'held') orders.push(['retrieve', of]);
  return [...orders, ...muteOrders(ref, before, leg)];
}

function muteOrders({ tenant }: CallRef, before: Leg | undefined, leg: Leg): readonly Order[] {
  const muted = leg.muted === true;
  return muted === (before?.muted === true) || !isLive(leg) ? [] : [['mute', { tenant, leg: leg.id }, muted]];
}

function dialOrder(ref: CallRef, leg: Leg, call: CallContext): DialOrder {
  const calls = leg.kind === 'caller';
  const shown = calls ? { number: call.to, name: call.toName } : { number: call.from, name: call.fromName };
  const asksForIt = calls || leg.kind === 'monitor';
  return {
    ...ref,
    leg: leg.id,
    number: leg.line ?? leg.number,
    ...(leg.line === undefined ? {} : { line: leg.line }),
    callerNumber: shown.number,
    ...(shown.name === undefined ? {} : { callerName: shown.name }),
    ringMs: leg.ringMs ?? OUTSIDE_RING_MS,
    offHook: asksForIt && (call.next === null || !calls),
    ...(leg.shares === undefined ? {} : { shares: leg.shares }),
  };
}

function hearingOrders(ref: CallRef, before: CallContext | undefined, after: CallContext): readonly Order[] {
  const orders: Order[] = [];
  for (const leg of after.legs) {
    const was = before === undefined ? 'nothing' : heardBy(before, leg.id);
    const heard = heardBy(after, leg.id);
    if (heard !== was && isLive(leg)) orders.push(['play', { tenant: ref.tenant, leg: leg.id }, heard]);
  }
  for (const leg of phonesOf(after)) {
    const was = before === undefined ? 'nothing' : monitoredBy(before, legOf(before, leg.id));
    if (monitoredBy(after, leg) !== was && leg.state !== 'released') orders.push(monitorOrder(ref, after, leg));
  }
  const were = before === undefined ? [] : bridged(before);
  const are = bridged(after);
  if (were.join() !== are.join()) orders.push(['bridge', ref, are]);
  const was = before === undefined ? 'off' : recorded(before);
  const is = recorded(after);
  if (is !== was) orders.push(['record', ref, is]);
  return orders;
}

function monitorOrder({ tenant, call: id }: CallRef, call: CallContext, leg: Leg): Order {
  const of = { tenant, leg: leg.id };
  if (monitoredBy(call, leg) === 'nothing') return ['monitor', of, null, null];
  return ['monitor', of, id, leg.watches?.how === 'coach' ? leg.watches.leg : null];
}

/** As one word, to be compared. While recording is suppressed nobody listens in either. */
function monitoredBy({ recording }: CallContext, leg: Leg | undefined): string {
  const { kind, state, watches } = leg ?? {};
  if (kind !== 'monitor' || state !== 'established' || watches === undefined || recording.suppressed) return 'nothing';
  return watches.how === 'coach' ? `coaches ${watches.leg}` : 'listens';
}

/** Who holds is out of the conversation until he retrieves. */
function bridged({ legs }: CallContext): readonly string[] {
  const talking = legs.filter(({ state }) => state === 'established').map(({ id }) => id);
  return talking.length >= 2 ? talking : [];
}

function heardBy(call: CallContext, id: string): Heard {
  const leg = call.legs.find((one) => one.id === id);
  if (leg === undefined || !isLive(leg) || leg.state === 'held') return 'nothing';
  const stage = stageOf(call);
  if (stage === 'queued' || stage === 'offered' || stage === 'held') {
    if (leg.state !== 'established') return 'nothing';
    return stage !== 'held' && call.queue?.rings === true ? 'ringing' : 'music';
  }
  const waits = leg.state === 'established' || (leg.kind === 'caller' && leg.state === 'dialing');
  return (stage === 'ringing' || stage === 'dialing') && waits ? 'ringing' : 'nothing';
}

function recorded(call: CallContext): 'on' | 'paused' | 'off' {
  if (!call.recording.active || bridged(call).length === 0) return 'off';
  return call.recording.suppressed ? 'paused' : 'on';
}
