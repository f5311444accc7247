/** The CTI socket as its clients see it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { agent } from '../../../projections/agents.ts';
import { callsOf } from '../../../projections/calls.ts';
import { addLogin, changePassword, givenXuc, type XucWorld } from './given.ts';

let world: XucWorld;

beforeEach(async () => {
  world = await givenXuc();
});
afterEach(() => world.stop());

const hand = (line: string) => world.hands.line('avencall', line);
const newestCall = () => callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 1 })[0];

describe('signing on', () => {
  test('is greeted in the order in which clients register', async () => {
    const { frames } = await world.signedOn();
    expect(frames.map(({ msgType }) => msgType).slice(0, 5)).toEqual([
      'LoggedOn',
      'UserConfigUpdate',
      'UsersStatuses',
      'UserStatusUpdate',
      'PhoneStatusUpdate',
    ]);
    const [, config, statuses, status, phone] = frames.map(({ ctiMessage }) => ctiMessage);
    expect(config).toEqual({
      userId: 9,
      firstName: 'Alice',
      lastName: 'Johnson',
      fullName: 'Alice Johnson',
      mobileNumber: '',
      dndEnabled: false,
      uncFwdEnabled: false,
      uncFwdDestination: '',
      naFwdEnabled: false,
      naFwdDestination: '',
      busyFwdEnabled: false,
      busyFwdDestination: '',
      agentId: 9,
      lineIds: [1058],
      voiceMailId: 0,
      voiceMailEnabled: false,
    });
    expect(statuses).toContainEqual(
      expect.objectContaining({ name: (status as unknown as { status: string }).status }),
    );
    expect(phone).toEqual({ status: 0 });
  });

  test.each(['', 'x.y.z'])('is refused with the token %j', async (token) => {
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/xuc/api/2.0/cti?token=${token}`);
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.on('error', () => undefined);
    });
    expect(status).toBe(401);
  });

  test('ends when the user may not sign in any more', async () => {
    const { closed } = await world.signedOn('bruce');
    const to = { tenant: 'avencall', kind: 'user', id: 'bruce' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { enabled: false } } });
    expect(await closed).toBe(1005);
  });

  test("ends when the login becomes somebody else's", async () => {
    const { closed } = await world.signedOn('bruce');
    const named = (id: string, name: string) => ({
      to: { tenant: 'avencall', kind: 'user', id },
      event: { type: 'change', set: { logins: [{ dialect: 'xuc', name }] } },
    });
    await world.world.record('avencall', named('bruce', 'wayne'), named('cquefia', 'bruce'));
    expect(await closed).toBe(1005);
  });

  test('ends when the tenant is not enabled any more', async () => {
    const { closed } = await world.signedOn('bruce');
    const to = { tenant: 'avencall', kind: 'tenant', id: 'avencall' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { enabled: false } } });
    expect(await closed).toBe(1005);
  });

  test('ends when the user has another password, and nobody else does', async () => {
    const { closed } = await world.signedOn('bruce');
    const alice = await world.signedOn();
    await changePassword(world, 'bruce', 'robin');
    expect(await closed).toBe(1005);
    alice.command('getAgentStates', {});
    await alice.seen('AgentStateEvent');
  });

  test('ends when the login by which he came in has another password, and no other of his', async () => {
    await addLogin(world, 'bruce', 'batman');
    const [bruce, batman] = [await world.signedOn('bruce'), await world.signedOn('batman')];
    await changePassword(world, 'batman', 'robin');
    expect(await batman.closed).toBe(1005);
    bruce.command('getAgentStates');
    await bruce.seen('AgentStateEvent', { agentId: 9 });
  });

  test('ends when the server goes down', async () => {
    const { closed } = await world.signedOn();
    await world.server.drain(1_000);
    expect(await closed).toBe(1001);
  });
});

describe('frames', () => {
  test('a ping is answered by a frame', async () => {
    const client = await world.signedOn();
    client.sendText('{"claz":"ping"}');
    await expect.poll(() => client.frames.at(-1)).toEqual({ msgType: 'ping' });
  });

  test.each(['no JSON', '[]', '{"claz":"web"}', '{"claz":"other","command":"dial"}', Buffer.from([1, 2])])(
    'junk is told to be junk: %s',
    async (junk) => {
      const client = await world.signedOn();
      client.sendText(junk);
      await client.seen('Error', { Error: expect.any(String) });
    },
  );

  test('every command of the client library is answered or done, and no other is taken', async () => {
    const client = await world.signedOn();
    for (const command of ['conferenceMute', 'dialFromMobile', 'setUserPreference', 'toString', 'nonsense']) {
      client.frames.length = 0;
      client.command(command);
      await client.seen('Error');
    }
  });
});

describe('calls', () => {
  test('a dialled call is told to both telephones, from dialling to its end', async () => {
    const alice = await world.signedOn();
    const john = await world.signedOn('john');
    alice.command('dial', { destination: '1101', variables: { foo: 'bar', USR_x: '1' } });
    const dialing = await alice.seen('PhoneEvent', { eventType: 'EventDialing' });
    expect(dialing).toMatchObject({
      DN: '1058',
      otherDN: '1101',
      otherDName: 'John Doe',
      username: 'alicej',
      userData: { XIVO_USERID: '9', USR_foo: 'bar', USR_x: '1' },
      linkedId: expect.stringMatching(/^\d+\.\d+$/),
    });
    expect(dialing.linkedId).toBe(dialing.uniqueId);
    await alice.seen('PhoneStatusUpdate', { status: 1 });
    const ringing = await john.seen('PhoneEvent', { eventType: 'EventRinging' });
    expect(ringing).toMatchObject({ DN: '1101', otherDN: '1058', linkedId: dialing.linkedId });
    expect(ringing.uniqueId).not.toBe(dialing.uniqueId);
    await john.seen('PhoneStatusUpdate', { status: 8 });

    john.command('answer');
    await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
    await john.seen('PhoneEvent', { eventType: 'EventEstablished' });
    alice.command('getCurrentCallsPhoneEvents');
    expect(await alice.seen('CurrentCallsPhoneEvents')).toMatchObject({
      events: [{ eventType: 'EventEstablished', DN: '1058' }],
    });
    alice.command('hold');
    await alice.seen('PhoneEvent', { eventType: 'EventOnHold' });
    await alice.seen('PhoneStatusUpdate', { status: 16 });
    alice.command('hold', { uniqueId: dialing.uniqueId });
    await expect.poll(() => newestCall()?.stage).toBe('established');
    alice.command('setData', { variables: { note: 'late' } });
    await expect.poll(() => newestCall()?.context.userData).toMatchObject({ USR_note: 'late' });
    john.command('hangup');
    for (const client of [alice, john]) {
      expect(await client.seen('PhoneEvent', { eventType: 'EventReleased' })).toMatchObject({
        userData: { USR_note: 'late' },
      });
      await client.seen('PhoneStatusUpdate', { status: 0 });
    }
    expect(await alice.seen('PhoneEvent', { eventType: 'EventReleased' })).toMatchObject({ otherDName: 'John Doe' });
    expect(
      john.frames
        .filter(({ msgType }) => msgType === 'PhoneEvent')
        .map(({ ctiMessage }) => (ctiMessage as { DN: string }).DN),
    ).toEqual(Array(3).fill('1101'));
    const configs = alice.frames.filter(({ msgType }) => msgType === 'UserConfigUpdate');
    expect(configs, 'a call changes none').toHaveLength(1);
    const states = alice.frames.filter(({ msgType }) => msgType === 'AgentStateEvent');
    expect(states, 'who is logged out stays so').toHaveLength(1);
  });

  test('a call that comes to nothing fails, and is released', async () => {
    const [alice, bruce] = [await world.signedOn(), await world.signedOn('bruce')];
    bruce.command('dnd', { state: true });
    await bruce.seen('UserConfigUpdate', { dndEnabled: true });
    for (const destination of ['1004', '1059', '1101']) {
      alice.frames.length = 0;
      alice.command('dial', { destination });
      if (destination === '1101') await expect.poll(() => hand('1101').reject()).toBe(true);
      await alice.seen('PhoneEvent', { eventType: 'EventReleased' });
      const types = alice.frames
        .filter(({ msgType }) => msgType === 'PhoneEvent')
        .map(({ ctiMessage }) => (ctiMessage as { eventType: string }).eventType);
      expect(types, destination).toEqual(['EventDialing', 'EventFailure', 'EventReleased']);
    }
  });

  test.each([
    ['completeTransfer', ['1002', '1101']],
    ['conference', ['1002', '1058', '1101']],
  ])('an attended transfer is begun, given up, or ended by %s', async (ended, left) => {
    const alice = await world.signedOn();
    const established = async (destination: string) => {
      alice.command('dial', { destination });
      await world.atRest();
      await expect.poll(() => hand(destination).answer()).toBe(true);
      await alice.seen('PhoneEvent', { eventType: 'EventEstablished', otherDN: destination });
    };
    await established('1101');
    alice.command('attendedTransfer', { destination: '1002' });
    await alice.seen('PhoneEvent', { eventType: 'EventDialing', otherDN: '1002' });
    await expect.poll(() => hand('1002').answer()).toBe(true);
    await world.atRest();
    alice.command('cancelTransfer');
    await expect
      .poll(() => callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 2 }).map(({ stage }) => stage))
      .toEqual(['ended', 'established']);
    alice.command('attendedTransfer', { destination: '1002' });
    await expect.poll(() => hand('1002').answer()).toBe(true);
    await world.atRest();
    alice.command(ended);
    const talking = () => {
      const calls = callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 9 });
      const legs = calls.find(({ stage }) => stage !== 'ended')?.context.legs ?? [];
      return legs.flatMap(({ state, number }) => (state === 'established' ? [number] : [])).sort();
    };
    await expect.poll(talking).toEqual(left);
  });

  test('whoever was consulted hears of one call, that goes on with another', async () => {
    const [alice, bruce, john] = [await world.signedOn(), await world.signedOn('bruce'), await world.signedOn('john')];
    bruce.command('dialByUsername', { username: 'alicej', variables: { foo: 'bar' } });
    await alice.seen('PhoneEvent', { eventType: 'EventRinging', userData: { XIVO_USERID: '10', USR_foo: 'bar' } });
    alice.command('answer');
    await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
    alice.command('attendedTransfer', { destination: '1101' });
    await john.seen('PhoneEvent', { eventType: 'EventRinging' });
    john.command('answer');
    await john.seen('PhoneEvent', { eventType: 'EventEstablished', otherDN: '1058' });
    alice.command('completeTransfer');
    await john.seen('PhoneEvent', { eventType: 'EventEstablished', otherDN: '1059' });
    bruce.command('hangup');
    await john.seen('PhoneEvent', { eventType: 'EventReleased', otherDN: '1059' });
    const heard = john.frames
      .filter(({ msgType }) => msgType === 'PhoneEvent')
      .map(({ ctiMessage }) => ctiMessage as { readonly eventType: string; readonly uniqueId: string });
    expect(heard.map(({ eventType }) => eventType)).toEqual([
      'EventRinging',
      'EventEstablished',
      'EventEstablished',
      'EventReleased',
    ]);
    expect(new Set(heard.map(({ uniqueId }) => uniqueId)).size).toBe(1);
  });

  test('a person is told the state of the telephone that he moves to, and from which none can be dialled once it is gone', async () => {
    const [alice, bruce] = [await world.signedOn(), await world.signedOn('bruce')];
    bruce.command('dial', { destination: '1102' });
    await expect.poll(() => hand('1102').answer()).toBe(true);
    await bruce.seen('PhoneStatusUpdate', { status: 2 });
    alice.command('agentLogin', { agentphonenumber: '1102' });
    await alice.seen('PhoneStatusUpdate', { status: 2 });
    alice.command('agentLogout');
    await expect
      .poll(() => alice.frames.findLast(({ msgType }) => msgType === 'PhoneStatusUpdate')?.ctiMessage)
      .toEqual({ status: 0 });
    await world.world.record('avencall', {
      to: { tenant: 'avencall', kind: 'extension', id: '1058' },
      event: { type: 'remove' },
    });
    await alice.seen('PhoneStatusUpdate', { status: -2 });
    alice.command('dial', { destination: '1101' });
    await alice.seen('Error', { Error: 'The user has no line to call from' });
    expect(await (await world.signedOn()).seen('UserConfigUpdate')).toMatchObject({ lineIds: [] });
    await world.world.record('avencall', {
      to: { tenant: 'avencall', kind: 'user', id: 'alicej' },
      event: { type: 'change', set: { extensions: ['1058', '1002'] } },
    });
    await alice.seen('UserConfigUpdate', { lineIds: [1002] });
  });

  test('a direct transfer leaves the others to each other', async () => {
    const alice = await world.signedOn();
    alice.command('dial', { destination: '1101' });
    await expect.poll(() => hand('1101').answer()).toBe(true);
    await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
    alice.command('directTransfer', { destination: '1002' });
    await alice.seen('PhoneEvent', { eventType: 'EventReleased' });
    await world.atRest();
    expect(
      newestCall()
        ?.context.legs.filter(({ state }) => state !== 'released')
        .map(({ number }) => number),
    ).toEqual(['1101', '1002']);
  });

  test('the end of a telephone names who was at the other one then, not who called first', async () => {
    const [alice, bruce, john] = [await world.signedOn(), await world.signedOn('bruce'), await world.signedOn('john')];
    alice.command('dial', { destination: '1101' });
    await john.seen('PhoneEvent', { eventType: 'EventRinging' });
    john.command('answer');
    await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
    alice.command('directTransfer', { destination: '1059' });
    await bruce.seen('PhoneEvent', { eventType: 'EventRinging', otherDN: '1101', otherDName: 'John Doe' });
    bruce.command('answer');
    await bruce.seen('PhoneEvent', { eventType: 'EventEstablished', otherDN: '1101' });
    bruce.command('hangup');
    await bruce.seen('PhoneEvent', { eventType: 'EventReleased', otherDN: '1101', otherDName: 'John Doe' });
    await john.seen('PhoneEvent', { eventType: 'EventReleased', otherDN: '1059', otherDName: 'Bruce Wayne' });
  });

  test('a number that has no name is given none', async () => {
    const alice = await world.signedOn();
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    const caller = { callerIdName: 'Thomas', callerIdNumber: '999999' };
    alice.command('dialFromQueue', { destination: '3000', queueId: 5, variables: {}, ...caller });
    await alice.seen('PhoneEvent', { eventType: 'EventRinging', otherDN: '999999', otherDName: 'Thomas' });
    alice.command('answer');
    const established = await alice.seen('PhoneEvent', { eventType: 'EventEstablished', otherDN: '3000' });
    expect(established).not.toHaveProperty('otherDName');
  });

  test.each(['answer', 'hangup', 'hold', 'completeTransfer', 'cancelTransfer', 'conference'])(
    '%s without a call is refused',
    async (command) => {
      const alice = await world.signedOn();
      alice.command(command);
      await alice.seen('Error');
    },
  );

  test('the history of a user is the printed one', async () => {
    const bruce = await world.signedOn('bruce');
    bruce.command('getUserCallHistory', { size: 1 });
    expect(await bruce.seen('CallHistory')).toMatchObject([{ start: '2018-09-20 17:38:41', status: 'emitted' }]);
    bruce.command('getUserCallHistoryByDays', { days: 7 });
    expect(await bruce.seen('CallHistoryByDays', [])).toEqual([]);
    bruce.command('getUserCallHistoryByDays', { days: 36_500 });
    await expect.poll(() => bruce.frames.at(-1)?.ctiMessage).toHaveLength(4);
    bruce.command('getUserCallHistory', { size: 0 });
    await bruce.seen('Error', { Error: 'size must be a whole number from 1' });
  });
});

describe('agents', () => {
  test('log in, pause and log out, and whoever watches is told', async () => {
    const to = { tenant: 'avencall', kind: 'presence-option', id: 'lunch' };
    const attributes = { name: 'Lunch', kind: 'away' };
    await world.world.record('avencall', { to, event: { type: 'create', attributes } });
    const alice = await world.signedOn();
    expect(await alice.seen('UsersStatuses')).toContainEqual(expect.objectContaining({ name: 'Lunch' }));
    const bruce = await world.signedOn('bruce');
    bruce.command('subscribeToAgentEvents');
    alice.command('agentLogin', { agentphonenumber: '1058', agentid: 9 });
    const ready = { name: 'AgentReady', agentId: 9, phoneNb: '1058', since: 0, queues: [1, 5], cause: '' };
    await bruce.seen('AgentStateEvent', ready);
    await alice.seen('AgentStateEvent', ready);
    await alice.seen('UserStatusUpdate', { status: 'available' });
    alice.command('pauseAgent', { agentid: '8000', reason: 'Lunch' });
    await bruce.seen('AgentStateEvent', { name: 'AgentOnPause', cause: 'Lunch' });
    await alice.seen('UserStatusUpdate', { status: 'Lunch' });
    alice.command('unpauseAgent');
    await bruce.seen('AgentStateEvent', { name: 'AgentReady', cause: '' });
    alice.command('userStatusUpdate', { status: 'away' });
    await bruce.seen('AgentStateEvent', { name: 'AgentOnPause', cause: '' });
    alice.command('agentLogout');
    await bruce.seen('AgentStateEvent', { name: 'AgentLoggedOut', phoneNb: '', queues: [] });
    bruce.command('getAgentStates');
    await bruce.seen('AgentStateEvent', { agentId: 10, name: 'AgentLoggedOut' });
  });

  test('are told each state once, however many records lead to it', async () => {
    const alice = await world.signedOn();
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    alice.frames.length = 0;
    await world.hands.placeCall({ tenant: 'avencall', call: 'CALL000000001', from: '0612345678', to: '2001' });
    for (const _missed of [1, 2]) {
      await alice.seen('AgentStateEvent', { name: 'AgentRinging' });
      await world.advance(20_000);
    }
    await alice.seen('AgentStateEvent', { name: 'AgentOnPause' });
    await alice.seen('UserStatusUpdate', { status: 'away' });
    alice.command('getList', { objectType: 'queue' });
    await alice.seen('QueueList');
    const names = alice.frames.flatMap(({ msgType, ctiMessage }) =>
      msgType === 'AgentStateEvent' ? [(ctiMessage as { readonly name: string }).name] : [],
    );
    expect(names).toEqual(['AgentRinging', 'AgentReady', 'AgentRinging', 'AgentOnPause']);
  });

  test('are told what has become of them to whoever came while they were on a call', async () => {
    const alice = await world.signedOn();
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    alice.close();
    await alice.closed;
    await world.call('POST', '/xuc/api/1.0/dial/avencall.com/alicej/', { body: { number: '1101' } });
    await expect.poll(() => hand('1101').answer()).toBe(true);
    await world.atRest();
    const again = await world.signedOn();
    await again.seen('AgentStateEvent', { name: 'AgentOnCall' });
    expect(await hand('1101').hangup()).toBe(true);
    await again.seen('AgentStateEvent', { name: 'AgentReady' });
  });

  test('are told which way a call between two of them goes', async () => {
    const [alice, bruce] = [await world.signedOn(), await world.signedOn('bruce')];
    for (const client of [alice, bruce]) client.command('agentLogin');
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    await bruce.seen('AgentStateEvent', { name: 'AgentReady' });
    await world.advance(7_000);
    bruce.command('getAgentStates');
    await bruce.seen('AgentStateEvent', { name: 'AgentReady', since: 7 });
    alice.command('dial', { destination: '1059' });
    await alice.seen('AgentStateEvent', { name: 'AgentDialing', direction: 'Outgoing', since: 0 });
    await bruce.seen('AgentStateEvent', { name: 'AgentRinging', direction: 'Incoming' });
    bruce.command('answer');
    await alice.seen('AgentStateEvent', { name: 'AgentOnCall', acd: false, direction: 'Outgoing' });
    await bruce.seen('AgentStateEvent', { name: 'AgentOnCall', acd: false, direction: 'Incoming' });
    bruce.command('hold');
    await bruce.seen('PhoneEvent', { eventType: 'EventOnHold' });
    bruce.frames.length = 0;
    bruce.command('getAgentStates');
    await bruce.seen('AgentStateEvent', { agentId: 10, name: 'AgentOnCall', direction: 'Incoming' });
  });

  test('are told of the call that they make while one of a queue rings', async () => {
    const alice = await world.signedOn();
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    await world.hands.placeCall({ tenant: 'avencall', call: 'CALL000000001', from: '0612345678', to: '2001' });
    await alice.seen('AgentStateEvent', { name: 'AgentRinging', acd: true, direction: 'Incoming' });
    alice.command('dial', { destination: '1101' });
    await alice.seen('AgentStateEvent', { name: 'AgentDialing', acd: false, direction: 'Outgoing' });
    await expect.poll(() => hand('1101').answer()).toBe(true);
    await alice.seen('AgentStateEvent', { name: 'AgentOnCall', acd: false, direction: 'Outgoing' });
  });

  test('are told what is wrong', async () => {
    const alice = await world.signedOn();
    alice.command('agentLogin', { agentphonenumber: '1004' });
    expect(await alice.seen('AgentError')).toEqual({ Error: 'PhoneNumberUnknown' });
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    alice.command('agentLogin', { agentphonenumber: '1002' });
    expect(await alice.seen('AgentError', { phoneNb: '1058' })).toEqual({
      Error: 'LoggedInOnAnotherPhone',
      phoneNb: '1058',
      RequestedNb: '1002',
    });
    alice.frames.length = 0;
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady', phoneNb: '1058' });
    alice.command('pauseAgent', { agentid: 10 });
    await alice.seen('AgentError', { Error: 'NotAllowed' });
    const unnumbered = {
      to: { tenant: 'avencall', kind: 'user', id: 'cquefia' },
      event: { type: 'change', unset: ['aliases'] },
    };
    await world.world.record('avencall', unnumbered);
    for (const agentid of [99, 'undefined']) {
      alice.frames.length = 0;
      alice.command('pauseAgent', { agentid });
      await alice.seen('AgentError', { Error: 'AgentNotFound' });
    }
    alice.command('agentLogout');
    await alice.seen('AgentStateEvent', { name: 'AgentLoggedOut' });
    alice.command('pauseAgent');
    await alice.seen('AgentError', { Error: 'The agent is not logged in' });
  });

  test('are those who have a number', async () => {
    const john = await world.signedOn('john');
    for (const command of ['agentLogin', 'agentLogout', 'pauseAgent', 'unpauseAgent']) {
      john.frames.length = 0;
      john.command(command, { agentphonenumber: '1101' });
      await john.seen('AgentError', { Error: 'AgentNotFound' });
    }
    expect(agent(world.world.runtime.live, 'avencall', 'john')?.presence).toBe('signedOut');
  });

  test('may be led by a supervisor of their tenant', async () => {
    const to = { tenant: 'avencall', kind: 'user', id: 'bruce' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { roles: ['agent', 'supervisor'] } } });
    const bruce = await world.signedOn('bruce');
    bruce.command('agentLogin', { agentphonenumber: '1058', agentid: 9 });
    await expect.poll(() => agent(world.world.runtime.live, 'avencall', 'alicej')?.presence).toBe('ready');
  });

  test('are put into a queue and taken out by a supervisor, by nobody else', async () => {
    const alice = await world.signedOn();
    alice.command('setAgentQueue', { agentId: 9, queueId: 5, penalty: 2 });
    await alice.seen('AgentError', { Error: 'NotAllowed' });
    const to = { tenant: 'avencall', kind: 'user', id: 'bruce' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { roles: ['agent', 'supervisor'] } } });
    const bruce = await world.signedOn('bruce');
    bruce.command('subscribeToQueueStats');
    const loggedAgents = (value: number) =>
      bruce.seen('QueueStatistics', {
        queueId: 5,
        counters: expect.arrayContaining([{ statName: 'LoggedAgents', value }]),
      });
    await loggedAgents(0);
    alice.command('agentLogin');
    await loggedAgents(1);
    const listed = async () => {
      bruce.frames.length = 0;
      bruce.command('getList', { objectType: 'queuemember' });
      return bruce.seen('QueueMemberList');
    };
    bruce.command('setAgentQueue', { agentId: 9, queueId: 5, penalty: 2 });
    await bruce.seen('QueueMember', { agentId: 9, queueId: 5, penalty: 2 });
    expect(await listed()).toContainEqual({ agentId: 9, queueId: 5, penalty: 2 });
    bruce.command('removeAgentFromQueue', { agentId: 9, queueId: 5 });
    await bruce.seen('QueueMember', { agentId: 9, queueId: 5, penalty: -1 });
    await loggedAgents(0);
    expect(await listed()).not.toContainEqual(expect.objectContaining({ agentId: 9, queueId: 5 }));
    bruce.command('setAgentQueue', { agentId: 9, queueId: 77 });
    await bruce.seen('Error', { Error: 'There is no such queue' });
  });

  test('see a queue call as one, and its counters', async () => {
    const alice = await world.signedOn();
    alice.command('subscribeToQueueStats');
    await alice.seen('QueueStatistics', { queueId: 5 });
    alice.frames.length = 0;
    alice.command('subscribeToQueueStats');
    await alice.seen('QueueStatistics', { queueId: 5 });
    alice.command('agentLogin', { agentphonenumber: '1058' });
    await alice.seen('AgentStateEvent', { name: 'AgentReady' });
    await world.hands.placeCall({ tenant: 'avencall', call: 'CALL000000001', from: '0612345678', to: '2001' });
    const ringing = await alice.seen('PhoneEvent', { eventType: 'EventRinging' });
    expect(ringing).toMatchObject({ otherDN: '0612345678', queueName: 'support', userData: {} });
    await alice.seen('AgentStateEvent', { name: 'AgentRinging', acd: true, direction: 'Incoming' });
    alice.command('answer');
    await alice.seen('AgentStateEvent', { name: 'AgentOnCall', acd: true, direction: 'Incoming' });
    const counter = (statName: string, value: number) => expect.arrayContaining([{ statName, value }]);
    await alice.seen('QueueStatistics', { queueId: 1, counters: counter('TotalNumberCallsAnswered', 1) });
    for (const [statName, value] of [
      ['LoggedAgents', 1],
      ['AvailableAgents', 0],
      ['TalkingAgents', 1],
    ] as const)
      await alice.seen('QueueStatistics', { queueId: 1, counters: counter(statName, value) });
    alice.command('getQueueStatistics', { queueId: 1, window: 3600, xqos: 20 });
    await alice.seen('GetQueueStatistics', { queueId: 1, counters: counter('TotalNumberCallsAnsweredBefore20', 1) });
    alice.command('getQueueStatistics', { queueId: 1, window: 3600, xqos: 7 });
    await alice.seen('Error');
    alice.command('hangup');
    await alice.seen('AgentStateEvent', { name: 'AgentOnWrapup' });
  });
});

describe('settings and lists', () => {
  test('a change of one is told', async () => {
    const alice = await world.signedOn();
    alice.command('dnd', { state: true });
    await alice.seen('UserConfigUpdate', { dndEnabled: true });
    alice.command('uncFwd', { state: true, destination: '1102' });
    await alice.seen('UserConfigUpdate', { uncFwdEnabled: true, uncFwdDestination: '1102' });
    alice.command('naFwd', { state: true, destination: '3000' });
    await alice.seen('UserConfigUpdate', { naFwdEnabled: true, naFwdDestination: '3000', busyFwdEnabled: false });
    alice.command('busyFwd', { state: true, destination: '1002' });
    await alice.seen('UserConfigUpdate', {
      naFwdDestination: '3000',
      busyFwdEnabled: true,
      busyFwdDestination: '1002',
    });
    const to = { tenant: 'avencall', kind: 'user', id: 'alicej' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { lastName: 'Jones' } } });
    await alice.seen('UserConfigUpdate', { fullName: 'Alice Jones' });
    alice.command('naFwd', { state: true, destination: '' });
    await alice.seen('Error');
  });

  test('telephones are watched until they are not', async () => {
    const alice = await world.signedOn();
    alice.command('subscribeToPhoneHints', { phoneNumbers: ['1101', '1004'] });
    await alice.seen('PhoneHintStatusEvent', { number: '1101', status: 0 });
    await alice.seen('PhoneHintStatusEvent', { number: '1004', status: -2 });
    alice.frames.length = 0;
    alice.command('subscribeToPhoneHints', { phoneNumbers: ['1101', 3000] });
    await alice.seen('PhoneHintStatusEvent', { number: '1101', status: 0 });
    await alice.seen('PhoneHintStatusEvent', { number: '3000', status: 0 });
    await world.call('POST', '/xuc/api/1.0/dial/x/bruce/', { body: { number: '1101' } });
    await alice.seen('PhoneHintStatusEvent', { number: '1101', status: 8 });
    alice.command('unsubscribeFromAllPhoneHints');
    alice.command('getConfig', { objectType: 'line' });
    const line = { id: 1058, name: '1058', phoneNb: '1058', context: 'default', protocol: 'sip' };
    expect(await alice.seen('LineConfig')).toEqual(line);
    const before = alice.frames.length;
    await hand('1101').reject();
    await world.atRest();
    expect(alice.frames.slice(before).filter(({ msgType }) => msgType === 'PhoneHintStatusEvent')).toEqual([]);
  });

  test('queues, agents and members are listed', async () => {
    const alice = await world.signedOn();
    for (const objectType of ['queue', 'agent', 'queuemember', 'meetme']) alice.command('getList', { objectType });
    const inContext = (objects: readonly object[]) => objects.map((one) => ({ ...one, context: 'default' }));
    const support = { id: 1, name: 'support', displayName: 'Support', number: '2001' };
    const sales = { id: 5, name: 'sales', displayName: 'Sales', number: '2005' };
    expect(await alice.seen('QueueList')).toEqual(inContext([support, sales]));
    const [first, ...others] = (await alice.seen('AgentList')) as unknown as readonly object[];
    const alicej = { id: 9, firstName: 'Alice', lastName: 'Johnson', number: '8000', groupId: 0 };
    expect([first]).toEqual(inContext([alicej]));
    expect(others).toMatchObject([{ id: 10 }, { id: 11 }]);
    expect(await alice.seen('QueueMemberList')).toContainEqual({ agentId: 10, queueId: 5, penalty: 0 });
    await alice.seen('Error', { Error: 'There is no list of meetme' });
    alice.command('getConfig', { objectType: 'queue' });
    await alice.seen('QueueConfig', { id: 5 });
    alice.command('getAgentDirectory');
    expect(await alice.seen('AgentDirectory')).toMatchObject([
      { agent: { id: 9 }, agentState: { name: 'AgentLoggedOut' } },
      {},
      {},
    ]);
    alice.command('subscribeToAgentStats');
    await alice.seen('AgentStatistics', { id: 9 });
  });
});
