/** What happens when the link to the switch breaks, events are repeated, or the process starts anew. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, givenTelephony, TENANT, type Telephony } from './telephony.ts';

let telephony: Telephony;
beforeEach(async () => {
  telephony = await givenTelephony();
});
afterEach(() => telephony.close());

async function ringingAtAlice(): Promise<void> {
  await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
  await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
}

async function talkingToAlice(): Promise<void> {
  await ringingAtAlice();
  await telephony.line('101').answer();
  await telephony.atRest();
}

async function mended(): Promise<void> {
  telephony.network.mendLink();
  await telephony.atRest();
}

describe('while the link is down', () => {
  test('a caller who hung up is found gone', async () => {
    await talkingToAlice();
    telephony.network.breakLink();
    await telephony.hands.hangupOutside(TENANT, 'C1');
    expect(telephony.stage('C1')).toBe('established');
    await mended();
    expect(telephony.call('C1')).toMatchObject({ cause: 'lost', endedBy: null });
    expect(telephony.network.view()).toEqual([]);
    expect(telephony.presence('alice')).toBe('wrapUp');
  });

  test('a phone that was answered is found talking', async () => {
    await ringingAtAlice();
    telephony.network.breakLink();
    await telephony.line('101').answer();
    await mended();
    expect(telephony.stage('C1')).toBe('established');
    expect(telephony.network.bridgeOf(TENANT, 'C1')).toEqual(['C1~c', 'o']);
  });

  test('what people asked for is done afterwards', async () => {
    await talkingToAlice();
    telephony.network.breakLink();
    await telephony.given('call/C1', { type: 'hold', leg: 'o' });
    expect(telephony.network.view().some(({ held }) => held)).toBe(false);
    await mended();
    expect(telephony.network.view().find(({ leg }) => leg === 'o')?.held).toBe(true);
    telephony.network.breakLink();
    await telephony.given('call/C1', { type: 'kill' });
    await mended();
    expect(telephony.network.view()).toEqual([]);
  });

  test('an offer made meanwhile rings afterwards', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    telephony.network.breakLink();
    await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
    expect(telephony.phone('alice')).toBe('idle');
    await mended();
    expect(telephony.phone('alice')).toBe('ringing');
  });

  test('somebody who called is found calling', async () => {
    telephony.network.breakLink();
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    expect(telephony.stage('C1')).toBeUndefined();
    await mended();
    expect(telephony.stage('C1')).toBe('queued');
  });
});

describe('events', () => {
  test('that come twice are recorded once', async () => {
    await ringingAtAlice();
    const answered = { kind: 'answered' as const, tenant: TENANT, leg: 'o' };
    await telephony.line('101').answer();
    await telephony.network.report({ kind: 'ringing', tenant: TENANT, leg: 'o' });
    await Promise.all([telephony.network.report(answered), telephony.network.report(answered)]);
    await telephony.hands.hangupOutside(TENANT, 'C1');
    await telephony.network.report({ kind: 'ended', tenant: TENANT, leg: 'C1~c' });
    await telephony.network.report(answered);
    expect(telephony.history('C1')).toEqual(['arrive', 'offer', 'leg.ringing', 'leg.answered', 'leg.ended']);
  });

  test('that come in the wrong order lead to the same end', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    telephony.network.breakLink();
    await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
    await telephony.given('call/C1', { type: 'leg.answered', leg: 'o' }, { type: 'leg.ringing', leg: 'o' });
    expect([telephony.stage('C1'), telephony.phone('alice')]).toEqual(['established', 'talking']);
    await mended();
    expect(telephony.stage('C1')).toBe('ended');
  });

  test('that say a leg was retrieved which nobody held change nothing', async () => {
    await talkingToAlice();
    await telephony.network.report({ kind: 'retrieved', order: 1, tenant: TENANT, leg: 'o' });
    expect([telephony.stage('C1'), telephony.phone('alice')]).toEqual(['established', 'talking']);
    await telephony.network.report({ kind: 'held', order: 3, tenant: TENANT, leg: 'o' });
    await telephony.network.report({ kind: 'retrieved', order: 2, tenant: TENANT, leg: 'o' });
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.phone('alice')]).toEqual(['held', 'held']);
  });

  test('of a transfer that come late, after the caller has gone, or name a leg that is gone, are refused', async () => {
    await talkingToAlice();
    const transferred = { kind: 'transferred', order: 1, tenant: TENANT, leg: 'o' } as const;
    expect(await telephony.network.report({ ...transferred, onto: 'nobody' })).toBe(false);
    await telephony.hands.hangupOutside(TENANT, 'C1');
    expect(await telephony.network.report({ ...transferred, to: '102' })).toBe(false);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('ended');
  });

  test('about legs that nobody knows change nothing', async () => {
    expect(await telephony.network.report({ kind: 'ended', tenant: TENANT, leg: 'nobody' })).toBe(false);
  });
});

describe('after a restart', () => {
  test('a conversation goes on, with what belongs to it', async () => {
    await talkingToAlice();
    telephony = await telephony.restarted();
    expect(telephony.stage('C1')).toBe('established');
    expect(telephony.network.bridgeOf(TENANT, 'C1')).toEqual(['C1~c', 'o']);
    expect(await telephony.hands.hangupOutside(TENANT, 'C1')).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('ended');
  });

  test('a phone that rang rings again, and can be answered', async () => {
    await ringingAtAlice();
    telephony = await telephony.restarted();
    expect(telephony.phone('alice')).toBe('ringing');
    expect(await telephony.line('101').answer()).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
  });

  test('a call that waited still waits, hearing music', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    telephony = await telephony.restarted();
    expect(telephony.stage('C1')).toBe('queued');
    expect(telephony.network.view()).toMatchObject([{ leg: 'C1~c', heard: 'music' }]);
  });
});
