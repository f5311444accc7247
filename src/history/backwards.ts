/**
 * An actor's records from the newest back. The log reads forwards only, so this reads windows of it that grow: what lies
 * far back is paid for only by who goes there.
 */
import type { ActorId } from '../model/actor-id.ts';
import { LOG_START, type Position } from '../model/position.ts';
import type { Runtime } from '../model/runtime.ts';
import type { LoggedTransition } from '../model/transition.ts';

/** Positions of the first window, and how much larger each further one is. */
const WINDOW_POSITIONS = 1_000;
const GROWTH = 4;

/** Records of `of` at or before `upTo`, newest first, down to its first, or to the first behind `after`. */
export async function* backwards(
  runtime: Pick<Runtime, 'replay'>,
  { of, upTo, after = LOG_START }: { readonly of: ActorId; readonly upTo: Position; readonly after?: Position },
): AsyncGenerator<LoggedTransition> {
  let end = upTo;
  for (let window = WINDOW_POSITIONS; end > after; window *= GROWTH) {
    const begin = Math.max(after, end - window);
    const records = await Array.fromAsync(runtime.replay({ after: begin, upTo: end, of }));
    for (const record of records.reverse()) {
      yield record;
      if (record.transition.data.version === 1) return;
    }
    end = begin;
  }
}
