/**
 * Lookups in the directory, remembered for the live view until the directory changes: it is asked several times per request
 * and event, and changes a few times a day. Views of the past, and views nobody keeps a memory for, are asked each time.
 */
import type { View } from '../../model/projection.ts';
import type { Following, Runtime } from '../../model/runtime.ts';

const FOUND_MAX = 20_000;
/** Kinds that move all the time, and are in no directory. */
const OTHER_KINDS: ReadonlySet<string> = new Set(['agent', 'call', 'service', 'claim', 'chat']);

const memories = new WeakMap<View, Map<string, unknown>>();

/**
 * Keeps a memory for the live view. Begin before any other follower that looks something up: it must forget first.
 */
export function keepDirectoryMemory(runtime: Runtime): Following {
  const memory = new Map<string, unknown>();
  memories.set(runtime.live, memory);
  const following = runtime.follow({
    after: 'now',
    only: ({ actor }) => !OTHER_KINDS.has(actor.kind),
    deliver: () => memory.clear(),
  });
  const stop = (): unknown => memories.delete(runtime.live);
  following.ended.then(stop, stop);
  return following;
}

/** What `look` finds, under a key that says what is asked for. Nothing found is remembered too. */
export function remembered<Found>(view: View, key: string, look: () => Found): Found {
  const memory = memories.get(view);
  if (memory === undefined) return look();
  if (memory.has(key)) return memory.get(key) as Found;
  const found = look();
  if (memory.size >= FOUND_MAX) memory.clear();
  memory.set(key, found);
  return found;
}
