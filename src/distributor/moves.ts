/**
 * What the distributor asks of calls: to ring at an agent, to go elsewhere. Each is an event and the command it travels in,
 * made of what is known at that moment, so that the same knowledge always asks the same. Pure.
 */
import { encodeToken } from '../model/actor-id.ts';
import type { Command, MachineEvent } from '../model/command.ts';
import { digestOf } from '../model/digest.ts';
import { endAt, isQueue } from '../switch/destinations.ts';
import type { Destination, Directory } from '../switch/directory.ts';
import type { Desk } from './desk.ts';
import type { WaitingCall } from './fact.ts';
import type { Leave } from './overflow.ts';

const COMMAND_ID_LENGTH_MAX = 128;

/** A command about a call, and the agent it is offered to. */
export interface Move {
  readonly desk: Desk;
  readonly call: string;
  readonly callVersion: number;
  readonly agent?: string;
  readonly agentVersion?: number;
  readonly event: MachineEvent;
}

/** Undefined when the call does not wait any more, or the agent is gone. */
export function offerMove(desk: Desk, call: string, agent: string): Move | undefined {
  const known = desk.waiting(call);
  const seat = desk.agent(agent);
  if (known === undefined || seat === undefined) return undefined;
  const { queue } = known.queued;
  const name = desk.staff.nameOf(agent);
  const target = {
    leg: idWithin(call, `o${known.version}`),
    number: seat.line,
    line: seat.line,
    agent,
    ...(name === undefined || name === '' ? {} : { name }),
    recording: desk.staff.recordingOf(seat.line, queue),
  };
  const event = { type: 'offer', target, ringMs: desk.staff.queue(queue)?.ringMs ?? seat.ringMs };
  return { desk, call, callVersion: known.version, agent, agentVersion: seat.version, event };
}

/** To where the queue sends such calls; else it is hung up on. */
export function leaveMove(desk: Desk, call: string, known: WaitingCall, leave: Leave, directory: Directory): Move {
  const { version, queued } = known;
  const { why, to } = leave;
  const there = to === undefined ? undefined : directory.resolve(desk.tenant, to);
  const leg = idWithin(call, `v${version}`);
  return { desk, call, callVersion: version, event: leaving(queued.queue, there, leg, why) };
}

function leaving(from: string, there: Destination | undefined, leg: string, why: Leave['why']): MachineEvent {
  if (there !== undefined && isQueue(there) && there.entry.queue !== from)
    return { type: 'redirect', ...there.entry, why };
  if (there?.kind === 'line' || there?.kind === 'outside')
    return { type: 'transferWaiting', target: { ...endAt(there, leg) }, why };
  return { type: 'dropWaiting', cause: why === 'closed' ? 'closed' : 'dropped' };
}

export function commandOf({ desk, call, callVersion, event }: Move): Command {
  return {
    id: idWithin(`${event.type}:${encodeToken(call)}`, String(callVersion)),
    tenant: desk.tenant,
    by: 'system:distributor',
    via: 'distributor',
    deliveries: [{ to: { tenant: desk.tenant, kind: 'call', id: call }, event }],
  };
}

/** `<id>.<suffix>`, shortened by a digest where that would be longer than an id may be. */
function idWithin(id: string, suffix: string): string {
  const whole = `${id}.${suffix}`;
  if (Buffer.byteLength(whole) <= COMMAND_ID_LENGTH_MAX) return whole;
  return `${digestOf(id)}.${suffix}`;
}
