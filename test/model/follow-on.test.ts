import { expect, test } from 'vitest';
import { LedgerlineError } from '../../src/errors.ts';
import { followOn } from '../../src/model/follow-on.ts';
import type { Following, FollowOptions } from '../../src/model/runtime.ts';

/** A log that can be told to be out of reach: each follower of it, and the calls back that somebody waits for. */
function given() {
  const followers: { readonly after: FollowOptions['after']; at: number; fail(error: unknown): void }[] = [];
  const waiting = new Set<() => void>();
  const follow = ({ after }: FollowOptions): Following => {
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    const follower = { after, at: Number(after), fail: reject };
    followers.push(follower);
    return {
      ended,
      get position() {
        return follower.at;
      },
      stop: resolve,
    };
  };
  const later = (again: () => void) => {
    waiting.add(again);
    return () => waiting.delete(again);
  };
  const following = followOn({ follow }, { after: 3, deliver: () => undefined }, later);
  return { following, followers, waiting };
}

const unavailable = () => new LedgerlineError('unavailable', 'the log cannot be reached');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('whoever follows on begins again, after the outage, where he was', async () => {
  const { following, followers, waiting } = given();
  const [first] = followers;
  if (first === undefined) expect.fail();
  first.at = 7;
  first.fail(unavailable());
  await turn();
  expect(following.position).toBe(7);
  for (const again of waiting) again();
  expect(followers.map(({ after }) => after)).toEqual([3, 7]);
  following.stop();
  await following.ended;
});

test('stopped during the outage he does not begin again', async () => {
  const { following, followers, waiting } = given();
  followers[0]?.fail(unavailable());
  await turn();
  following.stop();
  await following.ended;
  expect([followers.length, waiting.size]).toEqual([1, 0]);
});

test('any other failure ends it', async () => {
  const { following, followers, waiting } = given();
  followers[0]?.fail(new Error('broken'));
  await expect(following.ended).rejects.toThrow('broken');
  expect(waiting.size).toBe(0);
});
