/**
 * Subscribers by what they ask for: a record finds those it concerns by a few look-ups, however many there are. A filter
 * stands in the index by its narrowest part (ids, else kinds, else all) within its tenant; the rest of it is asked of those found.
 */
import type { LoggedTransition } from '../model/transition.ts';
import { type EventFilter, isWanted } from './event-filter.ts';

export interface Filtered {
  readonly filter: EventFilter;
}

export class EventIndex<Subscriber extends Filtered> {
  readonly #places = new Map<string, Set<Subscriber>>();

  add(subscriber: Subscriber): void {
    for (const place of placesOf(subscriber.filter)) {
      const known = this.#places.get(place);
      if (known === undefined) this.#places.set(place, new Set([subscriber]));
      else known.add(subscriber);
    }
  }

  delete(subscriber: Subscriber): void {
    for (const place of placesOf(subscriber.filter)) {
      const known = this.#places.get(place);
      if (known?.delete(subscriber) === true && known.size === 0) this.#places.delete(place);
    }
  }

  /** Each subscriber that wants the record, once. */
  forEach(record: LoggedTransition, act: (subscriber: Subscriber) => void): void {
    const { tenant, kind, id } = record.actor;
    for (const within of [tenant, ANY])
      for (const place of [idPlace(within, id), kindPlace(within, kind), wholePlace(within)])
        for (const subscriber of this.#places.get(place) ?? [])
          if (isWanted(record, subscriber.filter)) act(subscriber);
  }
}

/** No tenant has this name. */
const ANY = '';

const idPlace = (tenant: string, id: string): string => `${tenant}/id/${id}`;
const kindPlace = (tenant: string, kind: string): string => `${tenant}/kind/${kind}`;
const wholePlace = (tenant: string): string => `${tenant}/`;

/** A record is in one of them at most. */
function placesOf({ tenant = ANY, ids, kinds }: EventFilter): readonly string[] {
  if (ids.size > 0) return [...ids].map((id) => idPlace(tenant, id));
  if (kinds.size > 0) return [...kinds].map((kind) => kindPlace(tenant, kind));
  return [wholePlace(tenant)];
}
