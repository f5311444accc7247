/** Calls that somebody here dials: to another line, along its forwards, to a number outside. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allLiveCalls } from '../../projections/calls.ts';
import { Connector } from '../../src/switch/connector.ts';
import type { DialOrder, Switch, SwitchListener } from '../../src/switch/switch.ts';
import { directoryOf, endOf, givenTelephony, OUTSIDE_ANSWER_MS, TENANT, type Telephony } from './telephony.ts';

let telephony: Telephony;
beforeEach(async () => {
  telephony = await givenTelephony();
});
afterEach(() => telephony.close());

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

describe('a call between two lines', () => {
  test('rings the other phone, which a hand answers and another hangs up', async () => {
    await dial('102');
    expect(telephony.stage('C1')).toBe('ringing');
    expect(telephony.phones()).toEqual(['dialing', 'ringing', 'idle']);
    expect(await telephony.line('102').answer()).toBe(true);
    await telephony.atRest();
    expect(telephony.phones()).toEqual(['talking', 'talking', 'idle']);
    expect(telephony.heardIn('C1')).toEqual(['a', 'b']);
    expect(await telephony.line('101').hangup()).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ cause: 'hangup', endedBy: 'a' });
    expect(telephony.phones()).toEqual(['idle', 'idle', 'idle']);
    expect(telephony.network.view()).toEqual([]);
    expect(telephony.history('C1')).toEqual(['originate', 'leg.ringing', 'leg.answered', 'leg.ended']);
  });

  test('may be dialled on the desk phone itself', async () => {
    await telephony.hands.placeCall({ tenant: TENANT, call: 'C1', from: '101', line: '101', to: '102' });
    await telephony.atRest();
    expect(telephony.call('C1')).toMatchObject({ direction: 'internal', from: '101', to: '102' });
    expect(telephony.phones()).toEqual(['dialing', 'ringing', 'idle']);
    expect(await telephony.line('101').hangup()).toBe(true);
    await telephony.atRest();
    expect(telephony.phones()).toEqual(['idle', 'idle', 'idle']);
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
    await telephony.line('103').answer();
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
    expect(await telephony.line('102').reject()).toBe(true);
    await telephony.atRest();
    expect(telephony.call('C1').cause).toBe('rejected');
    expect(await telephony.line('102').answer()).toBe(false);
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

  test('finds a phone unplugged at which two sit, its owner and a guest: both know, and that it is back', async () => {
    const phones = () => ['alice', 'bob'].map((name) => telephony.phone(name));
    const plugged = async (reachable: boolean) => {
      await telephony.network.plug(TENANT, '101', reachable);
      await telephony.atRest();
      return phones();
    };
    const bobIsGuest = async () => {
      await telephony.given('agent/bob', { type: 'signOut' });
      await telephony.given('agent/bob', { type: 'signIn', line: '101', initial: 'ready' });
    };
    await telephony.given('agent/alice', { type: 'signOut' });
    await bobIsGuest();
    expect(await plugged(false)).toEqual(['unavailable', 'unavailable']);
    // He comes again, and is not told; she is, and has to hear of its return.
    await bobIsGuest();
    expect(phones()).toEqual(['unavailable', 'idle']);
    expect(await plugged(true)).toEqual(['idle', 'idle']);
  });

  test('to a number that does not exist is unreachable', async () => {
    await dial('1004');
    expect(telephony.call('C1').cause).toBe('unreachable');
  });

  test('rings the caller’s own phone first when asked to', async () => {
    await dial('102', { ringFirst: true });
    expect(telephony.phones()).toEqual(['ringing', 'idle', 'idle']);
    await telephony.line('101').answer();
    await telephony.atRest();
    expect(telephony.phones()).toEqual(['dialing', 'ringing', 'idle']);
    await telephony.line('102').answer();
    expect(telephony.stage('C1')).toBe('established');
  });
});

describe('a forward', () => {
  const forward = (name: string, which: string, destination: string) =>
    telephony.given(`agent/${name}`, { type: 'setForward', forward: which, enabled: true, destination });

  test('on everything rings the destination and never the line', async () => {
    await forward('bob', 'unconditional', '103');
    await dial('102');
    expect(telephony.phones()).toEqual(['dialing', 'idle', 'ringing']);
    await telephony.line('103').answer();
    await telephony.atRest();
    expect(telephony.stage('C1')).toBe('established');
    expect(telephony.leg('C1', 'b')).toMatchObject({ state: 'released', cause: 'forwarded' });
  });

  test('on no answer comes after the ringing time', async () => {
    await forward('bob', 'noAnswer', '103');
    await dial('102');
    expect(telephony.phones()).toEqual(['dialing', 'ringing', 'idle']);
    await telephony.pass(20_000);
    expect(telephony.phones()).toEqual(['dialing', 'idle', 'ringing']);
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
    expect(telephony.phones()).toEqual(['idle', 'ringing', 'idle']);
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

test('what ends while the switch says what it has is not made again', async () => {
  await dial('102');
  const asked: string[] = [];
  let listener: SwitchListener | undefined;
  let ends = false;
  const slow = {
    listen: (one: SwitchListener) => {
      listener = one;
    },
    async legs() {
      if (ends) await telephony.given('call/C1', { type: 'kill' });
      return [];
    },
    dial: async ({ leg }: DialOrder) => void asked.push(leg),
  };
  const { runtime, clock } = telephony.world;
  const connector = new Connector({
    runtime,
    clock,
    switch: new Proxy(slow as unknown as Switch, {
      get: (of, name) => Reflect.get(of, name) ?? (async () => undefined),
    }),
    directory: directoryOf(runtime.live),
    allLiveCalls,
    retryMs: 100,
    report: () => undefined,
  });
  await connector.start();
  await connector.atRest();
  expect(asked).toEqual(['a', 'b']);
  ends = true;
  listener?.up();
  await connector.atRest();
  await connector.stop();
  expect(asked).toEqual(['a', 'b']);
});
