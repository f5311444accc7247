/** Calls that come in from outside: to a queue, an access number, a line. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, givenTelephony, TENANT, type Telephony } from './telephony.ts';

let telephony: Telephony;
beforeEach(async () => {
  telephony = await givenTelephony();
});
afterEach(() => telephony.close());

describe('a caller from outside', () => {
  const comes = (to: string, more: { code?: string } = {}) =>
    telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to, ...more });
  const offer = (name: string, leg: string) =>
    telephony.given('call/C1', { type: 'offer', target: endOf(name, leg), ringMs: 15_000 });

  test('lives through queue, offer, answer, hold, transfer and the end; wrap-up follows', async () => {
    expect(await comes('8000')).toBe(true);
    expect(telephony.stage('C1')).toBe('queued');
    await telephony.atRest();
    expect(telephony.network.view()).toMatchObject([{ state: 'up', heard: 'music' }]);
    await offer('alice', 'o');
    expect(telephony.phones()).toEqual(['ringing', 'idle', 'idle']);
    await telephony.line('101').answer();
    await telephony.atRest();
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', { type: 'hold', leg: 'o' });
    expect(telephony.heardIn('C1')).toEqual([]);
    expect(telephony.network.view().map(({ leg, held, heard }) => [leg, held, heard])).toEqual([
      ['C1~c', false, 'music'],
      ['o', true, 'nothing'],
    ]);
    await telephony.given('call/C1', { type: 'retrieve', leg: 'o' });
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', { type: 'blindTransfer', leg: 'o', target: endOf('bob', 'b') });
    expect([telephony.presence('alice'), telephony.phones()]).toEqual(['wrapUp', ['idle', 'ringing', 'idle']]);
    await telephony.line('102').answer();
    await telephony.atRest();
    expect(telephony.heardIn('C1')).toEqual(['C1~c', 'b']);
    expect(await telephony.hands.hangupOutside(TENANT, 'C1')).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'C1~c' });
    expect(telephony.network.view()).toEqual([]);
    await telephony.pass(30_000);
    expect(telephony.presence('alice')).toBe('ready');
  });

  test('shows what he likes and dials what he likes, however long', async () => {
    const long = '1'.repeat(200);
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: long, fromName: long, to: '8000' });
    expect(telephony.call('C1')).toMatchObject({ from: long.slice(0, 64), fromName: long.slice(0, 128) });
    expect(telephony.stage('C1')).toBe('queued');
  });

  test('whose offer is not taken in time stops ringing there and waits on', async () => {
    await comes('8000');
    await offer('alice', 'o');
    await telephony.pass(15_000);
    expect(telephony.stage('C1')).toBe('queued');
    expect(telephony.network.view().map(({ leg }) => leg)).toEqual(['C1~c']);
    expect(telephony.history('C1')).toEqual(['arrive', 'offer', 'leg.ringing', 'timer']);
  });

  test('who gives up in the queue is abandoned, and the agent’s phone falls silent', async () => {
    await comes('8000');
    await offer('alice', 'o');
    expect(await telephony.hands.hangupOutside(TENANT, 'C1')).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'abandoned', abandoned: true });
    expect(telephony.phones()).toEqual(['idle', 'idle', 'idle']);
    expect(telephony.network.view()).toEqual([]);
  });

  test('at an access number brings his reservation and its data', async () => {
    await comes('800 344-9999', { code: '7684' });
    expect(telephony.call('C1')).toMatchObject({
      to: '8003449999',
      queue: { queue: 'q1' },
      reservation: { service: 's1', accessCode: '7684' },
      userData: { Key1: 'Value6' },
    });
  });

  test('rings a line directly, and hears that it is busy', async () => {
    await comes('102');
    await telephony.atRest();
    expect(telephony.phones()).toEqual(['idle', 'ringing', 'idle']);
    expect(telephony.call('C1')).toMatchObject({ direction: 'inbound', from: '19735550123' });
    expect(await telephony.hands.placeCall({ tenant: TENANT, call: 'C2', from: '1', to: '102' })).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C2').cause).toBe('busy');
  });

  test('is killed, and everybody is hung up', async () => {
    await comes('8000');
    await offer('alice', 'o');
    await telephony.line('101').answer();
    await telephony.given('call/C1', { type: 'kill' });
    expect(telephony.call('C1').cause).toBe('killed');
    expect(telephony.network.view()).toEqual([]);
    expect(telephony.heardIn('C1')).toEqual([]);
  });

  test('cannot come twice under one id', async () => {
    await comes('8000');
    expect(await comes('8000')).toBe(false);
    await telephony.given('call/C1', { type: 'kill' });
    expect(await comes('8000')).toBe(false);
    expect(telephony.network.view()).toEqual([]);
  });

  test('who presses keys is heard, once per key', async () => {
    await comes('8000');
    await telephony.network.pressed({ tenant: TENANT, leg: 'C1~c' }, '76');
    await telephony.network.pressed({ tenant: TENANT, leg: 'C1~c' }, '76');
    expect(telephony.history('C1')).toEqual(['arrive', 'leg.dtmf', 'leg.dtmf']);
  });
});
