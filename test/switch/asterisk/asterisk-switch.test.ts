/** Calls through a real Asterisk, from telephone to telephone: who rings, who hears whom, and what the log says of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MUSIC, withoutAsterisk } from '../../support/asterisk.ts';
import { endOf } from '../telephony.ts';
import { givenTelephones, SOUNDS, type Telephones, type Who } from './telephones.ts';

const CALLER = '19735550123';
const why = withoutAsterisk === undefined ? '' : ` (skipped: ${withoutAsterisk})`;

describe.skipIf(withoutAsterisk !== undefined)(`an Asterisk${why}`, () => {
  let telephones: Telephones;
  beforeAll(async () => {
    telephones = await givenTelephones();
  });
  afterEach(() => telephones.rest());
  afterAll(() => telephones?.remove());

  const states = (who: Who) => telephones.phones[who].talk?.state;
  const rings = (who: Who) => telephones.until(`${who} is rung`, () => states(who) === 'ringing');
  const together = async (one: Who, other: Who) => {
    await telephones.hears(one, SOUNDS[other]);
    await telephones.hears(other, SOUNDS[one]);
  };
  const originate = (id: string, target: object, more: object = {}) =>
    telephones.given(`call/${id}`, {
      type: 'originate',
      direction: 'internal',
      to: '102',
      caller: endOf('alice', `${id}-1`),
      target,
      ...more,
    } as never);
  const comesIn = async (to: string) => {
    const before = telephones.newest()?.id;
    telephones.phones.outside.dial(to, `"Mary Major" <sip:${CALLER}@example.org>`);
    await telephones.until('the call is recorded', () => telephones.newest()?.id !== before);
    return telephones.newest()?.id ?? '';
  };
  /** The caller from outside talks with alice. */
  const talking = async (more: object = {}) => {
    const id = await comesIn('8000');
    const target = { ...endOf('alice', `${id}-o`), ...more };
    await telephones.given(`call/${id}`, { type: 'offer', target, ringMs: 15_000 });
    await rings('alice');
    telephones.phones.alice.answer();
    await telephones.until('they talk', () => telephones.stage(id) === 'established');
    await together('outside', 'alice');
    return id;
  };

  /** Alice, with the caller on hold, talks with bob. */
  const consulting = async () => {
    const id = await talking();
    const consult = { type: 'consult', leg: `${id}-o`, consult: `${id}X`, consultLeg: `${id}-o2`, purpose: 'any' };
    await telephones.given(`call/${id}`, { ...consult, target: endOf('bob', `${id}-b`) } as never);
    await rings('bob');
    telephones.phones.bob.answer();
    await together('alice', 'bob');
    return id;
  };

  test('brings a caller from outside to a line, and tells who hung up', async () => {
    const id = await comesIn('101');
    await rings('alice');
    await telephones.until('it rings', () => telephones.stage(id) === 'ringing');
    expect(telephones.call(id)).toMatchObject({
      direction: 'inbound',
      from: CALLER,
      fromName: 'Mary Major',
      to: '101',
    });
    telephones.phones.alice.answer();
    await together('outside', 'alice');
    expect(telephones.phone('alice')).toBe('talking');
    telephones.phones.outside.hangUp();
    await telephones.until('it is over', () => telephones.stage(id) === 'ended');
    expect(telephones.call(id)).toMatchObject({ cause: 'hangup' });
    expect(telephones.history(id)).toEqual(['arrive', 'leg.ringing', 'leg.answered', 'leg.ended']);
    await telephones.until('alice’s phone is told', () => telephones.phones.alice.talk === undefined);
  });

  test('has the phone of who asks for a call pick up by itself, then rings the other', async () => {
    await originate('OUT1', endOf('bob', 'OUT1-2'));
    await rings('bob');
    expect(states('alice')).toBe('up');
    expect(telephones.phone('alice')).toBe('dialing');
    expect(await telephones.phones.alice.hearsSomething()).toBe(true);
    telephones.phones.bob.answer();
    await together('alice', 'bob');
    telephones.phones.bob.hangUp();
    await telephones.until('it is over', () => telephones.stage('OUT1') === 'ended');
    expect(telephones.history('OUT1')).toEqual(['originate', 'leg.ringing', 'leg.answered', 'leg.ended']);
  });

  test('rings the phone of who asks first, where he wants that, and nobody else until he picks up', async () => {
    telephones.phones.alice.manner = 'rings';
    await originate('OUT2', endOf('bob', 'OUT2-2'), { ringFirst: true });
    await rings('alice');
    expect(telephones.phones.bob.talk).toBeUndefined();
    telephones.phones.alice.answer();
    await rings('bob');
    telephones.phones.bob.answer();
    await together('alice', 'bob');
  });

  test('reaches a number outside', async () => {
    telephones.phones.outside.manner = 'answers';
    await originate('OUT3', { leg: 'OUT3-2', number: CALLER }, { direction: 'outbound', to: CALLER });
    await together('alice', 'outside');
    await telephones.until('they talk', () => telephones.stage('OUT3') === 'established');
    expect(telephones.phones.outside.talk?.invite.first).toContain(`sip:${CALLER}@`);
  });

  test('knows a telephone of ours by its channel, whatever number it shows', async () => {
    const before = telephones.newest()?.id;
    telephones.phones.alice.dial('102', `"Mary Major" <sip:${CALLER}@example.org>`);
    await rings('bob');
    const id = telephones.newest()?.id ?? '';
    expect(id).not.toBe(before);
    expect(telephones.call(id)).toMatchObject({ direction: 'internal', from: '101', to: '102' });
    expect(telephones.phone('alice')).toBe('dialing');
    telephones.phones.bob.answer();
    await together('alice', 'bob');
  });

  test('answers for an API: the phone that rings is rung again, and picks up by itself', async () => {
    const id = await comesIn('101');
    await rings('alice');
    await telephones.until('it rings', () => telephones.stage(id) === 'ringing');
    await telephones.given(`call/${id}`, { type: 'answer', leg: telephones.call(id).legs[1]?.id ?? '' } as never);
    expect(telephones.stage(id)).toBe('established');
    await together('outside', 'alice');
    expect(telephones.phones.alice.talks.slice(-2).map(({ state }) => state)).toEqual(['ended', 'up']);
    expect(telephones.history(id)).toEqual(['arrive', 'leg.ringing', 'answer']);
  });

  test.each([
    ['busy', 'busy'],
    ['declines', 'rejected'],
    ['silent', 'noAnswer'],
  ] as const)('tells why nobody came to the phone: %s', async (manner, cause) => {
    telephones.phones.bob.manner = manner;
    await originate(`NO-${manner}`, { ...endOf('bob', `NO-${manner}-2`), ringMs: 1_000 });
    await telephones.until('it is over', () => telephones.stage(`NO-${manner}`) === 'ended');
    expect(telephones.call(`NO-${manner}`)).toMatchObject({ cause });
  });

  test('takes a line in a call for busy', async () => {
    const id = await talking();
    await telephones.given('call/BUSY', {
      type: 'originate',
      direction: 'internal',
      to: '101',
      caller: endOf('bob', 'BUSY-1'),
      target: endOf('alice', 'BUSY-2'),
    } as never);
    await telephones.until('it is over', () => telephones.stage('BUSY') === 'ended');
    expect(telephones.call('BUSY')).toMatchObject({ cause: 'busy' });
    expect(telephones.stage(id)).toBe('established');
  });

  test('tells whose phone is unplugged, and that it is there again', async () => {
    await telephones.phones.carol.register(0);
    await telephones.until('carol cannot be reached', () => telephones.phone('carol') === 'unavailable');
    await originate('GONE', endOf('carol', 'GONE-2'));
    await telephones.until('it is over', () => telephones.stage('GONE') === 'ended');
    expect(telephones.call('GONE')).toMatchObject({ cause: 'unreachable' });
    // Who comes to a line is not told at once that its telephone is gone, but with the first call that does not reach him.
    for (const line of ['109', '103'])
      await telephones.given(
        'agent/carol',
        { type: 'signOut' } as never,
        { type: 'signIn', line, initial: 'ready' } as never,
      );
    expect(telephones.phone('carol')).toBe('idle');
    await telephones.pass(1_000);
    await originate('GONE2', endOf('carol', 'GONE2-2'));
    await telephones.until('carol cannot be reached', () => telephones.phone('carol') === 'unavailable');
    await telephones.phones.carol.register(3_600);
    await telephones.until('carol can be reached', () => telephones.phone('carol') === 'idle');
  });

  test('lets who waits hear music, and who holds too', async () => {
    const id = await comesIn('8000');
    await telephones.hears('outside', MUSIC);
    await telephones.given(`call/${id}`, { type: 'offer', target: endOf('alice', `${id}-o`), ringMs: 15_000 });
    await rings('alice');
    telephones.phones.alice.answer();
    await together('outside', 'alice');
    await telephones.given(`call/${id}`, { type: 'hold', leg: `${id}-o` } as never);
    await telephones.hears('outside', MUSIC);
    await telephones.hears('alice');
    await telephones.given(`call/${id}`, { type: 'retrieve', leg: `${id}-o` } as never);
    await together('outside', 'alice');
  });

  test('follows the hold key of a phone', async () => {
    const id = await talking();
    telephones.phones.alice.hold();
    await telephones.until('it is held', () => telephones.stage(id) === 'held');
    await telephones.hears('outside', MUSIC);
    telephones.phones.alice.retrieve();
    await telephones.until('it goes on', () => telephones.stage(id) === 'established');
    await together('outside', 'alice');
  });

  test('consults, brings all three together, and lets one go', async () => {
    const id = await consulting();
    await telephones.hears('outside', MUSIC);
    expect(telephones.phones.alice.talks.filter(({ state }) => state === 'up')).toHaveLength(1);
    await telephones.given(`call/${id}`, { type: 'completeConference', leg: `${id}-o` } as never);
    // Mixed, a sound is nobody's own any more: but nobody hears music, and everybody something.
    for (const who of ['alice', 'bob', 'outside'] as const)
      await telephones.until(`${who} is in`, () => states(who) === 'up');
    telephones.phones.alice.hangUp();
    await together('bob', 'outside');
    expect(telephones.stage(id)).toBe('established');
  });

  test('hands the caller over after a consult', async () => {
    const id = await consulting();
    await telephones.given(`call/${id}`, { type: 'completeTransfer', leg: `${id}-o` } as never);
    await together('outside', 'bob');
    await telephones.until('alice is out', () => states('alice') === undefined);
  });

  test('follows a phone that sends its caller on by itself', async () => {
    const id = await talking();
    telephones.phones.alice.transfer('102');
    await rings('bob');
    telephones.phones.bob.answer();
    await together('outside', 'bob');
    await telephones.until('alice is out', () => states('alice') === undefined);
    expect(telephones.history(id)).toContain('blindTransfer');
    expect(telephones.phones.alice.notified.at(-1)).toBe('SIP/2.0 200 OK');
  });

  test('tells a phone that its transfer is refused: onto a call that is none of ours', async () => {
    const id = await talking();
    const { alice } = telephones.phones;
    const first = alice.talk;
    alice.hold();
    await telephones.until('it is held', () => telephones.stage(id) === 'held');
    const second = alice.dial('elsewhere');
    await telephones.until('it is through', () => second.state === 'up');
    const before = alice.notified.length;
    if (first !== undefined) alice.transfer(second, first);
    await telephones.until('it is told', () => alice.notified.slice(before).some((text) => / [456]\d\d /.test(text)));
    alice.hangUp(second);
    alice.retrieve(first);
    await together('outside', 'alice');
  });

  test('follows a phone that joins its two calls by itself', async () => {
    const id = await talking();
    const { alice, bob } = telephones.phones;
    const first = alice.talk;
    alice.hold();
    await telephones.until('it is held', () => telephones.stage(id) === 'held');
    const second = alice.dial('102');
    await rings('bob');
    bob.answer();
    await telephones.until('they talk', () => second.state === 'up');
    if (first !== undefined) alice.transfer(second, first);
    await together('outside', 'bob');
    await telephones.until('alice is out', () => states('alice') === undefined);
    expect(telephones.stage(id)).toBe('established');
  });

  test('passes keys on, both ways', async () => {
    const id = await talking();
    telephones.phones.outside.press('5');
    await telephones.until('the key is recorded', () => telephones.history(id).includes('leg.dtmf'));
    await telephones.given(`call/${id}`, { type: 'sendDtmf', leg: `${id}-o`, digits: '42#' } as never);
    await telephones.until('the keys are heard', () => telephones.phones.outside.pressed === '42#');
  });

  test('mutes', async () => {
    const id = await talking();
    await telephones.given(`call/${id}`, { type: 'mute', leg: `${id}-o` } as never);
    await telephones.hears('outside');
    await telephones.hears('alice', SOUNDS.outside);
    await telephones.given(`call/${id}`, { type: 'unmute', leg: `${id}-o` } as never);
    await together('outside', 'alice');
  });

  test('mutes one call of a telephone, not its other', async () => {
    const id = await consulting();
    await telephones.given(`call/${id}X`, { type: 'mute', leg: `${id}-o2` } as never);
    await telephones.hears('bob');
    await telephones.given(`call/${id}`, { type: 'cancelConsult', leg: `${id}-o` } as never);
    await together('outside', 'alice');
  });

  test('lets a supervisor listen, and speak to one alone', async () => {
    const id = await talking();
    const monitor = { type: 'monitor', leg: `${id}-o`, scope: 'agent' };
    await telephones.given(`call/${id}`, { ...monitor, target: endOf('carol', `${id}-m`), how: 'listen' } as never);
    await telephones.until('carol listens', () => states('carol') === 'up');
    await telephones.hears('outside', SOUNDS.alice);
    expect((await telephones.phones.carol.hears()).length).toBeGreaterThan(0);
    telephones.phones.carol.hangUp();
    await telephones.until(
      'carol is out',
      () => telephones.call(id).monitors?.every(({ state }) => state === 'released') ?? true,
    );
    await telephones.given(`call/${id}`, { ...monitor, target: endOf('carol', `${id}-n`), how: 'coach' } as never);
    await telephones.until('carol coaches', () => states('carol') === 'up');
    await telephones.hears('outside', SOUNDS.alice);
    const { alice } = telephones.phones;
    await telephones.until('alice hears both', () => true);
    expect(await alice.hears()).not.toEqual([SOUNDS.outside]);
  });

  test('records the conversation, not what is held or suppressed', async () => {
    const id = await talking({ recording: 'On Demand' });
    await telephones.given(`call/${id}`, { type: 'startRecording' } as never);
    const live = async () => {
      const [bridge] = (await telephones.asterisk.get('/bridges')) as { id: string }[];
      return telephones.asterisk.get(`/recordings/live/${bridge?.id}`).catch(() => undefined);
    };
    await expect.poll(live).toMatchObject({ state: 'recording' });
    for (let packets = 0; packets < 30; packets += 10) await telephones.phones.outside.hears();
    await telephones.given(`call/${id}`, { type: 'startSuppression' } as never);
    await expect.poll(live).toMatchObject({ state: 'paused' });
    await telephones.given(`call/${id}`, { type: 'hold', leg: `${id}-o` } as never);
    await telephones.hears('outside', MUSIC);
    await telephones.given(`call/${id}`, { type: 'retrieve', leg: `${id}-o` } as never);
    await together('outside', 'alice');
    expect(await live()).toBeUndefined();
    await telephones.given(`call/${id}`, { type: 'stopSuppression' } as never);
    await expect.poll(live).toMatchObject({ state: 'recording' });
    telephones.phones.alice.hangUp();
    await telephones.until('it is over', () => telephones.stage(id) === 'ended');
    const stored = (await telephones.asterisk.get('/recordings/stored')) as { name: string }[];
    const names = stored.map(({ name }) => name).filter((name) => name.startsWith(`ledgerline.call.t.${id}.`));
    expect(names).toHaveLength(2);
    const [before = ''] = names.sort();
    const { length } = await readFile(join(telephones.asterisk.recordings, `${before}.wav`));
    // Half a second, of 16 bits 8,000 times a second, and not the seconds that followed.
    expect(length).toBeGreaterThan(4_000);
    expect(length).toBeLessThan(40_000);
  });

  test('goes on with what goes on when the server starts again, and ends what ended meanwhile', async () => {
    const id = await talking();
    await telephones.stop();
    await telephones.start();
    await together('outside', 'alice');
    await telephones.given(`call/${id}`, { type: 'hold', leg: `${id}-o` } as never);
    await telephones.hears('outside', MUSIC);
    await telephones.stop();
    telephones.phones.outside.hangUp();
    await expect.poll(() => telephones.asterisk.get('/channels')).toHaveLength(1);
    await telephones.start();
    await telephones.until('it is over', () => telephones.stage(id) === 'ended');
    expect(telephones.call(id)).toMatchObject({ cause: 'lost' });
    await telephones.until('alice is out', () => states('alice') === undefined);
  });

  test('lets the hold key retrieve what it held before the server started again', async () => {
    const id = await talking();
    telephones.phones.alice.hold();
    await telephones.until('it is held', () => telephones.stage(id) === 'held');
    await telephones.stop();
    await telephones.start();
    telephones.phones.alice.retrieve();
    await telephones.until('it goes on', () => telephones.stage(id) === 'established');
    await together('outside', 'alice');
  });

  test('rings nobody before who asked for the call is through, though the link breaks when he picks up', async () => {
    telephones.phones.alice.manner = 'rings';
    await originate('CUT', endOf('bob', 'CUT-2'));
    await rings('alice');
    telephones.cut();
    await telephones.until('bob is rung', () => {
      if (states('alice') === 'ringing') telephones.phones.alice.answer();
      return states('bob') === 'ringing';
    });
    expect(states('alice')).toBe('up');
    telephones.phones.bob.answer();
    await together('alice', 'bob');
  });

  test('keeps a consult over a restart, though two legs share one channel', async () => {
    const id = await consulting();
    await telephones.stop();
    await telephones.start();
    await together('alice', 'bob');
    await telephones.given(`call/${id}`, { type: 'completeTransfer', leg: `${id}-o` } as never);
    await together('outside', 'bob');
  });

  test('takes eighty callers at a time, and up again', async () => {
    const { outside } = telephones.phones;
    const calls: { readonly state: string }[] = [];
    while (calls.length < 80) {
      for (let n = 0; n < 10; n += 1) calls.push(outside.dial('8000', `<sip:555${calls.length}@example.org>`));
      await telephones.until('they hear music', () => calls.every(({ state }) => state === 'up'));
    }
    await telephones.stop();
    await telephones.start();
    expect(calls.filter(({ state }) => state === 'up')).toHaveLength(80);
    expect(await telephones.asterisk.get('/channels')).toHaveLength(80);
  });

  test('loses the calls of an Asterisk that dies, rings again who was rung, and takes new ones when it is back', async () => {
    const id = await talking();
    const { carol } = telephones.phones;
    carol.manner = 'rings';
    await originate('AGAIN', endOf('bob', 'AGAIN-2'), { caller: endOf('carol', 'AGAIN-1'), ringFirst: true });
    await rings('carol');
    const rung = carol.talks.length;
    await telephones.asterisk.kill9();
    await telephones.asterisk.start();
    await telephones.until('it is over', () => telephones.stage(id) === 'ended');
    expect(telephones.call(id)).toMatchObject({ cause: 'lost' });
    await telephones.until('carol is rung again', () => carol.talks.length > rung && states('carol') === 'ringing');
    const [again] = carol.talks.slice(rung);
    for (const phone of Object.values(telephones.phones)) {
      for (const talk of phone.talks) if (talk !== again) talk.state = 'ended';
      await phone.register(3_600);
    }
    carol.answer();
    await rings('bob');
    telephones.phones.bob.answer();
    await together('carol', 'bob');
    await telephones.given('agent/alice', { type: 'setReady' } as never);
    await talking();
  });

  test('leaves calls alone that are not ours, and hangs up on who comes without a number', async () => {
    telephones.phones.alice.dial('elsewhere');
    await telephones.until('it is through', () => states('alice') === 'up');
    await telephones.stop();
    await telephones.start();
    const channels = (await telephones.asterisk.get('/channels')) as unknown[];
    expect(channels).toHaveLength(1);
    expect(states('alice')).toBe('up');
    telephones.phones.alice.hangUp();
    const before = telephones.newest()?.id;
    const strayed = telephones.phones.outside.dial('nowhere');
    await telephones.until('it is hung up', () => strayed.state === 'ended');
    expect(telephones.newest()?.id).toBe(before);
  });
});
