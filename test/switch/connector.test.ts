import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, givenTelephony, OUTSIDE_ANSWER_MS, TENANT, type Telephony } from './telephony.ts';

let telephony: Telephony;

beforeEach(async () => {
  telephony = await givenTelephony();
});

afterEach(async () => {
  expect(telephony.problems).toEqual([]);
  await telephony.close();
});

/** Alice dials through the API; her leg is `a`, the target's `b`. */
function dial(to: string, more: Record<string, unknown> = {}) {
  const target = to === '102' ? endOf('bob', 'b') : to === '103' ? endOf('carol', 'b') : { leg: 'b', number: to };
  return telephony.given('call/C1', {
    type: 'originate',
    direction: 'internal',
    to,
    caller: endOf('alice', 'a'),
    target,
    ...more,
  } as never);
}

const line = (number: string) => telephony.hands.line(TENANT, number);
const phones = () => ['alice', 'bob', 'carol'].map((name) => telephony.phone(name));
const heardIn = (call: string) => telephony.network.bridgeOf(TENANT, call);

describe('a call between two lines', () => {
  test('rings the other phone, which a hand answers and another hangs up', async () => {
    await dial('102');
    expect(telephony.stage('C1')).toBe('ringing');
    expect(phones()).toEqual(['dialing', 'ringing', 'idle']);
    expect(await line('102').answer()).toBe(true);
    await telephony.atRest();
    expect(phones()).toEqual(['talking', 'talking', 'idle']);
    expect(heardIn('C1')).toEqual(['a', 'b']);
    expect(await line('101').hangup()).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'a' });
    expect(phones()).toEqual(['idle', 'idle', 'idle']);
    expect(telephony.network.view()).toEqual([]);
    expect(telephony.history('C1')).toEqual(['originate', 'leg.ringing', 'leg.answered', 'leg.ended']);
  });

  test('may be dialled on the desk phone itself', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '101', line: '101', to: '102' });
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ direction: 'internal', from: '101', to: '102' });
    expect(phones()).toEqual(['dialing', 'ringing', 'idle']);
    expect(await line('101').hangup()).toBe(true);
    await telephony.atRest();
    expect(phones()).toEqual(['idle', 'idle', 'idle']);
  });

  test('answered through the API picks the phone up', async () => {
    await dial('102');
    await telephony.given('call/C1', { type: 'answer', leg: 'b' });
    expect(telephony.network.view().map(({ leg, state }) => [leg, state])).toEqual([
      ['a', 'up'],
      ['b', 'up'],
    ]);
    expect(telephony.history('C1')).toEqual(['originate', 'leg.ringing', 'answer']);
  });

  test('is busy when the other talks', async () => {
    await telephony.given('call/C0', {
      type: 'originate',
      direction: 'internal',
      to: '103',
      caller: endOf('bob', 'b0'),
      target: endOf('carol', 'c0'),
    });
    await line('103').answer();
    await dial('102');
    expect(telephony.call('C1').cause).toBe('busy');
    expect(telephony.stage('C0')).toBe('established');
  });

  test('is not answered in time', async () => {
    await dial('102');
    await telephony.pass(19_999);
    expect(telephony.stage('C1')).toBe('ringing');
    await telephony.pass(1);
    expect(telephony.call('C1').cause).toBe('noAnswer');
  });

  test('is rejected by hand', async () => {
    await dial('102');
    expect(await line('102').reject()).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1').cause).toBe('rejected');
    expect(await line('102').answer()).toBe(false);
  });

  test('finds the other do-not-disturb: busy', async () => {
    await telephony.given('agent/bob', { type: 'setDnd', on: true });
    await dial('102');
    expect(telephony.call('C1').cause).toBe('busy');
    expect(telephony.history('C1')).toEqual(['originate', 'leg.failed']);
  });

  test('finds the other phone unplugged', async () => {
    await telephony.network.plug(TENANT, '102', false);
    await telephony.atRest();
    expect(telephony.phone('bob')).toBe('unavailable');
    await dial('102');
    expect(telephony.call('C1').cause).toBe('unreachable');
    await telephony.network.plug(TENANT, '102', true);
    await telephony.atRest();
    expect(telephony.phone('bob')).toBe('idle');
  });

  test('to a number that does not exist is unreachable', async () => {
    await dial('1004');
    expect(telephony.call('C1').cause).toBe('unreachable');
  });

  test('rings the caller’s own phone first when asked to', async () => {
    await dial('102', { ringFirst: true });
    expect(phones()).toEqual(['ringing', 'idle', 'idle']);
    await line('101').answer();
    await telephony.atRest();
    expect(phones()).toEqual(['dialing', 'ringing', 'idle']);
    await line('102').answer();
    expect(telephony.stage('C1')).toBe('established');
  });
});

