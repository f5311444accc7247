/**
 * What the switch says, as commands: who is calling whom, and what became of a leg. Pure, but for the directory it asks.
 * Command ids are made of the event, so that an event that comes twice is recorded once.
 */
import type { CallContext, Leg } from '../../machines/call/context.ts';
import type { End } from '../../machines/call/parts.ts';
import type { AgentEntry } from '../../projections/agents.ts';
import type { Delivery, MachineEvent } from '../model/command.ts';
import { digestOf } from '../model/digest.ts';
import { directionTo, endAt, targetAt } from './destinations.ts';
import type { Destination, Directory } from './directory.ts';
import { forwardOnFailure } from './diversion.ts';
import { sanitised } from './numbers.ts';
import type { IncomingCall, SwitchEvent } from './switch.ts';

/** What happened to one leg. */
type LegEvent = Exclude<SwitchEvent, { kind: 'incoming' | 'line' | 'transferred' }>;

/** As much as a call takes. */
const NUMBER_CHARS_MAX = 64;
const NAME_CHARS_MAX = 128;

/** Deliveries of one command, and the id that makes a repetition of it harmless. */
export interface Report {
  readonly id: string;
  readonly tenant: string;
  readonly deliveries: readonly Delivery[];
}

/** A call comes in: recorded with where it goes. */
export function arrival(incoming: IncomingCall, directory: Directory, call: string): Report {
  const { tenant, leg, line, code } = incoming;
  // Whoever calls may show and dial what he likes.
  const [from, fromName] = [incoming.from.slice(0, NUMBER_CHARS_MAX), incoming.fromName?.slice(0, NAME_CHARS_MAX)];
  const to = sanitised(incoming.to).slice(0, NUMBER_CHARS_MAX);
  const destination = directory.resolve(tenant, to, { from, ...(code === undefined ? {} : { code }) });
  const known = line === undefined ? undefined : directory.resolve(tenant, line);
  const caller: End = {
    ...(known === undefined ? { leg, number: from } : endAt(known, leg)),
    ...(fromName === undefined ? {} : { name: fromName }),
  };
  const arrive = { type: 'arrive', direction: line === undefined ? 'inbound' : directionTo(destination), to, caller };
  const deliver = (event: MachineEvent): Delivery => ({ to: { tenant, kind: 'call', id: call }, event });
  return {
    id: reportId('incoming', leg),
    tenant,
    deliveries: [deliver({ ...arrive, ...routeOf(destination, `${leg}~t`) }), ...alsoOf(destination, call)],
  };
}

function routeOf(destination: Destination, leg: string): Omit<MachineEvent, 'type'> {
  if (destination.kind === 'queue') return { queue: { ...destination.entry } };
  if (destination.kind !== 'accessNumber') return { target: { ...endAt(destination, leg) } };
  const { entry, reservation, userData } = destination;
  return {
    queue: { ...entry },
    ...(reservation === undefined ? {} : { reservation: { ...reservation } }),
    ...(userData === undefined ? {} : { userData }),
  };
}

function alsoOf(destination: Destination, call: string): readonly Delivery[] {
  return destination.kind === 'accessNumber' ? (destination.also?.(call) ?? []) : [];
}

/** What became of a leg that a call knows. */
export function legReport(event: LegEvent, call: string, leg: Leg | undefined, directory: Directory): Report {
  const { tenant } = event;
  const fact = factOf(event, leg, directory);
  const order = 'order' in event ? `:${event.order}` : '';
  const to = { tenant, kind: 'call', id: call };
  return { id: reportId(event.kind, `${event.leg}${order}`), tenant, deliveries: [{ to, event: fact }] };
}

function factOf(event: LegEvent, leg: Leg | undefined, directory: Directory): MachineEvent {
  const about = { leg: event.leg };
  switch (event.kind) {
    case 'held':
    case 'retrieved':
      return { type: `leg.${event.kind}`, ...about, order: event.order };
    case 'dtmf':
      return { type: 'leg.dtmf', ...about, digits: event.digits, order: event.order };
    case 'failed':
      return (
        forwardOnFailure(event.tenant, event.cause, leg, directory) ?? {
          type: 'leg.failed',
          ...about,
          cause: event.cause,
        }
      );
    default:
      return { type: `leg.${event.kind}`, ...about };
  }
}

/** What the phone on a leg asked for by itself: the command that a dialect would have sent. */
export function transferReport(
  event: Extract<SwitchEvent, { kind: 'transferred' }>,
  call: string,
  callOf: (leg: string) => { readonly id: string; readonly context: CallContext } | undefined,
  directory: Directory,
): Report | undefined {
  const { tenant, leg, order } = event;
  const id = reportId('transferred', `${leg}:${order}`);
  const report = (to: string, asked: MachineEvent): Report => ({
    id,
    tenant,
    deliveries: [{ to: { tenant, kind: 'call', id: to }, event: asked }],
  });
  if ('to' in event) {
    const there = directory.resolve(tenant, sanitised(event.to));
    return report(call, { type: 'blindTransfer', leg, ...targetAt(there, `${leg}~r${order}`) } as MachineEvent);
  }
  const own = callOf(leg);
  const other = callOf(event.onto);
  if (own === undefined || other === undefined) return undefined;
  return own.context.consultOf?.call === other.id
    ? report(other.id, { type: 'transferOnto', leg: event.onto, other: call, otherLeg: leg })
    : report(call, { type: 'transferOnto', leg, other: other.id, otherLeg: event.onto });
}

/** Says of a leg something that the switch did not say itself. */
export function reportOf(tenant: string, leg: string, what: string, deliveries: readonly Delivery[]): Report {
  return { id: reportId(what, leg), tenant, deliveries };
}

/**
 * The phone of a line can be reached again, or no more: news for all whose line it is now, `people`, the guest as well as the
 * owner, who goes on with it when the guest has left. Nothing for those who were told so last.
 */
export function lineReport(
  { tenant, line, reachable }: Extract<SwitchEvent, { kind: 'line' }>,
  people: readonly Pick<AgentEntry, 'id' | 'context'>[],
  at: number,
): Report | undefined {
  const type = reachable ? 'line.reachable' : 'line.unreachable';
  const deliveries = people
    .filter(({ context }) => context.phone.reachable !== reachable)
    .map(({ id }) => ({ to: { tenant, kind: 'agent', id }, event: { type, line } }));
  return deliveries.length === 0 ? undefined : { id: reportId(type, `${line}:${at}`), tenant, deliveries };
}

/** Printable and short, whatever the leg is called. */
function reportId(kind: string, about: string): string {
  return `switch:${kind}:${digestOf(about)}`;
}
