/** The past, searched: what happened is told by the real call machine, on a clock moved by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callsBetween, type HistorySearch, lastCallsOf } from '../../projections/call-history.ts';
import { aCall, anAgent, aQueue, CENTRE, type Centre, givenCentre, hungUp, toCall } from '../support/centre.ts';
import { WORLD_START_MS } from '../support/world.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
  await centre.happens(aQueue('q', ['ann', 'ben']), anAgent('ann'), anAgent('ben'));
});
afterEach(() => centre.close());

const at = (agent: string, leg: string) => ({ leg, number: `1${agent}`, line: `1${agent}`, agent });

function dialled(id: string, from: string, to: string) {
  const caller = { leg: `${id}-1`, number: from };
  const target = { leg: `${id}-2`, number: to };
  return toCall(id, { type: 'arrive', direction: 'inbound', to, caller, target });
}

test('calls are found by both their numbers and by when they started, live ones too', async () => {
  await centre.happens(dialled('a', '501', '101'));
  await centre.wait(60_000);
  await centre.happens(dialled('b', '501', '101'), dialled('c', '501', '102'), dialled('d', '101', '501'));
  await centre.happens(hungUp('a'));
  const any = { tenant: CENTRE, from: '501', to: '101', startedFrom: 0, startedTo: WORLD_START_MS + 60_000, limit: 9 };
  const search = (more: Partial<HistorySearch> = {}) =>
    callsBetween(centre.runtime.live, { ...any, ...more }).map(({ id }) => id);
  expect(search()).toEqual(['a', 'b']);
  expect(search({ limit: 1 })).toEqual(['a']);
  expect(search({ to: '102' })).toEqual(['c']);
  expect(search({ from: '999' })).toEqual([]);
  expect(search({ tenant: 'elsewhere' })).toEqual([]);
  expect(search({ startedTo: WORLD_START_MS })).toEqual(['a']);
  expect(search({ startedFrom: WORLD_START_MS + 60_000 })).toEqual(['b']);
  expect(search({ startedFrom: WORLD_START_MS + 60_001, startedTo: WORLD_START_MS + 90_000 })).toEqual([]);
});

test('a person’s last calls tell whom he called, which he took and which he missed', async () => {
  await centre.happens(aCall('a', 'q'), toCall('a', { type: 'offer', target: at('ann', 'a-2'), ringMs: 9_000 }));
  await centre.wait(9_000);
  await centre.happens(toCall('a', { type: 'offer', target: at('ben', 'a-3'), ringMs: 9_000 }));
  await centre.wait(3_000);
  await centre.happens(toCall('a', { type: 'leg.answered', leg: 'a-3' }));
  await centre.wait(50_000);
  await centre.happens(hungUp('a'));
  const dial = { type: 'originate', direction: 'outbound', to: '19735550199' };
  const caller = at('ann', 'b-1');
  await centre.happens(toCall('b', { ...dial, caller, target: { leg: 'b-2', number: '19735550199' } }));

  const lastOf = (agent: string, since = 0) =>
    lastCallsOf(centre.runtime.live, { tenant: CENTRE, agent, since, limit: 10 });
  expect(lastOf('ann').map(({ id }) => id)).toEqual(['b', 'a']);
  expect(lastOf('ann', WORLD_START_MS + 1).map(({ id }) => id)).toEqual(['b']);
  const [missed] = lastOf('ben');
  expect(missed).toMatchObject({
    id: 'a',
    from: '19735550123',
    to: '8q',
    startedAt: WORLD_START_MS,
    endedAt: WORLD_START_MS + 62_000,
  });
  expect(missed?.parties.map(({ kind, agent, answeredAt }) => [kind, agent, answeredAt !== null])).toEqual([
    ['caller', null, false],
    ['agent', 'ann', false],
    ['agent', 'ben', true],
  ]);
});
