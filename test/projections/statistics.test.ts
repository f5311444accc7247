/** What was counted, told by the real machines on a clock moved by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QUARTER_MS } from '../../projections/statistics/quarters.ts';
import {
  agentTimes,
  occupancyOf,
  queueStatistics,
  queueStatisticsBy,
  statistics,
} from '../../projections/statistics.ts';
import { agentState } from '../support/agent-records.ts';
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
import { Chains, projected, type RecordDraft } from '../support/given.ts';
import { WORLD_START_MS } from '../support/world.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
  centre.startDistributor();
});
afterEach(() => centre.close());

const ANN = { tenant: CENTRE, kind: 'agent', id: 'ann' };
const DAY_MS = 86_400_000;
const DAY = { tenant: CENTRE, from: WORLD_START_MS, to: WORLD_START_MS + DAY_MS };

function counted(queue = 'q') {
  return queueStatistics(centre.runtime.live, { ...DAY, queue });
}

test('answered, abandoned and short-abandoned calls make the service level', async () => {
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), aCall('a', 'q'));
  await centre.wait(10_000);
  await centre.happens(answered(centre.call('a')), aCall('b', 'q'), aCall('c', 'q'), aCall('d', 'q'));
  await centre.wait(4_999);
  await centre.happens(hungUp('b'));
  await centre.wait(13_001);
  await centre.happens(hungUp('c'));
  await centre.wait(7_000);
  await centre.happens(hungUp('a'));
  await centre.happens(answered(centre.call('d')));
  expect(counted()).toMatchObject({
    entered: 4,
    answered: 2,
    abandoned: 2,
    shortAbandoned: 1,
    answeredWithin: { s15: 1, s20: 1, s30: 2 },
    abandonedWithin: { s15: 1, s20: 2, s30: 2 },
    serviceLevel: { s15: 1 / 3, s20: 1 / 3, s30: 2 / 3 },
    waitMsMean: (10_000 + 25_000) / 2,
    waitMsMax: 25_000,
    abandonedWaitMsMean: (4_999 + 18_000) / 2,
  });
});

test('a call that one of two who wait sends to another queue leaves the first and enters the second', async () => {
  await centre.happens(aQueue('q', ['ann']), aQueue('r', []), anAgent('ann'), aCall('c', 'q'));
  const leg = centre.call('c').context.offer?.leg ?? '';
  await centre.happens(
    answered(centre.call('c')),
    toCall('c', { type: 'addParty', leg, target: { leg: 'b', number: '19735550100' } }),
    toCall('c', { type: 'leg.answered', leg: 'b' }),
    toCall('c', { type: 'blindTransfer', leg, queue: { queue: 'q' } }),
  );
  await centre.happens(toCall('c', { type: 'blindTransfer', leg: 'b', queue: { queue: 'r' } }));
  expect(counted('q')).toMatchObject({ entered: 2, answered: 1, transferred: 1 });
  expect(counted('r')).toMatchObject({ entered: 1, transferred: 0 });
});

test('calls that leave otherwise are counted by why', async () => {
  await centre.happens(
    aQueue('q', []),
    aQueue('closed', [], { isClosed: true }),
    aQueue('full', [], { waitingMax: 0 }),
    aQueue('long', [], { waitMsMax: 5_000, onWaitedTooLong: '8q' }),
    aCall('a', 'closed'),
    aCall('b', 'full'),
    aCall('c', 'long'),
    aCall('d', 'q'),
    aCall('e', 'q'),
    aCall('f', 'q'),
  );
  await centre.happens(
    toCall('d', { type: 'redirect', queue: 'long' }),
    toCall('e', { type: 'kill' }),
    toCall('f', { type: 'transferWaiting', target: { leg: 'f-2', number: '19735550100' }, why: 'manual' }),
  );
  await centre.wait(6_000);
  expect(counted('closed')).toMatchObject({ entered: 1, closed: 1 });
  expect(counted('full')).toMatchObject({ entered: 1, overflowed: 1 });
  expect(counted('long')).toMatchObject({ entered: 2, overflowed: 2 });
  expect(counted('q')).toMatchObject({ entered: 5, transferred: 2, dropped: 1, overflowed: 0, answered: 0 });
  const all = queueStatistics(centre.runtime.live, DAY);
  expect(all).toMatchObject({ entered: 9, closed: 1, overflowed: 3, transferred: 2, dropped: 1 });
});

test('handle time is talking, held or not, and wrap-up; occupancy is the share of it', async () => {
  await centre.happens(aQueue('q', ['ann']), anAgent('ann', { wrapUpMs: 30_000 }));
  await centre.wait(100_000);
  await centre.happens(aCall('a', 'q'));
  await centre.wait(10_000);
  const leg = centre.call('a').context.offer?.leg ?? '';
  await centre.happens(answered(centre.call('a')));
  await centre.wait(40_000);
  await centre.happens(toCall('a', { type: 'leg.held', leg }));
  await centre.wait(20_000);
  await centre.happens(hungUp('a'));
  await centre.wait(50_000);
  expect(counted()).toMatchObject({ handled: 1, talkMsMean: 60_000, handleMsMean: 90_000 });
  const times = agentTimes(centre.runtime.live, { ...DAY, agents: ['ann'] });
  expect(times).toEqual({ ready: 120_000, offered: 10_000, talking: 60_000, wrap_up: 30_000, other: 0, away: 0 });
  expect(occupancyOf(times)).toBeCloseTo(100 / 220);
});

test('times are split at the quarters and counts stay in theirs, so that intervals add up', async () => {
  await centre.happens(aQueue('q', ['ann']), anAgent('ann', { missedMax: 0 }), aCall('a', 'q'));
  await centre.wait(QUARTER_MS + 60_000);
  await centre.happens(hungUp('a'), toAgent('ann', { type: 'setAway' }));
  await centre.wait(2 * QUARTER_MS);
  await centre.happens(aCall('b', 'q'));
  const { live } = centre.runtime;
  const shown = (intervalMs: number) =>
    queueStatisticsBy(live, { ...DAY, queue: 'q', intervalMs }).map(({ start, entered, abandoned }) => [
      (start - WORLD_START_MS) / QUARTER_MS,
      entered,
      abandoned,
    ]);
  expect(shown(QUARTER_MS)).toEqual([
    [0, 1, 0],
    [1, 0, 1],
    [3, 1, 0],
  ]);
  expect(shown(2 * QUARTER_MS)).toEqual([
    [0, 1, 1],
    [2, 1, 0],
  ]);
  const first = agentTimes(live, { tenant: CENTRE, from: WORLD_START_MS, to: WORLD_START_MS + QUARTER_MS });
  expect(Object.values(first).reduce((sum, ms) => sum + ms, 0)).toBe(QUARTER_MS);
  const away = agentTimes(live, { tenant: CENTRE, from: WORLD_START_MS + QUARTER_MS, to: live.now }).away;
  expect(away).toBe(2 * QUARTER_MS);
});

test('who did one thing for centuries, as a forged record may say, is counted for a year of it', () => {
  const at = (presence: string, time: number): RecordDraft => ({ ...agentState(presence, 1), time });
  const { stored } = new Chains()
    .add(ANN, at('ready', WORLD_START_MS))
    .add(ANN, at('away', Date.parse('9999-12-31T23:59:59.999Z')))
    .add(ANN, at('ready', WORLD_START_MS + 60_000));
  const { view } = projected(stored, [statistics]);
  const times = agentTimes(view, { tenant: CENTRE, from: 0, to: Number.MAX_SAFE_INTEGER });
  expect(times).toMatchObject({ ready: 366 * 86_400_000, away: 0 });
});

test('calls imported from the past count nowhere', async () => {
  const past = { startedAt: 1, answeredAt: 2, endedAt: 3, cause: 'hangup', direction: 'inbound', to: '8q' };
  const [caller, target] = [
    { leg: 'a-1', number: '501' },
    { leg: 'a-2', number: '101' },
  ];
  await centre.happens(
    aQueue('q', []),
    toCall('a', { type: 'imported', ...past, caller, target, queue: { queue: 'q' } }),
  );
  expect(queueStatistics(centre.runtime.live, { tenant: CENTRE, from: 0, to: Number.MAX_SAFE_INTEGER }).entered).toBe(
    0,
  );
});
