/** Queue calls through the whole telephone side: simulated network, connector, distributor; only the hands are the test's. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queueStatistics } from '../../projections/statistics.ts';
import { anAgent, aPerson, aQueue, CENTRE, type Centre, givenCentre, offeredTo, toAgent } from '../support/centre.ts';
import { openSimulated, type SimulatedTelephony } from '../support/simulated-telephony.ts';

const LINES = { ann: '1001', ben: '1002' };

let centre: Centre;
let telephony: SimulatedTelephony;

beforeEach(async () => {
  centre = await givenCentre();
  const { runtime, clock } = centre;
  telephony = await openSimulated({ runtime, clock, logger: pino({ level: 'silent' }) });
  await centre.happens(
    aQueue('q', ['ann', { agent: 'ben', penalty: 1 }], { extension: '8000', wrapUpMs: 30_000, ringMs: 15_000 }),
    ...Object.entries(LINES).flatMap(([id, line]) => [anAgent(id, { line }), aPerson(id, {}), aLine(id, line)]),
  );
});
afterEach(async () => {
  await telephony.stop();
  await centre.close();
});

function aLine(agent: string, number: string) {
  const attributes = { number, user: `user-${agent}` };
  return { to: { tenant: CENTRE, kind: 'extension', id: number }, event: { type: 'create', attributes } };
}

async function settle(): Promise<void> {
  for (let before = -1; before !== centre.runtime.live.position; ) {
    before = centre.runtime.live.position;
    await centre.settle();
    await telephony.atRest();
    await centre.settle();
  }
}

async function wait(ms: number): Promise<void> {
  await centre.clock.advance(ms, settle);
}

async function calls(id: string): Promise<void> {
  await telephony.hands.placeCall({ tenant: CENTRE, call: id, from: '19735550123', to: '8000' });
  await settle();
}

test('a caller waits, is answered at a desk, hangs up, and the agent wraps up for thirty seconds', async () => {
  await calls('c');
  expect(offeredTo(centre.call('c'))).toBe('ann');
  expect(centre.agent('ann').phone).toBe('ringing');
  await wait(5_000);
  expect(await telephony.hands.line(CENTRE, LINES.ann).answer()).toBe(true);
  await settle();
  expect(centre.call('c').stage).toBe('established');
  await wait(60_000);
  expect(await telephony.hands.hangupOutside(CENTRE, 'c')).toBe(true);
  await settle();
  expect(centre.agent('ann')).toMatchObject({ presence: 'wrapUp', phone: 'idle', queue: 'wrapUp' });
  await wait(29_999);
  expect(centre.agent('ann').presence).toBe('wrapUp');
  await wait(1);
  expect(centre.agent('ann')).toMatchObject({ presence: 'ready', queue: 'none' });
  expect(
    queueStatistics(centre.runtime.live, { tenant: CENTRE, queue: 'q', from: 0, to: Number.MAX_SAFE_INTEGER }),
  ).toMatchObject({ entered: 1, answered: 1, waitMsMean: 5_000, talkMsMean: 60_000, handleMsMean: 90_000 });
});

test('a phone nobody picks up, and one that is turned down, hand the call on', async () => {
  await calls('c');
  await wait(15_000);
  expect(offeredTo(centre.call('c'))).toBe('ben');
  expect(centre.agent('ann')).toMatchObject({ phone: 'idle', missed: 1 });
  expect(await telephony.hands.line(CENTRE, LINES.ben).reject()).toBe(true);
  await settle();
  expect(centre.agent('ben')).toMatchObject({ missed: 1 });
  expect(centre.call('c').context.queue).toMatchObject({ waiting: true, missedBy: ['ann', 'ben'] });
});

test('a caller who gives up while it rings sets the agent free for the next one', async () => {
  await calls('c');
  await calls('d');
  expect(offeredTo(centre.call('d'))).toBe('ben');
  await calls('e');
  expect(centre.call('e').stage).toBe('queued');
  await wait(6_000);
  await telephony.hands.hangupOutside(CENTRE, 'c');
  await settle();
  expect(centre.call('c')).toMatchObject({ stage: 'ended', context: { abandoned: true, shortAbandoned: false } });
  expect(offeredTo(centre.call('e'))).toBe('ann');
  expect(centre.agent('ann').missed).toBe(0);
});

test('a closed queue that leads to a line, whose forward leads to the queue, ends in hanging up', async () => {
  await centre.happens(
    {
      to: { tenant: CENTRE, kind: 'queue', id: 'q' },
      event: { type: 'change', set: { isClosed: true, onClosed: LINES.ann } },
    },
    toAgent('ann', { type: 'setForward', forward: 'unconditional', enabled: true, destination: '8000' }),
  );
  await calls('c');
  expect(centre.call('c')).toMatchObject({ stage: 'ended', context: { cause: 'closed' } });
});

test('an agent whose phone takes nothing is offered calls every five seconds, not all the time', async () => {
  await centre.happens(toAgent('ann', { type: 'configure', missedMax: 0 }), toAgent('ben', { type: 'setAway' }));
  await centre.happens(toAgent('ann', { type: 'configure', line: '1009' }));
  await telephony.hands.placeCall({ tenant: CENTRE, call: 'own', from: '1009', line: '1009', to: '19735550199' });
  await settle();
  await calls('c');
  expect(centre.agent('ann').missed).toBe(2);
  await wait(4_999);
  expect(centre.agent('ann').missed).toBe(2);
  await wait(10_001);
  expect(centre.agent('ann').missed).toBe(5);
  await telephony.hands.line(CENTRE, '1009').hangup();
  await centre.happens(toAgent('ann', { type: 'setAway' }), toAgent('ann', { type: 'setReady' }));
  await settle();
  expect(centre.agent('ann').phone).toBe('ringing');
});

test('a supervisor who was removed is called no more', async () => {
  await centre.happens(
    toAgent('ben', { type: 'supervise', agent: 'ann', how: 'listen', calls: 'all', scope: 'agent' }),
  );
  await centre.happens(toAgent('ben', { type: 'remove' }));
  await calls('c');
  await telephony.hands.line(CENTRE, LINES.ann).answer();
  await settle();
  expect(centre.call('c')).toMatchObject({ stage: 'established' });
  expect(centre.call('c').context.monitors).toBeUndefined();
});
