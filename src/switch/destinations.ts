/**
 * Where a number leads, as an operation on a call needs it: a queue to enter, or an end to call. What the dialects ask
 * when somebody dials, transfers or redirects.
 */
import type { End, QueueEntry } from '../../machines/call/events.ts';
import type { View } from '../model/projection.ts';
import type { Destination as Found } from './directory.ts';
import { projectedDirectory } from './projected-directory.ts';

export type Destination =
  | { readonly kind: 'queue'; readonly queue: QueueEntry }
  | { readonly kind: 'end'; readonly end: Omit<End, 'leg'> };

/** Every number leads somewhere: what is no number of ours is dialled outside. */
export type Destinations = (tenant: string, number: string) => Destination;

/** By the directory as it is in `view` when asked. */
export function directoryDestinations(view: View): Destinations {
  const directory = projectedDirectory(view);
  return (tenant, number) => destinationOf(directory.resolve(tenant, number));
}

function destinationOf(found: Found): Destination {
  if (found.kind === 'queue' || found.kind === 'accessNumber') return { kind: 'queue', queue: found.entry };
  const { number } = found;
  if (found.kind !== 'line') return { kind: 'end', end: { number } };
  const { name, agent } = found;
  return {
    kind: 'end',
    end: {
      number,
      line: number,
      ...(agent === undefined ? {} : { agent }),
      ...(name === undefined ? {} : { name }),
    },
  };
}
