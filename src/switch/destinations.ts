/**
 * A destination as the events of a call name it. What the dialects and the connector ask when somebody dials, transfers or
 * is forwarded.
 */
import type { Direction, End, QueueEntry } from '../../machines/call/parts.ts';
import type { Destination } from './directory.ts';

/** The end of a call there; the line's own number and agent if it is one of ours. */
export function endAt(destination: Destination, leg: string): End {
  if (destination.kind !== 'line') return { leg, number: destination.number };
  const { number, name, agent, recording, ringMs } = destination;
  return {
    leg,
    number,
    line: number,
    ...(name === undefined ? {} : { name }),
    ...(agent === undefined ? {} : { agent }),
    ...(recording === undefined ? {} : { recording }),
    ringMs,
  };
}

/** Where a call is sent on to: the queue it waits in from now on, or the end that is called. */
export function targetAt(
  destination: Destination,
  leg: string,
): { readonly queue: QueueEntry } | { readonly target: End } {
  return isQueue(destination) ? { queue: destination.entry } : { target: endAt(destination, leg) };
}

/** Direction of a call that one of our own people makes to there. */
export function directionTo({ kind }: Destination): Exclude<Direction, 'inbound'> {
  return kind === 'outside' ? 'outbound' : 'internal';
}

/** True for what has no phone: a call to it waits. */
export function isQueue(destination: Destination): destination is Extract<Destination, { readonly entry: QueueEntry }> {
  return destination.kind === 'queue' || destination.kind === 'accessNumber';
}
