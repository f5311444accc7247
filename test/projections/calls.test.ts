/** Calls as the call machine records them, found again. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  call,
  callOfLeg,
  callsAcross,
  callsOf,
  callsOfAgent,
  callsOfLine,
  callsOfNumber,
  liveCalls,
} from '../../projections/calls.ts';
import { aCall, anAgent, aQueue, CENTRE, type Centre, givenCentre, hungUp, toCall } from '../support/centre.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
  await centre.happens(aQueue('q', ['ann']), anAgent('ann'), aCall('a', 'q'), aCall('b', 'q'), aCall('c', 'q'));
});
afterEach(() => centre.close());

const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);
const atAnn = { leg: 'a-2', number: '1ann', line: '1ann', agent: 'ann' };

test('a call is found by its id in its tenant, with its stage and its whole context', () => {
  const { live } = centre.runtime;
  expect(call(live, CENTRE, 'a')).toMatchObject({ id: 'a', stage: 'queued', version: 1, context: { to: '8q' } });
  expect(call(live, CENTRE, 'nobody')).toBeUndefined();
  expect(call(live, 'elsewhere', 'a')).toBeUndefined();
});

test('live calls are listed oldest first, and only while they live', async () => {
  expect(ids(liveCalls(centre.runtime.live, CENTRE))).toEqual(['a', 'b', 'c']);
  await centre.happens(hungUp('b'));
  expect(ids(liveCalls(centre.runtime.live, CENTRE))).toEqual(['a', 'c']);
  expect(call(centre.runtime.live, CENTRE, 'b')?.stage).toBe('ended');
});

test('calls across a position had begun before it, and are live or moved since', async () => {
  const { live } = centre.runtime;
  const across = (position: number, among = 9) => ids(callsAcross(live, { tenant: CENTRE, position, among }));
  const born = call(live, CENTRE, 'c')?.created ?? 0;
  expect(across(born)).toEqual(['a', 'b']);
  await centre.happens(hungUp('a'), hungUp('b'));
  expect(across(born)).toEqual(['a', 'b']);
  expect(across(born, 1)).toEqual(['b']);
  expect(across(live.position + 1)).toEqual(['c']);
});

test('all calls are listed newest first, page by page', async () => {
  await centre.happens(hungUp('c'));
  const { live } = centre.runtime;
  const page = callsOf(live, { tenant: CENTRE, limit: 2 });
  expect(ids(page)).toEqual(['c', 'b']);
  expect(ids(callsOf(live, { tenant: CENTRE, limit: 2, before: page[1]?.created ?? 0 }))).toEqual(['a']);
});

test('a live call is found by whoever is in it, until he is gone', async () => {
  await centre.happens(toCall('a', { type: 'offer', target: atAnn, ringMs: 9_000 }));
  const { live } = centre.runtime;
  expect(ids(callsOfAgent(live, CENTRE, 'ann'))).toEqual(['a']);
  expect(ids(callsOfLine(live, CENTRE, '1ann'))).toEqual(['a']);
  expect(ids(callsOfNumber(live, CENTRE, '19735550123'))).toEqual(['a', 'b', 'c']);
  expect(callOfLeg(live, CENTRE, 'a-2')?.id).toBe('a');
  await centre.happens(toCall('a', { type: 'withdrawOffer' }));
  expect(callsOfAgent(live, CENTRE, 'ann')).toEqual([]);
  expect(callOfLeg(live, CENTRE, 'a-2')).toBeUndefined();
  await centre.happens(hungUp('a'));
  expect(ids(callsOfNumber(live, CENTRE, '19735550123'))).toEqual(['b', 'c']);
});