describe('a forward', () => {
  const forward = (name: string, which: string, destination: string) =>
    telephony.given(`agent/${name}`, { type: 'setForward', forward: which, enabled: true, destination });

  test('on everything rings the destination and never the line', async () => {
    await forward('bob', 'unconditional', '103');
    await dial('102');
    expect(phones()).toEqual(['dialing', 'idle', 'ringing']);
    await line('103').answer();
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
    expect(telephony.leg('C1', 'b')).toMatchObject({ state: 'released', cause: 'forwarded' });
  });

  test('on no answer comes after the ringing time', async () => {
    await forward('bob', 'noAnswer', '103');
    await dial('102');
    expect(phones()).toEqual(['dialing', 'ringing', 'idle']);
    await telephony.pass(20_000);
    expect(phones()).toEqual(['dialing', 'idle', 'ringing']);
  });

  test('on busy serves a line that talks, and one that is not to be disturbed', async () => {
    await forward('bob', 'busy', '5551234567');
    await telephony.given('agent/bob', { type: 'setDnd', on: true });
    await dial('102');
    await telephony.pass(OUTSIDE_ANSWER_MS);
    expect(telephony.stage('C1')).toBe('established');
    expect(telephony.call('C1').legs.at(-1)).toMatchObject({ number: '5551234567', state: 'established' });
  });

  test('into a queue lets the caller wait there', async () => {
    await forward('bob', 'unconditional', '8000');
    await dial('102');
    expect(telephony.stage('C1')).toBe('queued');
  });

  test('that leads in a circle ends', async () => {
    await forward('bob', 'unconditional', '103');
    await forward('carol', 'unconditional', '102');
    await dial('102');
    expect(telephony.call('C1').cause).toBe('unreachable');
  });

  test('is not followed for an offer: a queue wants the agent at his phone', async () => {
    await forward('bob', 'unconditional', '103');
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    await telephony.given('call/C1', { type: 'offer', target: endOf('bob', 'o'), ringMs: 20_000 });
    expect(phones()).toEqual(['idle', 'ringing', 'idle']);
  });
});

