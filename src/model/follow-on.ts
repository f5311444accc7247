/**
 * Following over outages of the log. Who is slow, and has to read what he missed from the log, may find that it cannot be
 * reached just then; he begins again where he was, instead of hearing nothing for as long as the process lives.
 */
import { isFailure } from '../errors.ts';
import type { Following, FollowOptions, Runtime } from './runtime.ts';

/**
 * Like `Runtime.follow`, but it ends with `unavailable` never.
 * @param later calls back after a while, unless what it gives is called first
 */
export function followOn(
  runtime: Pick<Runtime, 'follow'>,
  options: FollowOptions,
  later: (again: () => void) => () => void,
): Following {
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
