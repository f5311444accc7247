/**
 * Following over outages of the log. Who is slow, and has to read what he missed from the log, may find that it cannot be
 * reached just then; he begins again where he was, instead of hearing nothing for as long as the process lives.
 */
import { isFailure } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { Following, FollowOptions, Runtime } from './runtime.ts';

/** Calls back after a while, unless what it gives is called first. */
export type Later = (again: () => void) => () => void;

export function laterBy(clock: Clock, ms: number): Later {
  return (again) => clock.at(clock.now() + ms, again);
}

/** Like `Runtime.follow`, but it ends with `unavailable` never. */
export function followOn(runtime: Pick<Runtime, 'follow'>, options: FollowOptions, later: Later): Following {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  let cancel: (() => void) | undefined;
  const begin = (after: FollowOptions['after']): Following => {
    const following = runtime.follow({ ...options, after });
    following.ended.then(resolve, (error: unknown) => {
      if (isFailure(error, 'unavailable')) cancel = later(() => resume(following.position));
      else reject(error);
    });
    return following;
  };
  const resume = (after: FollowOptions['after']): void => {
    cancel = undefined;
    current = begin(after);
  };
  let current = begin(options.after);
  return {
    ended,
    get position() {
      return current.position;
    },
    stop() {
      current.stop();
      if (cancel === undefined) return;
      cancel();
      resolve();
    },
  };
}
