import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { overtakenBy } from '../../support/overtaken.ts';
import { CALL, EXTENSION_101, EXTENSION_102, type GivenCcs, givenCcs, LUNCHLAB, OFFERED } from './given.ts';

const NORTH = 'demo-telco-north';
const MINUTE_MS = 60_000;

let ccs: GivenCcs;
beforeEach(async () => {
  ccs = await givenCcs();
});
afterEach(() => ccs.stop());

const stateOf = async (extension = EXTENSION_101) =>
  (await ccs.get(`${LUNCHLAB}/extensions/${extension}/agent_state`, NORTH)).body;
const setBySelf = (name: string) =>
  ccs.post('/agent_state', 'demo-tenant-lunch', { request: 'updateAgentState', name });

describe('an agent state', () => {
  test('is printed as in section 4.15, to the second (case 39)', async () => {
    await ccs.world.advance((45 * 60 + 28) * 1000);
    const ringing = { call: 'none', leg: 'of-none' };
    await ccs.agent('lunchlab', 'aarcher', { type: 'leg.ringing', ...ringing }, { type: 'leg.ended', ...ringing });
    await ccs.world.advance((117 * 3600 + 11 * 60 + 18) * 1000);
    expect(await stateOf()).toEqual({
      success: true,
      queue_state: { state: 'None', queue: '', duration: '0' },
      phone_state: { state: 'Idle', duration: '117:11:18' },
      consecutive_missed: 0,
      agent_state: { state: { type: 'ready', name: 'Ready' }, duration: '117:56:46' },
    });
  });

  test('set again goes on as it was', async () => {
    await setBySelf('Lunch Break');
    await ccs.world.advance(MINUTE_MS);
    expect((await setBySelf('Lunch Break')).body).toEqual({ success: true });
    expect((await stateOf()).agent_state).toEqual({
      state: { type: 'away', name: 'Lunch Break' },
      duration: '0:01:00',
    });
    await setBySelf('Coffee Break');
    expect((await stateOf()).agent_state).toEqual({
      state: { type: 'away', name: 'Coffee Break' },
      duration: '0:00:00',
    });
  });

  test('names are those of the tenant, letter by letter', async () => {
    for (const name of ['lunch break', 'ready', '', undefined, 7, 'Holiday In Bahamas'])
      expect(
        (await ccs.post('/agent_state', 'demo-tenant-lunch', { request: 'updateAgentState', name })).body.reason,
      ).toBe('Invalid state name');
  });

  test('of a user who is disabled is signed out, whoever sets another', async () => {
    const to = { tenant: 'lunchlab', kind: 'user', id: 'bbaker' };
    await ccs.world.record('lunchlab', { to, event: { type: 'change', set: { enabled: false } } });
    const set = async (name: string) =>
      (await ccs.post(`/extensions/${EXTENSION_102}`, 'demo-tenant-lunch', { request: 'updateAgentState', name })).body;
    expect(await set('Sign Out')).toEqual({ success: true });
    for (const name of ['Ready', 'Lunch Break'])
      expect(await set(name)).toEqual({ success: false, reason: 'User is disabled' });
    expect((await stateOf(EXTENSION_102)).agent_state.state.type).toBe('sign_out');
  });

  test('is not set for a user who was disabled while it was asked for', async () => {
    const to = { tenant: 'lunchlab', kind: 'user', id: 'bbaker' };
    await ccs.post(`/extensions/${EXTENSION_102}`, 'demo-tenant-lunch', {
      request: 'updateAgentState',
      name: 'Sign Out',
    });
    overtakenBy(ccs.world, 'lunchlab', { to, event: { type: 'change', set: { enabled: false } } });
    const asked = { request: 'updateAgentState', name: 'Ready' };
    const { body } = await ccs.post(`/extensions/${EXTENSION_102}`, 'demo-tenant-lunch', asked);
    expect(body).toEqual({ success: false, reason: 'User is disabled' });
    expect((await stateOf(EXTENSION_102)).agent_state.state.type).toBe('sign_out');
  });

  test('of somebody signed out becomes any other', async () => {
    await setBySelf('Sign Out');
    expect((await stateOf()).agent_state.state).toEqual({ type: 'sign_out', name: 'Sign Out' });
    await setBySelf('Coffee Break');
    expect((await stateOf()).agent_state.state).toEqual({ type: 'away', name: 'Coffee Break' });
    await setBySelf('Sign Out');
    await setBySelf('Ready');
    expect((await stateOf()).agent_state.state).toEqual({ type: 'ready', name: 'Ready' });
  });

  test('follows a queue call: offered, answered, on hold, wrapped up', async () => {
    const shown = async () => {
      const { phone_state, queue_state } = await stateOf();
      return [phone_state.state, queue_state.state, queue_state.queue];
    };
    await ccs.call('lunchlab', CALL, ...OFFERED);
    expect(await shown()).toEqual(['Ringing', 'Ringing', 'Q200']);
    await ccs.call('lunchlab', CALL, { type: 'leg.answered', leg: 'ann' });
    expect(await shown()).toEqual(['Busy', 'Talking', 'Q200']);
    await ccs.call('lunchlab', CALL, { type: 'hold', leg: 'ann' });
    expect(await shown()).toEqual(['Held', 'Talking', 'Q200']);
    await ccs.call('lunchlab', CALL, { type: 'hangup', leg: 'ann' });
    expect(await shown()).toEqual(['Idle', 'Wrap Up', 'Q200']);
    await ccs.world.advance(10_000);
    expect(await stateOf()).toMatchObject({
      agent_state: { state: { type: 'ready', name: 'Ready' } },
      queue_state: { duration: '0:00:10' },
    });
    await ccs.world.advance(20_000);
    expect(await shown()).toEqual(['Idle', 'None', '']);
    await ccs.agent('lunchlab', 'aarcher', { type: 'line.unreachable', line: '101' });
    expect(await shown()).toEqual(['Unavailable', 'None', '']);
  });

  test('goes on through a queue call and its wrap-up, as the durations of section 4.15 tell', async () => {
    const taken = async () => (await stateOf()).agent_state;
    const ready = (duration: string) => ({ state: { type: 'ready', name: 'Ready' }, duration });
    await ccs.world.advance(MINUTE_MS);
    await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' }, { type: 'hangup', leg: 'ann' });
    expect(await taken()).toEqual(ready('0:01:00'));
    await ccs.world.advance(MINUTE_MS);
    expect(await stateOf()).toMatchObject({ agent_state: ready('0:02:00'), phone_state: { duration: '0:01:00' } });
    expect((await stateOf()).queue_state.state).toBe('None');
  });

  test('set in wrap-up as it is ends the wrap-up, and goes on', async () => {
    await ccs.world.advance(MINUTE_MS);
    await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' }, { type: 'hangup', leg: 'ann' });
    await setBySelf('Ready');
    expect(await stateOf()).toMatchObject({
      agent_state: { state: { name: 'Ready' }, duration: '0:01:00' },
      queue_state: { state: 'None' },
    });
  });

  test('changes during a call, and is what wrap-up gives way to', async () => {
    await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' });
    await setBySelf('Lunch Break');
    expect(await stateOf()).toMatchObject({
      agent_state: { state: { type: 'away', name: 'Lunch Break' } },
      phone_state: { state: 'Busy' },
    });
    await ccs.call('lunchlab', CALL, { type: 'hangup', leg: 'ann' });
    expect(await stateOf()).toMatchObject({
      agent_state: { state: { type: 'away', name: 'Lunch Break' } },
      queue_state: { state: 'Wrap Up' },
    });
  });

  test('counts missed calls, and forgives them to who changes it himself', async () => {
    await ccs.call('lunchlab', CALL, ...OFFERED);
    await ccs.world.advance(20_000);
    expect((await stateOf()).consecutive_missed).toBe(1);
    await ccs.post(`/extensions/${EXTENSION_101}`, 'demo-tenant', { request: 'updateAgentState', name: 'Lunch Break' });
    await ccs.post(`${LUNCHLAB}/extensions/${EXTENSION_101}`, NORTH, {
      request: 'updateAgentState',
      name: 'Lunch Break',
    });
    expect((await stateOf()).consecutive_missed).toBe(1);
    await setBySelf('Ready');
    expect((await stateOf()).consecutive_missed).toBe(0);
  });

  test('set by somebody else says who it was', async () => {
    await ccs.post(`/extensions/${EXTENSION_102}`, 'demo-tenant-lunch', {
      request: 'updateAgentState',
      name: 'Lunch Break',
    });
    const records = [];
    const of = { tenant: 'lunchlab', kind: 'agent', id: 'bbaker' };
    for await (const record of ccs.world.runtime.replay({ after: 0, upTo: ccs.world.runtime.live.position, of }))
      records.push(record.transition.data);
    expect(records.at(-1)).toMatchObject({
      state: { context: { presence: { cause: 'supervisor', by: 'token:lunchlab-1' } } },
      cause: { by: 'token:lunchlab-1', via: 'ccs' },
    });
  });
});
