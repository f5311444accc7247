/**
 * Which records a subscriber wants: the one filter of every channel. Whatever it asks for, records of private kinds are
 * never among them.
 */
import type { LoggedTransition } from '../model/transition.ts';

/** An empty set asks for everything. */
export interface EventFilter {
  readonly tenant?: string;
  readonly kinds: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  /** Event types, such as `ledgerline.agent.setReady`; one that ends in `*` stands for all that begin so. */
  readonly types: ReadonlySet<string>;
}

export function isWanted({ visibility, actor, transition }: LoggedTransition, filter: EventFilter): boolean {
  return (
    visibility === 'public' &&
    (filter.tenant === undefined || actor.tenant === filter.tenant) &&
    (filter.kinds.size === 0 || filter.kinds.has(actor.kind)) &&
    (filter.ids.size === 0 || filter.ids.has(actor.id)) &&
    (filter.types.size === 0 || hasType(filter.types, transition.type))
  );
}

function hasType(types: ReadonlySet<string>, type: string): boolean {
  if (types.has(type)) return true;
  for (const pattern of types) {
    if (pattern.endsWith('*') && type.startsWith(pattern.slice(0, -1))) return true;
  }
  return false;
}
