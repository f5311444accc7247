/** The 1.0 API as its listed clients see it: what it says happens. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentContext } from '../../../machines/agent/context.ts';
import { agent } from '../../../projections/agents.ts';
import { callsOf } from '../../../projections/calls.ts';
import { givenXuc, type XucWorld } from './given.ts';

let world: XucWorld;

beforeEach(async () => {
  world = await givenXuc();
});
afterEach(() => world.stop());

const post = (path: string, body?: unknown) =>
  world.call('POST', `/xuc/api/1.0/${path}`, body === undefined ? {} : { body });
const get = (path: string) => world.call('GET', `/xuc/api/1.0/${path}`);
const agentNow = (id = 'alicej') => agent(world.world.runtime.live, 'avencall', id);
const contextNow = (id?: string) => agentNow(id)?.context as AgentContext | undefined;
const newestCall = () => callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 1 })[0];
const EMPTY = { status: 200, text: '' };

describe('the list of addresses', () => {
  test('names who may ask, and nobody else may', async () => {
    await world.stop();
    for (const hosts of [[], ['10.0.0.1'], ['localhost', '']]) {
      world = await givenXuc({ deprecatedApiHosts: hosts });
      expect(await post('dnd/avencall.com/alicej/', { state: true })).toMatchObject({
        status: 403,
        json: { error: 'Forbidden' },
      });
      expect(await get('historyByUsername/x/bruce?size=1')).toMatchObject({ status: 403 });
      await world.stop();
    }
    world = await givenXuc({ deprecatedApiHosts: ['127.0.0.1', '10.0.0.1'] });
    expect(await post('dnd/avencall.com/alicej/', { state: true })).toMatchObject(EMPTY);
  });

  test('does not let a page on a listed machine pass for the machine', async () => {
    const { port } = new URL(world.url);
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const path = '/xuc/api/1.0/handshake/x/';
        const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.on('error', reject).end();
      });
    expect(await status({})).toBe(200);
    expect(await status({ origin: `http://127.0.0.1:${port}` })).toBe(403);
    expect(await status({ host: 'rebound.example' })).toBe(403);
    expect(await status({ 'x-forwarded-for': '192.0.2.1' })).toBe(403);
  });

  test('stays shut to other origins', async () => {
    const headers = { origin: 'https://page.example', 'access-control-request-method': 'POST' };
    const preflight = await world.call('OPTIONS', '/xuc/api/1.0/dnd/x/alicej/', { headers });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('a handshake is one, also where its domain was lost', async () => {
  for (const domain of ['/avencall.com/', '/avencall.com', '//', '/', ''])
    expect(await post(`handshake${domain}`, undefined), domain).toMatchObject(EMPTY);
});

describe('a user', () => {
  test('is connected by his password', async () => {
    expect(await post('connect/avencall.com/alicej/', { password: 'pw' })).toMatchObject(EMPTY);
    expect(await post('connect/avencall.com/alicej/', { password: 'x' })).toMatchObject({
      status: 401,
      json: { error: 'InvalidCredentials' },
    });
    expect(await post('connect/avencall.com/nobody/', { password: 'x' })).toMatchObject({ status: 404 });
  });

  test('must be named by somebody, wherever the name was lost', async () => {
    const lost = [
      'dial/avencall.com//',
      'dial/avencall.com/',
      'dial/avencall.com',
      'dial//',
      'dial/',
      'dial',
      'dial///',
    ];
    for (const path of [...lost, 'dial/avencall.com/nobody/']) {
      expect(await post(path, { number: '1101' }), path).toMatchObject({
        status: 404,
        json: { error: 'UserNotFound' },
      });
    }
    expect(await post('dnd//alicej/', { state: true })).toMatchObject(EMPTY);
  });

  test.each([
    ['connect/x/alicej/', { password: 1 }],
    ['dnd/x/alicej/', { state: 'true' }],
    ['dial/x/alicej/', { number: 1101 }],
    ['dialByUsername/x/alicej/', { username: null }],
    ['dialFromQueue/x/alicej/', { destination: '1002', queueId: '5' }],
    ['uncForward/x/alicej/', { destination: '1102' }],
    ['naForward/x/alicej/', { state: true, destination: 1102 }],
    ['busyForward/x/alicej/', { state: 1, destination: '1102' }],
    ['agentLogin/', { agentphonenumber: '1058' }],
    ['agentLogout/', { phoneNumber: 1058 }],
    ['togglePause/', {}],
  ])('sends %s a body of the right types, or InvalidJson says that it is none', async (path, body) => {
    for (const wrong of [body, '{', '', '[]', 'null']) {
      expect(await post(path, wrong), JSON.stringify(wrong)).toMatchObject({
        status: 400,
        json: { error: 'InvalidJson', message: expect.stringMatching(/./) },
      });
    }
  });

  test('is disturbed or not', async () => {
    expect(await post('dnd/avencall.com/alicej/', { state: true })).toMatchObject(EMPTY);
    expect(agentNow()?.dnd).toBe(true);
    await post('dial/x/bruce/', { number: '1058' });
    await world.atRest();
    expect(newestCall()?.context).toMatchObject({ cause: 'busy' });
    await post('dnd/avencall.com/alicej', { state: false });
    expect(agentNow()?.dnd).toBe(false);
  });

  test('calls a number from his line', async () => {
    expect(await post('dial/avencall.com/alicej/', { number: '1101' })).toMatchObject(EMPTY);
    await world.atRest();
    expect(newestCall()).toMatchObject({
      stage: 'ringing',
      context: { from: '1058', to: '1101', direction: 'internal' },
    });
    await world.hands.line('avencall', '1101').answer();
    await world.atRest();
    expect(newestCall()?.stage).toBe('established');
  });

  test('calls outside by a number as it is written', async () => {
    await post('dial/avencall.com/alicej/', { number: '+33 (0)1 23 45 67 89' });
    expect(newestCall()?.context).toMatchObject({ to: '0033123456789', direction: 'outbound' });
  });

  test('makes one call for a key, and none for a key that was used for another', async () => {
    const ask = (path: string, body: object) =>
      world.call('POST', `/xuc/api/1.0/${path}`, { body, headers: { 'idempotency-key': 'once' } });
    const before = callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 100 }).length;
    for (let times = 1; times <= 2; times += 1)
      expect(await ask('dial/x/alicej/', { number: '1101' })).toMatchObject(EMPTY);
    expect(callsOf(world.world.runtime.live, { tenant: 'avencall', limit: 100 })).toHaveLength(before + 1);
    for (const [path, body] of [
      ['dial/x/alicej/', { number: '1102' }],
      ['dial/x/bruce/', { number: '1101' }],
      ['dialByUsername/x/alicej/', { username: 'bruce' }],
      ['dialFromQueue/x/alicej/', { destination: '1101', queueId: 5 }],
    ] as const)
      expect(await ask(path, body), path).toMatchObject({ status: 400, json: { error: 'InvalidRequest' } });
  });

  test('calls another by name', async () => {
    expect(await post('dialByUsername/avencall.com/alicej/', { username: 'john' })).toMatchObject(EMPTY);
    expect(newestCall()?.context).toMatchObject({ from: '1058', to: '1101' });
    for (const username of ['nobody', '', 'ksippo']) {
      expect(await post('dialByUsername/avencall.com/alicej/', { username })).toMatchObject({ status: 404 });
    }
    expect(await post('dialByUsername/avencall.com/alicej/', { username: 'vmachin' })).toMatchObject({ status: 400 });
  });

  test('has a queue find an agent, who is then joined to the destination', async () => {
    await post('agentLogin/', { agentphonenumber: '1059', agentnumber: '8001' });
    const body = {
      destination: '1002',
      queueId: 5,
      callerIdName: 'Thomas',
      callerIdNumber: '999999',
      variables: { foo: 'bar' },
    };
    expect(await post('dialFromQueue/avencall.com/alicej/', body)).toMatchObject(EMPTY);
    await world.atRest();
    const call = newestCall();
    expect(call).toMatchObject({
      stage: 'offered',
      context: {
        from: '999999',
        fromName: 'Thomas',
        to: '1002',
        userData: { USR_foo: 'bar' },
        offer: { agent: 'bruce' },
      },
    });
    await world.hands.line('avencall', '1059').answer();
    await world.atRest();
    await world.hands.line('avencall', '1002').answer();
    await world.atRest();
    expect(newestCall()?.stage).toBe('established');
    expect(await post('dialFromQueue/avencall.com/alicej/', { ...body, queueId: 99 })).toMatchObject({ status: 400 });
  });

  describe('has a queue call a number', () => {
    const toJohn = { destination: '1101', queueId: 5, callerIdName: 'Thomas', callerIdNumber: '999999' };
    const fromQueue = async (more = {}) => {
      expect(await post('dialFromQueue/avencall.com/alicej/', { ...toJohn, ...more })).toMatchObject(EMPTY);
      await world.atRest();
      const { stage, context } = newestCall() ?? {};
      return [stage, ...(context?.legs ?? []).map(({ kind, number, state }) => [kind, number, state].join(' '))];
    };

    test('at once, where the queue plays music: it rings though nobody is at work, and who answers waits', async () => {
      const john = await world.signedOn('john');
      expect(await fromQueue()).toEqual(['queued', 'callee 1101 ringing']);
      await john.seen('PhoneEvent', { eventType: 'EventRinging', DN: '1101', otherDN: '999999', otherDName: 'Thomas' });
      await world.hands.line('avencall', '1101').answer();
      await john.seen('PhoneEvent', { eventType: 'EventEstablished' });
      const bruce = await world.signedOn('bruce');
      await post('agentLogin/', { agentphonenumber: '1059', agentnumber: '8001' });
      await bruce.seen('PhoneEvent', { eventType: 'EventRinging', otherDN: '999999', otherDName: 'Thomas' });
      bruce.command('answer');
      await bruce.seen('PhoneEvent', { eventType: 'EventEstablished', otherDN: '1101', otherDName: 'John Doe' });
    });

    test('when an agent has taken it, where the queue rings, or the number is another queue', async () => {
      expect(await fromQueue({ destination: '2001' })).toEqual(['queued']);
      const to = { tenant: 'avencall', kind: 'queue', id: 'sales' };
      await world.world.record('avencall', { to, event: { type: 'change', set: { ringsWhileWaiting: true } } });
      expect(await fromQueue()).toEqual(['queued']);
    });
  });

  test('forwards his calls', async () => {
    for (const [verb, kind] of [
      ['uncForward', 'unconditional'],
      ['naForward', 'noAnswer'],
      ['busyForward', 'busy'],
    ] as const) {
      expect(await post(`${verb}/avencall.com/alicej/`, { state: true, destination: '1102' })).toMatchObject(EMPTY);
      expect(contextNow()?.forwards[kind]).toEqual({ enabled: true, destination: '1102' });
      expect(await post(`${verb}/avencall.com/alicej/`, { state: false, destination: '' })).toMatchObject(EMPTY);
      expect(contextNow()?.forwards[kind]).toEqual({ enabled: false, destination: '1102' });
      for (const destination of ['', 'nobody', '1'.repeat(33)])
        expect(await post(`${verb}/avencall.com/alicej/`, { state: true, destination })).toMatchObject({ status: 400 });
    }
    await post('uncForward/avencall.com/alicej/', { state: true, destination: '1102' });
    await post('dial/x/bruce/', { number: '1058' });
    await world.atRest();
    expect(newestCall()?.context.legs.map(({ number, state }) => [number, state])).toContainEqual(['1102', 'ringing']);
  });

  test.each([
    ['dnd', { state: 'yes' }],
    ['dnd', '{'],
    ['dnd', ''],
    ['dial', { number: '' }],
    ['dial', { number: 'abc' }],
    ['dial', { number: 5 }],
    ['uncForward', { state: 1, destination: '1' }],
    ['dialFromQueue', { destination: '1002', queueId: 'five' }],
  ])('%s refuses %j', async (verb, body) => {
    expect(await post(`${verb}/avencall.com/alicej/`, body)).toMatchObject({
      status: 400,
      json: { error: expect.any(String), message: expect.any(String) },
    });
  });
});

describe('an agent', () => {
  test('logs in on a line, pauses, and logs out again', async () => {
    expect(await post('agentLogin/', { agentphonenumber: '1058', agentnumber: '8000' })).toMatchObject(EMPTY);
    expect(agentNow()).toMatchObject({ presence: 'ready', line: '1058' });
    for (const presence of ['away', 'ready']) {
      expect(await post('togglePause/', { phoneNumber: '1058' })).toMatchObject(EMPTY);
      expect(agentNow()?.presence).toBe(presence);
    }
    const to = { tenant: 'avencall', kind: 'agent', id: 'alicej' };
    await world.world.record('avencall', { to, event: { type: 'setWrapUp' } });
    await post('togglePause/', { phoneNumber: '1058' });
    expect(agentNow()?.presence).toBe('ready');
    expect(await post('agentLogout/', { phoneNumber: '1058' })).toMatchObject(EMPTY);
    expect(await post('agentLogout/', { phoneNumber: '1058' })).toMatchObject({
      status: 404,
      json: { error: 'AgentNotFound' },
    });
    expect(agentNow()?.presence).toBe('signedOut');
    expect(await post('togglePause/', { phoneNumber: '1058' })).toMatchObject({ status: 404 });
  });

  test('shares his line with nobody who logs in on it at the same moment', async () => {
    const numbers = ['8000', '8001', '8002'];
    const answers = await Promise.all(
      numbers.map((agentnumber) => post('agentLogin/', { agentphonenumber: '1101', agentnumber })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const present = ['alicej', 'bruce', 'cquefia'].filter((id) => agentNow(id)?.presence !== 'signedOut');
    expect(present).toHaveLength(1);
  });

  test('stays where he is logged in, and takes the line of another', async () => {
    await post('agentLogin/', { agentphonenumber: '1058', agentnumber: '8000' });
    expect(await post('agentLogin/', { agentphonenumber: '1058', agentnumber: '8000' })).toMatchObject(EMPTY);
    expect(await post('agentLogin/', { agentphonenumber: '1002', agentnumber: '8000' })).toMatchObject({ status: 400 });
    expect(agentNow()).toMatchObject({ presence: 'ready', line: '1058' });
    expect(await post('agentLogin/', { agentphonenumber: '1058', agentnumber: '8001' })).toMatchObject(EMPTY);
    expect(agentNow()?.presence).toBe('signedOut');
    expect(agentNow('bruce')).toMatchObject({ presence: 'ready', line: '1058' });
    await post('agentLogout/', { phoneNumber: '1058' });
    expect(agentNow('bruce')).toMatchObject({ presence: 'signedOut', line: '1059' });
  });

  test.each(['user', 'tenant'])('does not log in by his number while the %s is not enabled', async (kind) => {
    const to = { tenant: 'avencall', kind, id: kind === 'user' ? 'alicej' : 'avencall' };
    await world.world.record('avencall', { to, event: { type: 'change', set: { enabled: false } } });
    const asked = await post('agentLogin/', { agentphonenumber: '1058', agentnumber: '8000' });
    expect(asked).toMatchObject({ status: 404, json: { error: 'AgentNotFound' } });
    expect(agentNow()?.presence).toBe('signedOut');
  });

  test.each([
    ['agentLogin/', { agentphonenumber: '', agentnumber: '' }, 404],
    ['agentLogin/', { agentphonenumber: '1004', agentnumber: '8000' }, 400],
    ['agentLogin', { agentnumber: '8000' }, 400],
    ['agentLogout/', { phoneNumber: '' }, 404],
    ['togglePause/', { phoneNumber: '1002' }, 404],
  ])('%s refuses %j', async (path, body, status) => {
    expect(await post(path, body)).toMatchObject({ status, json: { error: expect.any(String) } });
  });
});

describe('the history', () => {
  const PRINTED = [
    {
      start: '2018-09-20 17:38:41',
      duration: '00:00:02',
      srcUsername: 'bruce',
      dstUsername: 'alicej',
      status: 'emitted',
    },
    {
      start: '2018-09-20 17:19:40',
      duration: '00:00:01',
      srcUsername: 'bruce',
      dstUsername: 'cquefia',
      status: 'emitted',
    },
    {
      start: '2018-09-20 17:15:00',
      duration: '00:00:18',
      srcUsername: 'cquefia',
      dstUsername: 'bruce',
      status: 'missed',
    },
    {
      start: '2018-09-20 17:14:16',
      duration: '00:00:11',
      srcUsername: 'cquefia',
      dstUsername: 'bruce',
      status: 'missed',
    },
  ];

  test('is the printed one', async () => {
    expect(await get('historyByUsername/avencall.com/bruce?size=4')).toMatchObject({ status: 200, json: PRINTED });
    expect((await get('historyByUsername/mattermost/bruce/?size=1')).json).toEqual(PRINTED.slice(0, 1));
    expect((await get('historyByUsername/x/alicej?size=9')).json).toEqual([{ ...PRINTED[0], status: 'answered' }]);
  });

  test('goes back so many days', async () => {
    await post('dial/x/bruce/', { number: '1101' });
    await world.atRest();
    const sinceMs = world.world.clock.now() - Date.parse('2018-09-20T17:15:00Z');
    const days = Math.ceil(sinceMs / 86_400_000);
    expect((await get('historyByUsername/x/bruce?days=1')).json).toMatchObject([
      { dstUsername: 'john', status: 'emitted' },
    ]);
    expect((await get(`historyByUsername/x/bruce?days=${days + 1}`)).json).toMatchObject({ length: 5 });
    expect(await get('historyByUsername/x/vmachin?days=1')).toMatchObject({ status: 200, json: [] });
  });

  test.each(['size', 'days'])('may be asked for with any number as %s, however large', async (by) => {
    for (const number of ['1000000', '9'.repeat(400)])
      expect(await get(`historyByUsername/x/bruce?${by}=${number}`)).toMatchObject({ status: 200, json: PRINTED });
  });

  test('names who is nobody here by his number, and counts hours', async () => {
    const outside = '0612345678';
    await post('dial/x/alicej/', { number: outside });
    await world.advance(2_000);
    await world.advance(3_661_000);
    await world.hands.line('avencall', '1058').hangup();
    const call = 'CALL000000001';
    await world.hands.placeCall({ tenant: 'avencall', call, from: outside, to: '1059' });
    await world.hands.hangupOutside('avencall', call);
    await world.atRest();
    expect((await get('historyByUsername/x/alicej?size=1')).json).toMatchObject([
      { duration: '01:01:03', srcUsername: 'alicej', dstUsername: outside, status: 'emitted' },
    ]);
    expect((await get('historyByUsername/x/bruce?size=1')).json).toMatchObject([
      { duration: '00:00:00', srcUsername: outside, dstUsername: 'bruce', status: 'missed' },
    ]);
  });

  test('shows a call that was passed on to each who answered it as his own', async () => {
    const alice = await world.signedOn();
    await post('dial/x/alicej/', { number: '1101' });
    await expect.poll(() => world.hands.line('avencall', '1101').answer()).toBe(true);
    await alice.seen('PhoneEvent', { eventType: 'EventEstablished' });
    alice.command('directTransfer', { destination: '1059' });
    await expect.poll(() => world.hands.line('avencall', '1059').answer()).toBe(true);
    await world.atRest();
    const rows = await Promise.all(
      ['alicej', 'john', 'bruce'].map(async (user) => (await get(`historyByUsername/x/${user}?size=1`)).json),
    );
    expect(rows).toMatchObject([
      [{ srcUsername: 'alicej', dstUsername: 'john', status: 'emitted' }],
      [{ srcUsername: 'alicej', dstUsername: 'john', status: 'answered' }],
      [{ srcUsername: 'alicej', dstUsername: 'bruce', status: 'answered' }],
    ]);
  });

  test.each(['', '?size=X', '?days=X', '?size=0', '?size=1&days=1', '?size=-1'])(
    'cannot be asked for with %s',
    async (query) => {
      expect(await get(`historyByUsername/x/bruce${query}`)).toMatchObject({ status: 400 });
    },
  );
});
