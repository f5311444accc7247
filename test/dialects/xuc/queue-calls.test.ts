/** Who waits in a queue, as clients of the CTI socket are told; and taking one of them out of turn. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsOfAgent } from '../../../projections/calls.ts';
import { waitingIn } from '../../../projections/queues.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { WORLD_START_MS } from '../../support/world.ts';
import type { CtiClient } from './cti-client.ts';
import { givenXuc, type XucWorld } from './given.ts';

let world: XucWorld;

beforeEach(async () => {
  world = await givenXuc();
});
afterEach(() => world.stop());

describe('a queue', () => {
  test('shows who waits in it, to who watches', async () => {
    const alice = await world.signedOn();
    alice.command('subscribeToQueueCalls', { queueId: 1 });
    expect(await alice.seen('QueueCalls')).toEqual({ queueId: 1, calls: [] });
    const place = (call: string, from: string) => world.hands.placeCall({ tenant: 'avencall', call, from, to: '2001' });
    await place('CALL000000001', '0612345678');
    await place('CALL000000002', '0612345679');
    const first = { position: 1, name: '', number: '0612345678', queueTime: new Date(WORLD_START_MS).toISOString() };
    const second = { ...first, position: 2, number: '0612345679' };
    await alice.seen('QueueCalls', { queueId: 1, calls: [first, second] });
    await world.hands.hangupOutside('avencall', 'CALL000000001');
    await alice.seen('QueueCalls', { queueId: 1, calls: [{ ...second, position: 1 }] });
    alice.frames.length = 0;
    alice.command('unSubscribeToQueueCalls', { queueId: 1 });
    alice.command('subscribeToQueueCalls', { queueId: 99 });
    await alice.seen('Error', { Error: 'There is no such queue' });
    alice.command('subscribeToQueueStats');
    await world.hands.hangupOutside('avencall', 'CALL000000002');
    await alice.seen('QueueStatistics', {
      queueId: 1,
      counters: expect.arrayContaining([{ statName: 'TotalNumberCallsAbandonned', value: 2 }]),
    });
    expect(alice.frames.filter(({ msgType }) => msgType === 'QueueCalls')).toEqual([]);
  });
});

test('counts what became of each call of a queue', async () => {
  const alice = await world.signedOn();
  const toQueue = async (nth: number) => {
    const call = `CALL00000000${nth}`;
    await world.hands.placeCall({ tenant: 'avencall', call, from: '0612345678', to: '2001' });
    await world.atRest();
    return call;
  };
  const isNow = (set: JsonObject) =>
    world.world.record('avencall', {
      to: { tenant: 'avencall', kind: 'queue', id: 'support' },
      event: { type: 'change', set },
    });
  const waits = async (nth: number, ms: number) => {
    const call = await toQueue(nth);
    await world.advance(ms);
    await world.hands.hangupOutside('avencall', call);
    await world.atRest();
  };
  await waits(1, 5_000);
  await waits(2, 20_000);
  await isNow({ isClosed: true });
  await toQueue(3);
  await isNow({ isClosed: false, waitMsMax: 1_000 });
  await toQueue(4);
  await world.advance(1_000);
  await isNow({ waitMsMax: 600_000 });
  await toQueue(5);
  await world.advance(20_000);
  alice.command('agentLogin', { agentphonenumber: '1058' });
  await alice.seen('PhoneEvent', { eventType: 'EventRinging' });
  alice.command('answer');
  await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
  await toQueue(6);
  await world.advance(2_000);
  alice.command('getQueueStatistics', { queueId: 1, window: 3600, xqos: 15 });
  const { counters } = await alice.seen('GetQueueStatistics', { queueId: 1 });
  const counted = (counters as { readonly statName: string; readonly value: number }[]).map(
    ({ statName, value }) => [statName, value] as const,
  );
  expect(Object.fromEntries(counted)).toMatchObject({
    TotalNumberCallsEntered: 6,
    TotalNumberCallsAnswered: 1,
    TotalNumberCallsAbandonned: 2,
    TotalNumberCallsClosed: 1,
    TotalNumberCallsTimeout: 1,
    TotalNumberCallsAnsweredBefore15: 0,
    TotalNumberCallsAbandonnedAfter15: 1,
    PercentageAnsweredBefore15: 0,
    PercentageAbandonnedAfter15: 16.67,
    WaitingCalls: 1,
    EWT: expect.any(Number),
    LongestWaitTime: 2,
    LoggedAgents: 1,
    AvailableAgents: 0,
    TalkingAgents: 1,
  });
});

describe('a waiting call', () => {
  const toQueue = (call: string, from: string) => world.hands.placeCall({ tenant: 'avencall', call, from, to: '2001' });
  const told = (position: number, number: string) => ({
    position,
    name: '',
    number,
    queueTime: new Date(WORLD_START_MS).toISOString(),
  });

  async function paused(): Promise<CtiClient> {
    const alice = await world.signedOn();
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    alice.command('pauseAgent');
    await alice.seen('AgentStateEvent', { name: 'AgentOnPause' });
    alice.command('subscribeToQueueCalls', { queueId: 1 });
    return alice;
  }

  test('is taken out of turn by a paused agent, and is his queue work', async () => {
    const alice = await paused();
    await toQueue('CALL000000001', '0612345678');
    await toQueue('CALL000000002', '0612345679');
    await alice.seen('QueueCalls', { calls: [told(1, '0612345678'), told(2, '0612345679')] });
    alice.command('retrieveQueueCall', { queueCall: told(2, '0612345679') });
    await alice.seen('PhoneEvent', { eventType: 'EventRinging', otherDN: '0612345679', queueName: 'support' });
    await alice.seen('QueueCalls', { calls: [told(1, '0612345678')] });
    await alice.seen('AgentStateEvent', { name: 'AgentRinging', acd: true, direction: 'Incoming' });
    alice.command('answer');
    await alice.seen('AgentStateEvent', { name: 'AgentOnCall', acd: true, direction: 'Incoming' });
    alice.frames.length = 0;
    alice.command('hangup');
    await alice.seen('AgentStateEvent', { name: 'AgentOnWrapup' });
    await world.advance(30_000);
    await alice.seen('AgentStateEvent', { name: 'AgentOnPause' });
  });

  test('of two that are alike is the one at the place that was told', async () => {
    const alice = await paused();
    await toQueue('CALL000000001', '');
    await toQueue('CALL000000002', '');
    await alice.seen('QueueCalls', { calls: [told(1, ''), told(2, '')] });
    alice.command('retrieveQueueCall', { queueCall: told(2, '') });
    await alice.seen('PhoneEvent', { eventType: 'EventRinging' });
    expect(callsOfAgent(world.world.runtime.live, 'avencall', 'alicej')).toMatchObject([{ id: 'CALL000000002' }]);
  });

  test('is not lost on a telephone that is not free, nor given to who is not logged in', async () => {
    const alice = await paused();
    await toQueue('CALL000000001', '0612345678');
    const refusedFor = async (client: CtiClient, problem: string, queueCall: unknown = told(1, '0612345678')) => {
      client.frames.length = 0;
      client.command('retrieveQueueCall', { queueCall });
      await client.seen('Error', { Error: problem });
    };
    await refusedFor(await world.signedOn('bruce'), 'The agent is not logged in');
    await refusedFor(await world.signedOn('john'), 'The agent is not logged in');
    for (const junk of [0, null, [], 'x', told(1, '0612345679'), { ...told(1, '0612345678'), queueTime: 5 }])
      await refusedFor(alice, 'No such call waits in a queue', junk);
    alice.command('dnd', { state: true });
    await alice.seen('UserConfigUpdate', { dndEnabled: true });
    await refusedFor(alice, 'The telephone is not free');
    alice.command('dnd', { state: false });
    await alice.seen('UserConfigUpdate', { dndEnabled: false });
    alice.command('dial', { destination: '1101' });
    await refusedFor(alice, 'The telephone is not free');
    alice.command('hangup');
    await alice.seen('PhoneEvent', { eventType: 'EventReleased' });
    alice.command('getList', { objectType: 'queue' });
    await alice.seen('QueueList');
    expect(waitingIn(world.world.runtime.live, 'avencall', 'support', 9)).toMatchObject([{ call: 'CALL000000001' }]);
  });

  test('goes to one of two agents who want it at once', async () => {
    const alice = await paused();
    const bruce = await world.signedOn('bruce');
    bruce.command('agentLogin', { agentphonenumber: '1059' });
    await bruce.seen('AgentStateEvent', { name: 'AgentReady' });
    bruce.command('pauseAgent');
    await bruce.seen('AgentStateEvent', { name: 'AgentOnPause' });
    await toQueue('CALL000000001', '0612345678');
    for (const client of [alice, bruce]) client.command('retrieveQueueCall', { queueCall: told(1, '0612345678') });
    const late = { Error: 'No such call waits in a queue' };
    await expect
      .poll(() => [alice, bruce].filter(({ frames }) => frames.some((one) => one.msgType === 'Error')).length)
      .toBe(1);
    const [loser, winner] = alice.frames.some((one) => one.msgType === 'Error') ? [alice, bruce] : [bruce, alice];
    await loser.seen('Error', late);
    await winner.seen('PhoneEvent', { eventType: 'EventRinging', otherDN: '0612345678' });
  });
});
