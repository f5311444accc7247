import { afterEach, beforeEach, expect, test } from 'vitest';
import { entry } from '../../projections/directory.ts';
import { entering, leaving } from '../../src/identity/leaving.ts';
import { aPerson, CENTRE, type Centre, givenCentre, toAgent } from '../support/centre.ts';

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
  await centre.happens(toAgent('ann', { type: 'create', line: '101' }), aPerson('ann', {}));
});
afterEach(() => centre.close());

const USER = { tenant: CENTRE, kind: 'user', id: 'user-ann' };
const disable = { to: USER, event: { type: 'change', set: { enabled: false } } };

test('who becomes ready while he is shut out is logged out with it, though nobody could see it yet', async () => {
  const { runtime } = centre;
  using before = await runtime.query({ position: runtime.live.position });
  await centre.happens(toAgent('ann', { type: 'setReady', signIn: true }));
  await centre.happens(disable, ...leaving(before, CENTRE, { agent: 'ann' }));
  expect(centre.agent('ann').presence).toBe('signedOut');
});

test('who is logged out already stays so', async () => {
  const { context } = centre.agent('ann');
  await centre.wait(1_000);
  await centre.happens(disable, ...leaving(centre.runtime.live, CENTRE, { agent: 'ann' }));
  expect(centre.agent('ann')).toMatchObject({ presence: 'signedOut', context });
});

test('who is no agent, or has none, does not have to', () => {
  const { live } = centre.runtime;
  expect([leaving(live, CENTRE, {}), leaving(live, CENTRE, { agent: 'nobody' })]).toEqual([[], []]);
});

test('who was let in when it was decided begins to work, and not when he was shut out or removed meanwhile', async () => {
  const person = entry(centre.runtime.live, USER);
  if (person === undefined) throw new Error('there is nobody');
  const setReady = toAgent('ann', { type: 'setReady', signIn: true });
  await centre.happens(entering(person), setReady);
  await centre.happens(disable, ...leaving(centre.runtime.live, CENTRE, { agent: 'ann' }));
  await expect(centre.happens(entering(person), setReady)).rejects.toThrow('changed');
  await centre.happens({ to: USER, event: { type: 'remove' } });
  await expect(centre.happens(entering(person), setReady)).rejects.toThrow('finished');
  expect(centre.agent('ann').presence).toBe('signedOut');
});