describe('a number outside', () => {
  test('rings, answers after two seconds, and can hang up', async () => {
    await dial('5551234567');
    expect(telephony.stage('C1')).toBe('ringing');
    await telephony.pass(OUTSIDE_ANSWER_MS - 1);
    expect(telephony.stage('C1')).toBe('ringing');
    await telephony.pass(1);
    expect(telephony.stage('C1')).toBe('established');
    expect(await telephony.hands.hangupOutside(TENANT, 'C1')).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'b' });
  });

  test.each(['busy', 'unreachable'] as const)('may be %s', async (kind) => {
    telephony.network.outside('5551234567', { kind });
    await dial('5551234567');
    expect(telephony.call('C1').cause).toBe(kind);
  });

  test('may let it ring', async () => {
    telephony.network.outside('5551234567', { kind: 'rings' });
    await dial('5551234567');
    await telephony.pass(59_999);
    expect(telephony.stage('C1')).toBe('ringing');
    await telephony.pass(1);
    expect(telephony.call('C1').cause).toBe('noAnswer');
  });

  test('given up by the caller is not answered any more', async () => {
    await dial('5551234567');
    await telephony.given('call/C1', { type: 'hangup', leg: 'a' });
    await telephony.pass(10_000);
    expect(telephony.history('C1')).toEqual(['originate', 'leg.ringing', 'hangup']);
    expect(telephony.network.view()).toEqual([]);
  });
});

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
    expect(phones()).toEqual(['ringing', 'idle', 'idle']);
    await line('101').answer();
    await telephony.atRest();
    expect(heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', { type: 'hold', leg: 'o' });
    expect(heardIn('C1')).toEqual([]);
    expect(telephony.network.view().map(({ leg, held, heard }) => [leg, held, heard])).toEqual([
      ['C1~c', false, 'music'],
      ['o', true, 'nothing'],
    ]);
    await telephony.given('call/C1', { type: 'retrieve', leg: 'o' });
    expect(heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', { type: 'blindTransfer', leg: 'o', target: endOf('bob', 'b') });
    expect([telephony.presence('alice'), phones()]).toEqual(['wrapUp', ['idle', 'ringing', 'idle']]);
    await line('102').answer();
    await telephony.atRest();
    expect(heardIn('C1')).toEqual(['C1~c', 'b']);
    expect(await telephony.hands.hangupOutside(TENANT, 'C1')).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'C1~c' });
    expect(telephony.network.view()).toEqual([]);
    await telephony.pass(30_000);
    expect(telephony.presence('alice')).toBe('ready');
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
    expect(phones()).toEqual(['idle', 'idle', 'idle']);
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
    expect(phones()).toEqual(['idle', 'ringing', 'idle']);
    expect(telephony.call('C1')).toMatchObject({ direction: 'inbound', from: '19735550123' });
    expect(await telephony.hands.placeCall({ tenant: TENANT, call: 'C2', from: '1', to: '102' })).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C2').cause).toBe('busy');
  });

  test('is killed, and everybody is hung up', async () => {
    await comes('8000');
    await offer('alice', 'o');
    await line('101').answer();
    await telephony.given('call/C1', { type: 'kill' });
    expect(telephony.call('C1').cause).toBe('killed');
    expect(telephony.network.view()).toEqual([]);
    expect(heardIn('C1')).toEqual([]);
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

describe('several calls of one phone', () => {
  const talking = async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
    await line('101').answer();
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
    await line('102').answer();
    await telephony.atRest();
    expect([heardIn('C1'), heardIn('C2')]).toEqual([[], ['o2', 'b']]);
    await telephony.given('call/C1', { type: 'completeTransfer', leg: 'o' });
    expect([heardIn('C1'), heardIn('C2')]).toEqual([['C1~c', 'b'], []]);
    expect(telephony.network.view().map(({ leg }) => leg)).toEqual(['C1~c', 'b']);
    expect(phones()).toEqual(['idle', 'talking', 'idle']);
    expect(await line('102').hangup()).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'b' });
    expect(telephony.network.view()).toEqual([]);
  });

  test('the phone itself may send the caller on, to a line or into a queue, and rings nobody twice', async () => {
    await talking();
    expect(await line('101').transfer('102')).toBe(true);
    await telephony.atRest();
    expect(telephony.network.view().map(({ leg }) => leg)).toEqual(['C1~c', 'o~r1']);
    expect(phones()).toEqual(['idle', 'ringing', 'idle']);
    await line('102').answer();
    await telephony.atRest();
    expect(heardIn('C1')).toEqual(['C1~c', 'o~r1']);
    const again = { kind: 'transferred', order: 1, tenant: TENANT, leg: 'o', to: '102' } as const;
    expect(await telephony.network.report(again)).toBe(false);
    expect(await line('102').transfer('8000')).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('queued');
    expect(phones()).toEqual(['idle', 'idle', 'idle']);
  });

  test('the phone itself may join its two calls, which nobody had called a consult', async () => {
    await talking();
    expect(await line('101').hold()).toBe(true);
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C2', from: '101', line: '101', to: '102' });
    await line('102').answer();
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.stage('C2')]).toEqual(['held', 'established']);
    expect(await line('101').joinCalls()).toBe(true);
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.stage('C2')]).toEqual(['established', 'ended']);
    expect(heardIn('C1')).toEqual(['C1~c', 'C2~c~t']);
    expect(phones()).toEqual(['idle', 'talking', 'idle']);
    expect(telephony.presence('alice')).toBe('wrapUp');
  });

  test('the phone may join a call and its consult, whoever began it, and before there is an answer', async () => {
    await talking();
    await consult();
    expect(await line('101').joinCalls()).toBe(true);
    await telephony.atRest();
    expect([telephony.stage('C1'), telephony.stage('C2')]).toEqual(['ringing', 'ended']);
    await line('102').answer();
    await telephony.atRest();
    expect(heardIn('C1')).toEqual(['C1~c', 'b']);
    expect(await line('102').joinCalls()).toBe(false);
  });

  test('a consult completed while it rings goes on ringing, and is answered in the other call', async () => {
    await talking();
    await consult();
    await telephony.given('call/C1', { type: 'completeTransfer', leg: 'o' });
    expect(phones()).toEqual(['idle', 'ringing', 'idle']);
    await line('102').answer();
    await telephony.atRest();
    expect(heardIn('C1')).toEqual(['C1~c', 'b']);
  });

  test('a consult becomes a conference of three; one may be sent away', async () => {
    await talking();
    await consult();
    await line('102').answer();
    await telephony.given('call/C1', { type: 'completeConference', leg: 'o' });
    expect(heardIn('C1')).toEqual(['C1~c', 'o', 'b']);
    await telephony.given('call/C1', { type: 'removeParty', leg: 'o', party: 'b' });
    expect(heardIn('C1')).toEqual(['C1~c', 'o']);
    expect(phones()).toEqual(['talking', 'idle', 'idle']);
  });

  test('the desk phone’s own hold key is believed', async () => {
    await talking();
    expect(await line('101').hold()).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('held');
    expect(await line('101').retrieve()).toBe(true);
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
  });

  test('a supervisor’s phone goes off hook and hears the call; the coached agent alone hears him', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    await telephony.given('call/C1', { type: 'offer', target: endOf('alice', 'o'), ringMs: 15_000 });
    await line('101').answer();
    await telephony.atRest();
    const target = endOf('carol', 'm');
    const monitoring = (how: string) => ({ type: 'monitor', leg: 'o', target, how, scope: 'agent' });
    const phone = () => telephony.network.view().find(({ leg }) => leg === 'm');
    await telephony.given('call/C1', monitoring('listen'));
    expect(phone()).toMatchObject({ state: 'up', monitors: { call: 'C1', speaksTo: null } });
    expect(heardIn('C1')).toEqual(['C1~c', 'o']);
    await telephony.given('call/C1', monitoring('coach'));
    expect(phone()?.monitors).toEqual({ call: 'C1', speaksTo: 'o' });
    telephony = await telephony.restarted();
    expect(phone()).toMatchObject({ state: 'up', monitors: { call: 'C1', speaksTo: 'o' } });
    await telephony.pass(1_000);
    await telephony.given('call/C1', monitoring('barge'));
    expect(phone()?.monitors).toBeNull();
    expect(heardIn('C1')).toEqual(['C1~c', 'o', 'm']);
    await line('103').hangup();
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
  });

  test('mute, digits and recording reach the switch', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '19735550123', to: '8000' });
    const target = { ...endOf('alice', 'o'), recording: 'Mandatory' };
    await telephony.given('call/C1', { type: 'offer', target, ringMs: 15_000 });
    await line('101').answer();
    await telephony.given('call/C1', { type: 'mute', leg: 'o' }, { type: 'sendDtmf', leg: 'o', digits: '12#' });
    expect(telephony.network.view().find(({ leg }) => leg === 'o')).toMatchObject({ muted: true, sent: '12#' });
    expect(telephony.network.recordingOf(TENANT, 'C1')).toBe('on');
    await telephony.given('call/C1', { type: 'startSuppression' });
    expect(telephony.network.recordingOf(TENANT, 'C1')).toBe('paused');
    await telephony.given('call/C1', { type: 'kill' });
    expect(telephony.network.recordingOf(TENANT, 'C1')).toBe('off');
  });
});
