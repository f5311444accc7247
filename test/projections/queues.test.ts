/** What a queue looks like now, told by the real machines. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { estimatedWaitMs, queueStatus, waiting, waitingIn } from '../../projections/queues.ts';
import {
  aCall,
  anAgent,
  answered,
  aQueue,
  CENTRE,
  type Centre,
  givenCentre,
  hungUp,
  toAgent,
  toCall,
} from '../support/centre.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
});
afterEach(() => centre.close());

test('waiting calls have places: by priority, then by how long they wait, in all queues they went through', async () => {
  await centre.happens(aQueue('q', []), aQueue('r', []), aCall('a', 'r'));
  await centre.wait(1_000);
  await centre.happens(aCall('b', 'q'));
  await centre.wait(1_000);
  await centre.happens(aCall('c', 'q', { priority: 1 }));
  await centre.happens(toCall('a', { type: 'redirect', queue: 'q' }));
  const { live } = centre.runtime;
  expect(waitingIn(live, CENTRE, 'q').map(({ call, position }) => [call, position])).toEqual([
    ['c', 1],
    ['a', 2],
    ['b', 3],
  ]);
  for (const entry of waitingIn(live, CENTRE, 'q')) expect(waiting(live, CENTRE, entry.call)).toEqual(entry);
  expect(waitingIn(live, CENTRE, 'r')).toEqual([]);
  await centre.happens(hungUp('c'));
  expect(waiting(live, CENTRE, 'a')?.position).toBe(1);
  expect(waiting(live, CENTRE, 'c')).toBeUndefined();
});

test('of calls that came within one millisecond the first is served first, whatever it is called', async () => {
  await centre.happens(aQueue('q', ['ann']), aCall('b', 'q'), aCall('a', 'q'), aCall('c', 'q'));
  const { live } = centre.runtime;
  const places = () => waitingIn(live, CENTRE, 'q').map(({ call }) => [call, waiting(live, CENTRE, call)?.position]);
  expect(places()).toEqual([
    ['b', 1],
    ['a', 2],
    ['c', 3],
  ]);
  centre.startDistributor();
  await centre.happens(anAgent('ann'));
  expect(centre.call('b').stage).toBe('offered');
});

test('a queue shows its calls, its longest wait, and its members by what they do', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann', 'ben', 'cy', 'dee', 'eve']),
    anAgent('ann'),
    anAgent('ben'),
    anAgent('cy', { presence: 'away' }),
    anAgent('dee', { presence: 'signedOut' }),
    anAgent('eve', { dnd: true }),
    anAgent('stranger'),
    aCall('a', 'q'),
    aCall('b', 'q'),
    aCall('c', 'q'),
  );
  await centre.wait(4_000);
  expect(queueStatus(centre.runtime.live, CENTRE, 'q')).toEqual({
    waiting: 3,
    offered: 2,
    longestWaitMs: 4_000,
    members: { ready: 0, busy: 3, away: 1, signedOut: 1 },
    estimatedWaitMs: null,
  });
  await centre.happens(answered(centre.call('a')), answered(centre.call('b')), answered(centre.call('b')));
  await centre.happens(hungUp('a'), hungUp('c'));
  expect(queueStatus(centre.runtime.live, CENTRE, 'q')).toMatchObject({
    waiting: 0,
    offered: 0,
    longestWaitMs: 0,
    members: { ready: 1, busy: 2 },
    estimatedWaitMs: 0,
  });
});

test('the estimated wait is place times handle time over members at work', async () => {
  centre.startDistributor();
  await centre.happens(
    aQueue('q', ['ann', 'ben']),
    anAgent('ann', { wrapUpMs: 20_000 }),
    anAgent('ben'),
    aCall('a', 'q'),
  );
  await centre.happens(answered(centre.call('a')));
  await centre.wait(100_000);
  await centre.happens(hungUp('a'));
  await centre.wait(20_000);
  const { live } = centre.runtime;
  expect(estimatedWaitMs(live, CENTRE, 'q', 1)).toBe(0);
  expect(estimatedWaitMs(live, CENTRE, 'q', 6)).toBe((6 * 120_000) / 2);
  await centre.happens(toAgent('ann', { type: 'setAway' }));
  expect(estimatedWaitMs(live, CENTRE, 'q', 6)).toBe(6 * 120_000);
  await centre.happens(toAgent('ben', { type: 'signOut' }));
  expect(estimatedWaitMs(live, CENTRE, 'q', 6)).toBeNull();
});
