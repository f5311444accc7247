/** Numbers that are not simply dialled: queues, access numbers and forwards, whoever calls them and however. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, givenTelephony, OUTSIDE_ANSWER_MS, type Telephony } from './telephony.ts';

let telephony: Telephony;
beforeEach(async () => {
  telephony = await givenTelephony();
});
afterEach(() => telephony.close());

const QUEUE = '8000';
const ACCESS = '8003449999';

const aliceDials = (number: string, more: object = {}) => ({
  type: 'originate',
  direction: 'internal',
  to: number,
  caller: endOf('alice', 'L1'),
  target: { leg: 'L2', number },
  ...more,
});

describe('a queue whose number is dialled', () => {
  test('has the call waiting, and its caller through', async () => {
    await telephony.given('call/C1', aliceDials(QUEUE));
    expect(telephony.stage('C1')).toBe('queued');
    expect(telephony.call('C1').queue).toMatchObject({ queue: 'q1', name: 'Support', waiting: true });
    expect(telephony.phone('alice')).toBe('talking');
    await telephony.pass(OUTSIDE_ANSWER_MS);
    expect(telephony.leg('C1', 'L2')).toMatchObject({ state: 'released', cause: 'forwarded' });
  });

  test('is entered when the phone that rings first is picked up', async () => {
    await telephony.given('call/C1', aliceDials(QUEUE, { ringFirst: true }));
    expect(telephony.stage('C1')).toBe('ringing');
    expect(await telephony.hands.line('t', '101').answer()).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('queued');
  });

  test('takes the one who consults, while the other party is on hold', async () => {
    await telephony.given('call/C1', { ...aliceDials('102'), target: endOf('bob', 'L2') });
    await telephony.hands.line('t', '102').answer();
    await telephony.atRest();
    const legs = { consult: 'C2', consultLeg: 'L3', target: { leg: 'L4', number: QUEUE } };
    await telephony.given('call/C1', { type: 'consult', leg: 'L1', purpose: 'any', ...legs });
    expect(telephony.stage('C2')).toBe('queued');
    expect(telephony.stage('C1')).toBe('held');
  });

  test('takes nobody into a conversation', async () => {
    await telephony.given('call/C1', { ...aliceDials('102'), target: endOf('bob', 'L2') });
    await telephony.hands.line('t', '102').answer();
    await telephony.atRest();
    await telephony.given('call/C1', { type: 'addParty', leg: 'L1', target: { leg: 'L3', number: QUEUE } });
    expect(telephony.leg('C1', 'L3')).toMatchObject({ state: 'released', cause: 'unreachable' });
    expect(telephony.stage('C1')).toBe('established');
  });

  test('takes nobody into a conversation by a forward either', async () => {
    await telephony.given('agent/carol', {
      type: 'setForward',
      forward: 'unconditional',
      enabled: true,
      destination: QUEUE,
    });
    await telephony.given('call/C1', { ...aliceDials('102'), target: endOf('bob', 'L2') });
    await telephony.hands.line('t', '102').answer();
    await telephony.atRest();
    await telephony.given('call/C1', { type: 'addParty', leg: 'L1', target: endOf('carol', 'L3') });
    expect(telephony.leg('C1', 'L3')).toMatchObject({ state: 'released' });
    expect(telephony.stage('C1')).toBe('established');
  });
});

describe('an access number that is dialled', () => {
  test('ties the call to the session that reserved it, whose storage comes along', async () => {
    await telephony.given('call/C1', aliceDials(ACCESS, { userData: { own: 'kept' } }));
    expect(telephony.stage('C1')).toBe('queued');
    expect(telephony.call('C1')).toMatchObject({
      reservation: { service: 's1', accessNumber: ACCESS },
      userData: { own: 'kept', Key1: 'Value6' },
    });
  });

  test('leads to the queue though the session is no longer to be had', async () => {
    const tooMuch = 'x'.repeat(24 * 1024 - 20);
    await telephony.given('call/C1', aliceDials(ACCESS, { userData: { tooMuch } }));
    expect(telephony.stage('C1')).toBe('queued');
    expect(telephony.call('C1').reservation).toBeNull();
  });
});
