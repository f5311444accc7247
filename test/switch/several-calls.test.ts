/** What one phone does with more than one call: consults, conferences, listening in; and what it does within one. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, givenTelephony, TENANT, type Telephony } from './telephony.ts';

let telephony: Telephony;
beforeEach(async () => {
  telephony = await givenTelephony();
});
afterEach(() => telephony.close());

describe('several calls of one phone', () => {
  const talking = async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
    await telephony.line('101').answer();
    await telephony.atRest();
  };
  const consult = () =>
    telephony.given('call/C1', {
      type: 'consult',
      leg: 'o',
      consult: 'C2',
      consultLeg: 'o2',
      target: endOf('bob', 'b'),
      purpose: 'any',
    });

  test('a consult is completed: the caller and the consulted hear each other', async () => {
    await talking();
    await consult();
    await telephony.line('102').answer();
    await telephony.atRest();
    expect([telephony.heardIn('C1'), telephony.heardIn('C2')]).toEqual([[], ['o2', 'b']]);
    await telephony.given('call/C1', { type: 'completeTransfer', leg: 'o' });
    expect([telephony.heardIn('C1'), telephony.heardIn('C2')]).toEqual([['C1~c', 'b'], []]);
    expect(telephony.network.view().map(({ leg }) => leg)).toEqual(['C1~c', 'b']);
    expect(telephony.phones()).toEqual(['idle', 'talking', 'idle']);
    expect(await telephony.line('102').hangup()).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'b' });
    expect(telephony.network.view()).toEqual([]);
  });

  test('the phone itself may send the caller on, to a line or into a queue, and rings nobody twice', async () => {
    await talking();
    expect(await telephony.line('101').transfer('102')).toBe(true);
    await telephony.atRest();
    expect(telephony.network.view().map(({ leg }) => leg)).toEqual(['C1~c', 'o~r1']);
    expect(telephony.phones()).toEqual(['idle', 'ringing', 'idle']);
    await telephony.line('102').answer();
    await telephony.atRest();
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o~r1']);
    const again = { kind: 'transferred', order: 1, tenant: TENANT, leg: 'o', to: '102' } as const;
    expect(await telephony.network.report(again)).toBe(false);
    expect(await telephony.line('102').transfer('8000')).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('queued');
    expect(telephony.phones()).toEqual(['idle', 'idle', 'idle']);
  });

  test('the phone itself may join its two calls, which nobody had called a consult', async () => {
    await talking();
    expect(await telephony.line('101').hold()).toBe(true);
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C2', from: '101', line: '101', to: '102' });
    await telephony.line('102').answer();
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.stage('C2')]).toEqual(['held', 'established']);
    expect(await telephony.line('101').joinCalls()).toBe(true);
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.stage('C2')]).toEqual(['established', 'ended']);
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'C2~c~t']);
    expect(telephony.phones()).toEqual(['idle', 'talking', 'idle']);
    expect(telephony.presence('alice')).toBe('wrapUp');
  });

  test('the phone may join a call and its consult, whoever began it, and before there is an answer', async () => {
    await talking();
    await consult();
    expect(await telephony.line('101').joinCalls()).toBe(true);
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.stage('C2')]).toEqual(['ringing', 'ended']);
    await telephony.line('102').answer();
    await telephony.atRest();
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'b']);
    expect(await telephony.line('102').joinCalls()).toBe(false);
  });

  test('a consult completed while it rings goes on ringing, and is answered in the other call', async () => {
    await talking();
    await consult();
    await telephony.given('call/C1', { type: 'completeTransfer', leg: 'o' });
    expect(telephony.phones()).toEqual(['idle', 'ringing', 'idle']);
    await telephony.line('102').answer();
    await telephony.atRest();
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'b']);
  });

  test('a consult becomes a conference of three; one may be sent away', async () => {
    await talking();
    await consult();
    await telephony.line('102').answer();
    await telephony.given('call/C1', { type: 'completeConference', leg: 'o' });
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o', 'b']);
    await telephony.given('call/C1', { type: 'removeParty', leg: 'o', party: 'b' });
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o']);
    expect(telephony.phones()).toEqual(['talking', 'idle', 'idle']);
  });

  test('the desk phone’s own hold key is believed', async () => {
    await talking();
    expect(await telephony.line('101').hold()).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('held');
    expect(await telephony.line('101').retrieve()).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
  });

  test('a supervisor’s phone goes off hook and hears the call, unless that is suppressed; the coached agent alone hears him', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
    await telephony.line('101').answer();
    await telephony.atRest();
    const target = endOf('carol', 'm');
    const monitoring = (how: string) => ({ type: 'monitor', leg: 'o', target, how, scope: 'agent' });
    const phone = () => telephony.network.view().find(({ leg }) => leg === 'm');
    await telephony.given('call/C1', monitoring('listen'));
    expect(phone()).toMatchObject({ state: 'up', monitors: { call: 'C1', speaksTo: null } });
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', monitoring('coach'));
    expect(phone()?.monitors).toEqual({ call: 'C1', speaksTo: 'o' });
    telephony = await telephony.restarted();
    expect(phone()).toMatchObject({ state: 'up', monitors: { call: 'C1', speaksTo: 'o' } });
    await telephony.pass(1_000);
    await telephony.given('call/C1', { type: 'startSuppression' });
    expect(phone()).toMatchObject({ state: 'up', monitors: null });
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', { type: 'stopSuppression' });
    expect(phone()?.monitors).toEqual({ call: 'C1', speaksTo: 'o' });
    await telephony.given('call/C1', monitoring('barge'));
    expect(phone()?.monitors).toBeNull();
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o', 'm']);
    await telephony.line('103').hangup();
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
  });

  test('mute, digits and recording reach the switch', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    const target = { ...endOf('alice', 'o'), recording: 'Mandatory' };
    await telephony.given('call/C1', { type: 'offer', target, ringMs: 15_000 });
    await telephony.line('101').answer();
    await telephony.given('call/C1', { type: 'mute', leg: 'o' }, { type: 'sendDtmf', leg: 'o', digits: '12#' });
    expect(telephony.network.view().find(({ leg }) => leg === 'o')).toMatchObject({ muted: true, sent: '12#' });
    expect(telephony.network.recordingOf(TENANT, 'C1')).toBe('on');
    await telephony.given('call/C1', { type: 'startSuppression' });
    expect(telephony.network.recordingOf(TENANT, 'C1')).toBe('paused');
    await telephony.given('call/C1', { type: 'kill' });
    expect(telephony.network.recordingOf(TENANT, 'C1')).toBe('off');
  });
});
