/**
 * Where a number leads a call that overflows: a queue, a line of our own with whoever sits there, or the world outside.
 * The port, and the directory behind it.
 */
import type { End, QueueEntry } from '../../machines/call/events.ts';
import type { User } from '../../machines/record/attributes/people.ts';
import type { Queue } from '../../machines/record/attributes/queues.ts';
import type { Extension } from '../../machines/record/attributes/telephony.ts';
import { entriesBy, entry } from '../../projections/directory.ts';
import type { View } from '../model/projection.ts';

export type Destination =
  | { readonly kind: 'queue'; readonly queue: QueueEntry }
  | { readonly kind: 'end'; readonly end: Omit<End, 'leg'> };

/** Every number leads somewhere: what is no number of ours is dialled outside. */
export type Destinations = (tenant: string, number: string) => Destination;

/** By the directory as it is in `view` when asked. */
export function directoryDestinations(view: View): Destinations {
  return (tenant, number) => {
    for (const key of ['extension', 'alternateExtensions', 'accessNumbers']) {
      const [queue] = entriesBy(view, { tenant, kind: 'queue', key, value: number });
      if (queue !== undefined) {
        return { kind: 'queue', queue: queueEntry(queue.actor.id, queue.attributes as unknown as Queue) };
      }
    }
    const [line] = entriesBy(view, { tenant, kind: 'extension', key: 'number', value: number });
    return { kind: 'end', end: line === undefined ? { number } : endOf(view, tenant, line.attributes as Extension) };
  };
}

/** What a call is told about a queue it enters. */
export function queueEntry(id: string, { name, wrapUpMs, shortAbandonMs, skills = [] }: Queue): QueueEntry {
  return {
    queue: id,
    name,
    ...(skills.length === 0 ? {} : { skills: Object.fromEntries(skills.map(({ skill, level }) => [skill, level])) }),
    ...(wrapUpMs === undefined ? {} : { wrapUpMs }),
    ...(shortAbandonMs === undefined ? {} : { shortAbandonMs }),
  };
}

function endOf(view: View, tenant: string, { number, user: owner }: Extension): Omit<End, 'leg'> {
  const user = owner === undefined ? undefined : entry(view, { tenant, kind: 'user', id: owner });
  const { agent, firstName, lastName } = (user?.attributes ?? {}) as Partial<User>;
  const name = `${firstName ?? ''} ${lastName ?? ''}`.trim();
  return { number, line: number, ...(agent === undefined ? {} : { agent }), ...(name === '' ? {} : { name }) };
}
