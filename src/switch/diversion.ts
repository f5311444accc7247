/**
 * What becomes of a leg instead of dialling it, or after its phone was not picked up: the number is a queue's, its line is
 * forwarded, wants no calls, or leads nowhere. Pure, but for the directory it asks; the same whoever dialled.
 */
import type { Leg } from '../../machines/call/context.ts';
import type { ActorId } from '../model/actor-id.ts';
import type { Delivery, MachineEvent } from '../model/command.ts';
import { isQueue, targetAt } from './destinations.ts';
import type { Destination, Directory, Line } from './directory.ts';
import { sanitised } from './numbers.ts';

/** Forwards followed for one caller; then the line counts as unreachable. */
const FORWARDS_MAX = 5;
const FORWARDED = '~f';

type Why = 'unconditional' | 'noAnswer' | 'busy';

/**
 * What makes dialling a leg needless; nothing when it is to be dialled. The first delivery is the fact about the leg; the
 * others tie the call to the service session that reserved the number, and may be refused when it is another's by now.
 */
export function diversion(call: ActorId, leg: Leg, directory: Directory): readonly Delivery[] {
  const { tenant } = call;
  const toCall = (event: MachineEvent): Delivery => ({ to: call, event });
  const unreachable = toCall({ type: 'leg.failed', leg: leg.id, cause: 'unreachable' });
  if (leg.line !== undefined) {
    const fact = factOfLine(tenant, leg, directory);
    return fact === undefined ? [] : [toCall(fact)];
  }
  const there = directory.resolve(tenant, leg.number);
  if (there.kind === 'unknown') return [unreachable];
  if (!isQueue(there)) return [];
  // Who is fetched into a conversation has to be somebody: it does not wait in a queue.
  if (leg.kind !== 'callee') return [unreachable];
  const queued = toCall({ type: 'leg.forwarded', leg: leg.id, why: 'unconditional', ...queueOf(there) });
  return [queued, ...tiesOf(there, call)];
}

/** The leg's phone was busy or nobody picked it up: where its line sends the caller then. */
export function forwardOnFailure(
  tenant: string,
  cause: string,
  leg: Leg | undefined,
  directory: Directory,
): MachineEvent | undefined {
  const line = forwardable(leg, tenant, directory);
  if (leg === undefined || line === undefined || (cause !== 'busy' && cause !== 'noAnswer')) return undefined;
  return forwarded({ tenant, leg, directory }, line.forwards[cause], cause);
}

function queueOf(there: Extract<Destination, { readonly entry: unknown }>): Pick<MachineEvent, 'queue'> {
  return { queue: { ...there.entry } };
}

function tiesOf(there: Destination, call: ActorId): readonly Delivery[] {
  if (there.kind !== 'accessNumber' || there.reservation === undefined) return [];
  const { reservation, userData, also } = there;
  const about = { reservation: { ...reservation }, ...(userData === undefined ? {} : { userData }) };
  return [{ to: call, event: { type: 'linkReservation', ...about } }, ...(also?.(call.id) ?? [])];
}

function factOfLine(tenant: string, leg: Leg, directory: Directory): MachineEvent | undefined {
  const line = forwardable(leg, tenant, directory);
  if (line === undefined) return undefined;
  const { unconditional, busy } = line.forwards;
  return (
    forwarded({ tenant, leg, directory }, unconditional, 'unconditional') ??
    (line.dnd
      ? (forwarded({ tenant, leg, directory }, busy, 'busy') ?? { type: 'leg.failed', leg: leg.id, cause: 'busy' })
      : undefined)
  );
}

/** Only who is called is forwarded: not who calls, and not an agent whom a queue wants at his phone. */
function forwardable(leg: Leg | undefined, tenant: string, directory: Directory): Line | undefined {
  if (leg?.line === undefined || (leg.kind !== 'callee' && leg.kind !== 'party')) return undefined;
  const line = directory.resolve(tenant, leg.line);
  return line.kind === 'line' ? line : undefined;
}

interface Called {
  readonly tenant: string;
  readonly leg: Leg;
  readonly directory: Directory;
}

function forwarded({ tenant, leg, directory }: Called, to: string | undefined, why: Why): MachineEvent | undefined {
  if (to === undefined || to === '') return undefined;
  const hops = leg.id.split(FORWARDED).length - 1;
  if (hops >= FORWARDS_MAX) return { type: 'leg.failed', leg: leg.id, cause: 'unreachable' };
  const destination = directory.resolve(tenant, sanitised(to));
  return { type: 'leg.forwarded', leg: leg.id, why, ...targetAt(destination, `${leg.id}${FORWARDED}`) } as MachineEvent;
}
