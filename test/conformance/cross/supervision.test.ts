/** A supervisor on the line of an agent, from the operation of the API to who hears whom in the network. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { queueStatistics } from '../../../projections/statistics.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { type Centre, givenCentre } from './given.ts';

const TENANT = 'genesys';
const WATCHED = 'http://127.0.0.1/api/v2/devices/7542eb95-8f1c-4b90-bb2a-1b34578a4627';
const CALL = 'SUPERV1S10N01';

describe('a supervisor', () => {
  let centre: Centre;
  let device: string;
  beforeEach(async () => {
    centre = await givenCentre();
    const { users } = await centre.gws('GET /users?fields=*', undefined, 'admin:admin1');
    const third = users.find(({ userName }: { userName: string }) => userName === 'third');
    const roles = ['ROLE_AGENT', 'ROLE_SUPERVISOR'];
    await centre.gws(`PUT /users/${third.id}`, { roles }, 'admin:admin1');
    const { devices } = await centre.gws('GET /me/devices?fields=*', undefined, 'third:');
    device = devices[0].id;
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' }, 'ksippo:');
  });
  afterEach(() => centre.stop());

  const operate = (operationName: string, more: object = {}) =>
    centre.gws(`POST /me/devices/${device}`, { operationName, ...more }, 'third:');
  const listen = (more: object = {}) => operate('ListenIn', { targetDeviceUri: WATCHED, ...more });
  const ownDevice = async () => (await centre.gws('GET /me/devices?fields=*', undefined, 'third:')).devices[0];
  const callOf = async (name: string) => (await centre.gws('GET /me/calls?fields=*', undefined, `${name}:`)).calls[0];
  const refusal = async (body: object, as = 'third:', at = device) => {
    const authorization = `Basic ${Buffer.from(as).toString('base64')}`;
    const init = { headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await centre.told(`POST /api/v2/me/devices/${at}`, init)).body.statusCode;
  };
  const inQueue = async (call = CALL) => {
    await centre.callsIn(call, '8000', { tenant: TENANT });
    await centre.hands.line(TENANT, '15000').answer();
    await centre.atRest();
  };
  const hangUp = async (call = CALL) => {
    await centre.hands.hangupOutside(TENANT, call);
    await centre.atRest();
  };

  test('is told what he may do, and what he does', async () => {
    expect((await ownDevice()).capabilities).toEqual(expect.arrayContaining(['ListenIn', 'Coach', 'BargeIn']));
    await listen({ supervisorMonitoringScope: 'Agent' });
    expect(await ownDevice()).toMatchObject({
      capabilities: expect.arrayContaining(['CancelSupervisorMonitoring']),
      supervisorMonitoringState: {
        state: 'ListenIn',
        mode: 'AllCalls',
        scope: 'Agent',
        targetDeviceUri: expect.stringContaining('/devices/7542eb95-8f1c-4b90-bb2a-1b34578a4627'),
      },
    });
    await operate('CancelSupervisorMonitoring');
    expect(await ownDevice()).not.toHaveProperty('supervisorMonitoringState');
  });

  test('hears the call that is up and every one that comes, until he cancels', async () => {
    await inQueue();
    await listen();
    expect(await callOf('third')).toMatchObject({ id: CALL, state: 'Established', monitoring: true });
    expect(await callOf('ksippo')).toMatchObject({
      supervisorListeningIn: true,
      monitoring: false,
      participants: [{ phoneNumber: '19735550123' }],
    });
    await hangUp();
    expect(await callOf('third')).toBeUndefined();
    await centre.gws('POST /me/channels/voice', { operationName: 'Ready' }, 'ksippo:');
    await inQueue('SUPERV1S10N02');
    expect(await callOf('third')).toMatchObject({ id: 'SUPERV1S10N02', monitoring: true });
    await operate('CancelSupervisorMonitoring');
    expect(await callOf('third')).toBeUndefined();
    expect(await callOf('ksippo')).toMatchObject({ state: 'Established', supervisorListeningIn: false });
    const span = { tenant: TENANT, from: 0, to: Number.MAX_SAFE_INTEGER };
    expect(queueStatistics(centre.world.runtime.live, span)).toMatchObject({ entered: 2, answered: 2, handled: 1 });
  });

  test('listens no more to who has left the call that he hears on', async () => {
    await inQueue();
    await listen();
    const outside = { operationName: 'SingleStepTransfer', destination: '19735550199' };
    await centre.gws(`POST /me/calls/${CALL}`, outside, 'ksippo:');
    expect(await callOf('third')).toMatchObject({ id: CALL, monitoring: true });
    const { call } = await centre.gws(`GET /me/calls/${CALL}`, undefined, 'ksippo:');
    expect(call).toMatchObject({ state: 'Released', supervisorListeningIn: false });
  });

  test('hears one call only where he asked for the next one', async () => {
    await listen({ supervisorMonitoringMode: 'NextCall' });
    await inQueue();
    expect(await callOf('third')).toMatchObject({ monitoring: true });
    await hangUp();
    expect(await ownDevice()).not.toHaveProperty('supervisorMonitoringState');
  });

  test('who hangs up is not called again for that call', async () => {
    await inQueue();
    await listen();
    await centre.gws(`POST /me/calls/${CALL}`, { operationName: 'Hangup' }, 'third:');
    await centre.gws(`POST /me/calls/${CALL}`, { operationName: 'Hold' }, 'ksippo:');
    expect(await callOf('third')).toBeUndefined();
  });

  test('cancels also when a call that he hears ends meanwhile', async () => {
    await inQueue();
    await listen();
    meanwhile(centre.world, () => hangUp());
    expect(await operate('CancelSupervisorMonitoring')).toEqual({ statusCode: 0 });
    expect(await ownDevice()).not.toHaveProperty('supervisorMonitoringState');
    expect(await callOf('third')).toBeUndefined();
  });

  test('may coach, mute the agent, and barge in as a party', async () => {
    await inQueue();
    await listen();
    await operate('Coach', { targetDeviceUri: WATCHED });
    expect((await centre.native(`GET /tenants/${TENANT}/calls/${CALL}`)).monitors).toMatchObject([
      { number: '15002', watches: { how: 'coach' } },
    ]);
    await operate('MuteMonitoredUser');
    expect(await callOf('ksippo')).toMatchObject({ mute: 'On' });
    const own = await callOf('third');
    expect(own).toMatchObject({ monitoredUserMuted: true });
    expect(own.capabilities).toEqual(expect.arrayContaining(['Hangup', 'UnmuteMonitoredUser']));
    expect(own.capabilities).not.toContain('SingleStepTransfer');
    await centre.gws(`POST /me/calls/${CALL}`, { operationName: 'UnmuteMonitoredUser' }, 'third:');
    await operate('BargeIn', { targetDeviceUri: WATCHED });
    const there = (await callOf('ksippo')).participants.map((one: { phoneNumber: string }) => one.phoneNumber);
    expect(there).toEqual(['19735550123', '15002']);
    await centre.gws(`POST /me/calls/${CALL}`, { operationName: 'Hangup' }, 'ksippo:');
    expect(await callOf('third')).toMatchObject({ id: CALL, state: 'Established' });
  });

  test('needs the right, a device, and somebody else', async () => {
    const { devices } = await centre.gws('GET /me/devices?fields=*', undefined, 'peer:');
    const asked = { operationName: 'ListenIn', targetDeviceUri: WATCHED };
    expect(await refusal(asked, 'peer:', devices[0].id)).toBe(5);
    expect(await refusal({ operationName: 'ListenIn' })).toBe(1);
    expect(await refusal({ ...asked, targetDeviceUri: '/devices/none' })).toBe(6);
    expect(await refusal({ ...asked, targetDeviceUri: 'nonsense' })).toBe(2);
    expect(await refusal({ ...asked, supervisorMonitoringScope: 'World' })).toBe(2);
    expect(await refusal({ ...asked, targetDeviceUri: `/devices/${device}` })).toBe(2);
    expect(await refusal({ operationName: 'CancelSupervisorMonitoring' })).toBe(2);
    expect(await refusal({ operationName: 'MuteMonitoredUser' })).toBe(2);
  });
});
