/** The past, searched: what happened is told by the real call machine, on a clock moved by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HistorySearch, lastCallsOf, searchCalls } from '../../projections/call-history.ts';
import { aCall, anAgent, aQueue, CENTRE, type Centre, givenCentre, hungUp, toCall } from '../support/centre.ts';
import { WORLD_START_MS } from '../support/world.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
  await centre.happens(aQueue('q', ['ann', 'ben']), anAgent('ann'), anAgent('ben'));
});
afterEach(() => centre.close());

const at = (agent: string, leg: string) => ({ leg, number: `1${agent}`, line: `1${agent}`, agent });

function search(more: Partial<HistorySearch> = {}): string[] {
  const asked: HistorySearch = { tenant: CENTRE, order: 'oldestFirst', limit: 100, ...more };
  return searchCalls(centre.runtime.live, asked).map(({ id }) => id);
}

function dialled(id: string, from: string, to: string) {
  const caller = { leg: `${id}-1`, number: from };
  const target = { leg: `${id}-2`, number: to };
  return toCall(id, { type: 'arrive', direction: 'inbound', to, caller, target });
}

test('calls are found by both numbers, by queue and by time, live ones too', async () => {
  await centre.happens(dialled('a', '501', '101'));
  await centre.wait(60_000);
  await centre.happens(dialled('b', '501', '102'), aCall('c', 'q'));
  await centre.happens(hungUp('a'));
  expect(search()).toEqual(['a', 'b', 'c']);
  expect(search({ from: '501' })).toEqual(['a', 'b']);
  expect(search({ from: '501', to: '102' })).toEqual(['b']);
  expect(search({ to: '101' })).toEqual(['a']);
  expect(search({ to: '101', from: '502' })).toEqual([]);
  expect(search({ from: '999' })).toEqual([]);
  expect(search({ party: { kind: 'number', value: '102' } })).toEqual(['b']);
  expect(search({ party: { kind: 'number', value: '501' }, to: '101' })).toEqual(['a']);
  expect(search({ queue: 'q', startedTo: WORLD_START_MS })).toEqual([]);
  expect(search({ queue: 'q' })).toEqual(['c']);
  expect(search({ startedTo: WORLD_START_MS })).toEqual(['a']);
  expect(search({ startedFrom: WORLD_START_MS + 60_000 })).toEqual(['b', 'c']);
  expect(search({ startedFrom: WORLD_START_MS + 60_001 })).toEqual([]);
});

test('pages follow one another in either order', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e']) await centre.happens(dialled(id, '501', '101'));
  for (const order of ['oldestFirst', 'newestFirst'] as const) {
    const seen: string[] = [];
    for (let after: HistorySearch['after']; seen.length < 5; ) {
      const page = searchCalls(centre.runtime.live, {
        tenant: CENTRE,
        order,
        limit: 2,
        ...(after === undefined ? {} : { after }),
      });
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1);
      expect(page.length).toBeGreaterThan(0);
    }
    expect(seen).toEqual(order === 'oldestFirst' ? ['a', 'b', 'c', 'd', 'e'] : ['e', 'd', 'c', 'b', 'a']);
  }
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

  const lastOf = (value: string, since = 0) =>
    lastCallsOf(centre.runtime.live, { tenant: CENTRE, party: { kind: 'agent', value }, since, limit: 10 });
  expect(lastOf('ann').map(({ id }) => id)).toEqual(['b', 'a']);
  expect(lastOf('ann', WORLD_START_MS + 1).map(({ id }) => id)).toEqual(['b']);
  const [missed] = lastOf('ben');
  expect(missed).toMatchObject({
    id: 'a',
    from: '19735550123',
    to: '8q',
    queue: 'q',
    startedAt: WORLD_START_MS,
    answeredAt: WORLD_START_MS + 12_000,
    endedAt: WORLD_START_MS + 62_000,
    cause: 'hangup',
  });
  expect(missed?.parties.map(({ kind, agent, answeredAt }) => [kind, agent, answeredAt !== null])).toEqual([
    ['caller', null, false],
    ['agent', 'ann', false],
    ['agent', 'ben', true],
  ]);
});
