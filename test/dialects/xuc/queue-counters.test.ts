import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentStatistics } from '../../../src/dialects/xuc/cti/commands.ts';
import { queueCounters } from '../../../src/dialects/xuc/cti/queue-counters.ts';
import { queuesOf } from '../../../src/dialects/xuc/people.ts';
import { aCall, anAgent, aQueue, CENTRE, type Centre, givenCentre } from '../../support/centre.ts';

const MINUTE_MS = 60_000;

let centre: Centre;
beforeEach(async () => {
  centre = await givenCentre();
});
afterEach(() => centre.close());

const entered = () => {
  const [queue] = queuesOf(centre.runtime.live, CENTRE);
  const { counters } = (queue && queueCounters(centre.runtime.live, queue)) as {
    counters: readonly { statName: string }[];
  };
  return counters.find(({ statName }) => statName === 'TotalNumberCallsEntered');
};
const readySeconds = () =>
  JSON.stringify(agentStatistics(centre.runtime.live, CENTRE)).match(/"AgentReadyTotalTime","value":(\d+)/)?.[1];

test('today begins at midnight in the time zone of the tenant', async () => {
  const attributes = { name: 'Centre', timezone: 'Asia/Kolkata' };
  const person = { firstName: 'Ann', lastName: '', roles: ['agent'], agent: 'ann', agentNumber: '8001' };
  const ann = { to: { tenant: CENTRE, kind: 'user', id: 'ann' }, event: { type: 'create', attributes: person } };
  await centre.happens({ to: { tenant: CENTRE, kind: 'tenant', id: CENTRE }, event: { type: 'create', attributes } });
  await centre.happens(aQueue('q', []), anAgent('ann'), ann, aCall('a', 'q'));
  // It was half past five in the morning.
  await centre.wait(18 * 60 * MINUTE_MS);
  expect([entered(), readySeconds()]).toMatchObject([{ value: 1 }, String(18 * 3600)]);
  await centre.wait(30 * MINUTE_MS);
  expect([entered(), readySeconds()]).toMatchObject([{ value: 0 }, '0']);
});
