import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { eventually } from '../../support/eventually.ts';
import { type Bayeux, givenClient, HANDSHAKE, post } from './bayeux.ts';
import { type Gws, givenGws } from './given.ts';
import { givenRingingPhones } from './phones.ts';

const D1 = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';

describe('notifications', () => {
  let gws: Gws;
  beforeEach(async () => {
    gws = await givenGws({ cometdHoldMs: 400 });
  });
  afterEach(() => gws.stop());

  const voice = (operationName: string, as = 'ksippo:') =>
    gws.ask({ method: 'POST', path: '/api/v2/me/channels/voice', body: { operationName }, as });
  const states = (messages: readonly JsonObject[]) =>
    messages.flatMap(({ channel, data }) => {
      const { devices } = data as { devices?: { userState: { displayName: string } }[] };
      return channel === '/v2/me/devices' && devices?.[0] !== undefined ? [devices[0].userState.displayName] : [];
    });

  it('a handshake gives a client id, by either address, as an array or alone (C01, C02)', async () => {
    for (const [path, body] of [
      ['/api/v2/notifications/handshake', [HANDSHAKE]],
      ['/api/v2/notifications', [{ ...HANDSHAKE, minimumVersion: undefined }]],
      ['/cloud-web/api/v2/notifications/', HANDSHAKE],
    ] as const) {
      const told = await post(gws, 'ksippo:', body, path);
      expect(told.headers.get('content-type')).toBe('application/json;charset=UTF-8');
      expect(JSON.parse(told.text)).toMatchObject([
        {
          channel: '/meta/handshake',
          id: '1',
          version: '1.0',
          minimumVersion: '1.0',
          successful: true,
          clientId: expect.stringMatching(/./),
          supportedConnectionTypes: ['long-polling'],
          advice: { reconnect: 'retry', interval: 0, timeout: 400 },
        },
      ]);
      const cookies = told.headers.getSetCookie();
      expect(cookies).toEqual([expect.stringMatching(/^JSESSIONID=/), expect.stringMatching(/^BAYEUX_BROWSER=/)]);
    }
  });

  it('each kind of message is taken at the address where clients send it, and what is due comes with any answer (B1)', async () => {
    const client = await givenClient(gws, 'ksippo:');
    const at = (path: string, message: JsonObject) => client.send(message, `/api/v2/notifications${path}`);
    const connect = { channel: '/meta/connect', connectionType: 'long-polling', advice: { timeout: 0 } };
    expect(await at('/connect', connect)).toMatchObject([{ id: '2', clientId: client.clientId, successful: true }]);
    const subscribe = { channel: '/meta/subscribe', subscription: '/v2/me/devices' };
    expect(await at('/', subscribe)).toMatchObject([{ id: '3', subscription: '/v2/me/devices', successful: true }]);
    await voice('Ready');
    await eventually('it is told', async () => {
      const told = await at('/', { channel: '/meta/subscribe', subscription: '/v2/me/calls' });
      return states(told.filter(({ data }) => data !== undefined)).includes('Ready') || undefined;
    });
    const unsubscribe = { channel: '/meta/unsubscribe', subscription: '/v2/me/calls' };
    expect(await at('/', unsubscribe)).toMatchObject([{ subscription: '/v2/me/calls', successful: true }]);
    expect(await at('/disconnect', { channel: '/meta/disconnect' })).toMatchObject([{ successful: true }]);
    expect(await at('/connect', connect)).toMatchObject([{ successful: false, error: '402::Unknown client' }]);
  });

  it('one person takes a hundred places at most, and nobody else’s', async () => {
    const shake = async (as: string) =>
      (JSON.parse((await post(gws, as, [HANDSHAKE])).text) as { successful: boolean }[])[0]?.successful;
    for (let times = 1; times <= 100; times += 1) expect(await shake('ksippo:')).toBe(true);
    expect(await shake('ksippo:')).toBe(false);
    expect(await shake('peer:')).toBe(true);
  });

  it('without credentials there is no handshake (C17)', async () => {
    const told = await post(gws, undefined, [HANDSHAKE], '/api/v2/notifications/handshake');
    expect(told).toMatchObject({ status: 403, body: { statusCode: 5, statusMessage: 'Access denied' } });
  });

  it('an unknown client is told to shake hands again, and so is one of another person (C14)', async () => {
    const unknown = { successful: false, error: expect.stringMatching(/^402/), advice: { reconnect: 'handshake' } };
    const connect = { id: '7', channel: '/meta/connect', connectionType: 'long-polling' };
    const stranger = await post(gws, 'ksippo:', [{ ...connect, clientId: 'none' }]);
    expect(JSON.parse(stranger.text)).toMatchObject([unknown]);
    const { clientId } = await givenClient(gws, 'ksippo:');
    const thief = await post(gws, 'peer:', [{ ...connect, clientId }]);
    expect(JSON.parse(thief.text)).toMatchObject([unknown]);
  });

  it('a change of state is told once on each channel, with its position (C03, C06)', async () => {
    const client = await givenClient(gws, 'ksippo:');
    expect(
      await client.send({ channel: '/meta/connect', connectionType: 'long-polling', advice: { timeout: 0 } }),
    ).toMatchObject([{ channel: '/meta/connect', successful: true, advice: { reconnect: 'retry' } }]);
    expect(await client.subscribe('/v2/me/*')).toMatchObject([{ subscription: '/v2/me/*', successful: true }]);
    await voice('NotReady');
    const received = await client.receive(2);
    const position = gws.world.runtime.live.position;
    expect(received).toEqual([
      {
        channel: '/v2/me/devices',
        data: {
          messageType: 'DeviceStateChangeMessage',
          devices: [
            expect.objectContaining({
              id: D1,
              phoneNumber: '15000',
              userState: {
                id: '900D55CC-2BB0-431F-8BF9-D3525B383BE6',
                displayName: 'Not Ready',
                state: 'NotReady',
              },
            }),
          ],
        },
        ext: { position },
      },
      {
        channel: '/v2/me/channels',
        data: {
          messageType: 'ChannelStateChangeMessage',
          channels: [{ channel: 'voice', userState: expect.objectContaining({ state: 'NotReady' }) }],
        },
        ext: { position },
      },
    ]);
    expect(await client.pending()).toEqual([]);
  });

  it.each(['/v2/me/devices', '/v2/me/*', '/v2/me/**', '/**', '/v2/**'])(
    'the pattern %s hears of devices',
    async (pattern) => {
      const client = await givenClient(gws, 'ksippo:');
      await client.subscribe(pattern);
      await voice('Ready');
      expect(states(await client.receive(1))).toEqual(['Ready']);
    },
  );

  it('who loses his last device is told of his channel alone', async () => {
    await voice('Ready');
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/*');
    await gws.ask({ method: 'DELETE', path: `/api/v2/me/devices/${D1}`, as: 'ksippo:' });
    expect(await client.receive(1)).toMatchObject([
      { channel: '/v2/me/channels', data: { channels: [{ userState: { state: 'LoggedOut' } }] } },
    ]);
    expect(await client.pending()).toEqual([]);
  });

  it('do not disturb and forwarding are told of devices, and nothing of channels', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/*');
    const operate = (body: JsonObject) =>
      gws.ask({ method: 'POST', path: `/api/v2/me/devices/${D1}`, body, as: 'ksippo:' });
    await operate({ operationName: 'DoNotDisturbOn' });
    await operate({ operationName: 'ForwardCallsOn', forwardTo: '15001' });
    expect(await client.receive(2)).toMatchObject([
      { channel: '/v2/me/devices', data: { devices: [{ doNotDisturb: 'On' }] } },
      { channel: '/v2/me/devices', data: { devices: [{ forwardTo: '15001' }] } },
    ]);
    expect(await client.pending()).toEqual([]);
  });

  it('two patterns that both fit tell an event once; a pattern that does not fit tells nothing', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe(['/v2/me/devices', '/**', '/v2/*', '/v2/me/calls']);
    await voice('Ready');
    expect((await client.receive(2)).map(({ channel }) => channel)).toEqual(['/v2/me/devices', '/v2/me/channels']);
    expect(await client.pending()).toEqual([]);
    const deaf = await givenClient(gws, 'ksippo:');
    await deaf.subscribe(['/v2/*', '/v2/me/calls']);
    await voice('NotReady');
    expect(await deaf.pending()).toEqual([]);
  });

  it('of a handshake with since every early subscription hears everything from there', async () => {
    const start = gws.world.runtime.live.position;
    await voice('Ready');
    const client = await givenClient(gws, 'ksippo:', start);
    await voice('AuxWork');
    await client.subscribe('/v2/me/devices');
    expect(states(await client.receive(2))).toEqual(['Ready', 'AuxWork']);
    await client.subscribe('/v2/me/channels');
    expect((await client.receive(2)).map(({ channel }) => channel)).toEqual(['/v2/me/channels', '/v2/me/channels']);
    await voice('NotReady');
    expect((await client.receive(2)).map(({ channel }) => channel)).toEqual(['/v2/me/devices', '/v2/me/channels']);
    expect(await client.pending()).toEqual([]);
  });

  it('who unsubscribes hears nothing until he subscribes again, and nothing then of what was before', async () => {
    const client = await givenClient(gws, 'ksippo:', gws.world.runtime.live.position);
    await client.subscribe('/v2/me/devices');
    await voice('Ready');
    expect(states(await client.receive(1))).toEqual(['Ready']);
    await client.send({ channel: '/meta/unsubscribe', subscription: '/v2/me/devices' });
    await voice('NotReady');
    expect(await client.pending()).toEqual([]);
    await client.subscribe('/v2/me/devices');
    await voice('AuxWork');
    expect(states(await client.receive(1))).toEqual(['AuxWork']);
    expect(await client.pending()).toEqual([]);
  });

  it('a subscription said twice tells nothing twice', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/devices');
    await voice('Ready');
    expect(states(await client.receive(1))).toEqual(['Ready']);
    await client.subscribe('/v2/me/devices');
    await voice('NotReady');
    expect(states(await client.receive(1))).toEqual(['Not Ready']);
    expect(await client.pending()).toEqual([]);
  });

  it('one pattern that begins earlier than another hears what they share from its own beginning', async () => {
    const start = gws.world.runtime.live.position;
    await voice('Ready');
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/*');
    await voice('AuxWork');
    expect(states(await client.receive(2))).toEqual(['AuxWork']);
    await client.subscribe('/v2/me/devices', { since: start });
    expect(states(await client.receive(1))).toEqual(['Ready']);
    expect(await client.pending()).toEqual([]);
  });

  it('a subscription hears what comes from then on, unless it says since when', async () => {
    const client = await givenClient(gws, 'ksippo:');
    await voice('AuxWork');
    await client.subscribe('/v2/me/calls');
    const start = gws.world.runtime.live.position;
    await voice('Ready');
    await client.subscribe('/v2/me/devices');
    await voice('NotReady');
    expect(states(await client.receive(1))).toEqual(['Not Ready']);
    await client.subscribe('/v2/me/channels', { since: start });
    expect((await client.receive(2)).map(({ channel }) => channel)).toEqual(['/v2/me/channels', '/v2/me/channels']);
    expect(await client.pending()).toEqual([]);
  });

  it('nobody hears what is said to another (C13)', async () => {
    const other = await givenClient(gws, 'peer:');
    await other.subscribe('/**');
    await voice('Ready');
    await voice('Ready', 'peer:');
    const received = await other.receive(2);
    expect(JSON.stringify(received)).not.toContain(D1);
    expect(await other.pending()).toEqual([]);
  });

  it('a handshake with since goes on where the client left off, and misses nothing', async () => {
    const first = await givenClient(gws, 'ksippo:');
    await first.subscribe('/v2/me/devices');
    await voice('Ready');
    const { position } = (await firstOf(first)).ext as { position: number };
    await voice('NotReady');
    await voice('AuxWork');
    const second = await givenClient(gws, 'ksippo:', position);
    await second.subscribe('/v2/me/devices');
    expect(states(await second.receive(2))).toEqual(['Not Ready', 'AuxWork']);
    await voice('Ready');
    expect(states(await second.receive(1))).toEqual(['Ready']);
  });

  it('who comes again is told whom he began to listen to meanwhile, and that he listens no more', async () => {
    const person = { firstName: 'S', lastName: 'V', userName: 'sup', password: '' };
    const roles = ['ROLE_AGENT', 'ROLE_SUPERVISOR'];
    await gws.ask({ method: 'POST', path: '/api/v2/users', body: { ...person, roles }, as: 'admin:admin1' });
    const post = (path: string, body: JsonObject) =>
      gws.ask({ method: 'POST', path: `/api/v2/me${path}`, body, as: 'sup:' });
    const { body } = await post('/devices', { phoneNumber: '17000' });
    const operate = (more: JsonObject) => post(`/devices/${body.id}`, more);
    const heard = async (since: number): Promise<unknown[]> => {
      const client = await givenClient(gws, 'sup:', since);
      await client.subscribe('/v2/me/*');
      return (await client.receive(1)).flatMap(({ data }) => {
        const { devices } = data as { devices: { supervisorMonitoringState?: { state: string } }[] };
        return devices.map(({ supervisorMonitoringState }) => supervisorMonitoringState?.state);
      });
    };
    const before = gws.world.runtime.live.position;
    expect((await operate({ operationName: 'ListenIn', targetDeviceUri: `/devices/${D1}` })).status).toBe(200);
    expect(await heard(before)).toEqual(['ListenIn']);
    const between = gws.world.runtime.live.position;
    expect((await operate({ operationName: 'CancelSupervisorMonitoring' })).status).toBe(200);
    expect(await heard(between)).toEqual([undefined]);
  });

  it('a long backlog is told in order, as fast as the client takes it', async () => {
    const start = gws.world.runtime.live.position;
    for (let round = 0; round < 350; round += 1) await voice(round % 2 === 0 ? 'Ready' : 'NotReady');
    const client = await givenClient(gws, 'ksippo:', start);
    await client.subscribe('/v2/me/*');
    const received = await client.receive(700);
    const positions = received.map(({ ext }) => (ext as { position: number }).position);
    expect(received).toHaveLength(700);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('a disconnect answers the connect that is held (C16)', async () => {
    await gws.stop();
    gws = await givenGws({ cometdHoldMs: 20_000 });
    const client = await givenClient(gws, 'ksippo:');
    const held = client.send({ channel: '/meta/connect', connectionType: 'long-polling' });
    // A round trip on another connection: the connect has arrived by then.
    await client.subscribe('/v2/me');
    const [answer] = await client.send({ channel: '/meta/disconnect' });
    expect(answer).toMatchObject({ channel: '/meta/disconnect', successful: true });
    expect((await held).at(-1)).toMatchObject({ channel: '/meta/connect', successful: true });
  });

  it('clients publish nothing, and see other peoples passwords change only as administrators', async () => {
    const agent = await givenClient(gws, 'ksippo:');
    expect(await agent.send({ channel: '/v2/me/devices', data: { devices: [] } })).toMatchObject([
      { successful: false },
    ]);
    expect(await agent.subscribe('/v2/users')).toMatchObject([{ successful: false }]);
    await agent.subscribe('/v2/me');
    const admin = await givenClient(gws, 'admin:admin1');
    expect(await admin.subscribe('/v2/users')).toMatchObject([{ successful: true }]);
    const change = (oldPassword: string, newPassword: string) =>
      gws.ask({
        method: 'POST',
        path: '/api/v2/me',
        body: { operationName: 'ChangePassword', oldPassword, newPassword },
        as: 'ksippo:',
      });
    expect((await change('wrong', 'long enough')).status).toBe(400);
    expect((await change('', 'short')).status).toBe(400);
    expect((await change('', 'long enough')).body).toEqual({ statusCode: 0 });
    const notice = (type: string) => ({ messageType: type, notificationType: type });
    const successful = notice('PasswordChangeSuccessful');
    const refused = notice('PasswordChangeError');
    const wrongOld = { ...refused, errorCode: 2, errorMessage: 'Old password is wrong' };
    const tooWeak = { ...refused, errorCode: 1, errorMessage: 'New password is too weak' };
    const told = await post(gws, 'ksippo:long enough', [
      {
        id: '9',
        clientId: agent.clientId,
        channel: '/meta/connect',
        connectionType: 'long-polling',
        advice: { timeout: 0 },
      },
    ]);
    expect(JSON.parse(told.text)).toMatchObject([
      { channel: '/v2/me', data: wrongOld },
      { channel: '/v2/me', data: tooWeak },
      { channel: '/v2/me', data: successful },
      { channel: '/meta/connect' },
    ]);
    const whose = {
      userId: '63630bbebf4840d7a0bffd6312bc29ff',
      userUri: 'http://127.0.0.1/cloud-web/api/v2/users/63630bbebf4840d7a0bffd6312bc29ff',
    };
    expect(await admin.receive(3)).toMatchObject([
      { channel: '/v2/users', data: { ...wrongOld, ...whose } },
      { channel: '/v2/users', data: { ...tooWeak, ...whose } },
      { channel: '/v2/users', data: { ...successful, ...whose } },
    ]);
  });

  it('who is a supervisor no more has to come again, and hears of nobody else', async () => {
    const person = { firstName: 'S', lastName: 'V', userName: 'sup', password: '', roles: ['ROLE_SUPERVISOR'] };
    const made = await gws.ask({ method: 'POST', path: '/api/v2/users', body: person, as: 'admin:admin1' });
    const former = await givenClient(gws, 'sup:');
    expect(await former.subscribe('/v2/users')).toMatchObject([{ successful: true }]);
    const agent = { roles: ['ROLE_AGENT'] };
    await gws.ask({ method: 'PUT', path: `/api/v2/users/${made.body.id}`, body: agent, as: 'admin:admin1' });
    expect(await former.send({ channel: '/meta/connect', connectionType: 'long-polling' })).toMatchObject([
      { successful: false, error: '402::Unknown client', advice: { reconnect: 'handshake' } },
    ]);
    expect(await (await givenClient(gws, 'sup:')).subscribe('/v2/users')).toMatchObject([{ successful: false }]);
  });

  it.each([
    ['no JSON', '['],
    ['an empty array', '[]'],
    ['a channel that is a name of the language', '[{"channel":"__proto__","id":"1"}]'],
    [
      'a subscription that is one',
      '[{"channel":"/meta/subscribe","id":"1","clientId":"x","subscription":"constructor"}]',
    ],
    ['two clients at once', '[{"channel":"/meta/connect","clientId":"a"},{"channel":"/meta/connect","clientId":"b"}]'],
  ])('%s is refused', async (_, raw) => {
    const told = await gws.ask({ method: 'POST', path: '/api/v2/notifications', raw, as: 'ksippo:' });
    expect(told).toMatchObject({ status: 400, body: { statusMessage: expect.stringMatching(/./) } });
  });

  it('a call is told to both ends, step by step (C08-C12)', async () => {
    const stopPhones = givenRingingPhones(gws.world);
    const caller = await givenClient(gws, 'ksippo:');
    const called = await givenClient(gws, 'peer:');
    await caller.subscribe('/v2/me/calls');
    await called.subscribe('/v2/me/calls');
    const told = async (client: typeof caller) => {
      const { call, ...data } = (await firstOf(client)).data as { call: JsonObject };
      return { call, data };
    };
    const operate = (as: string, id: unknown, operationName: string, more: JsonObject = {}) =>
      gws.ask({ method: 'POST', path: `/api/v2/me/calls/${id}`, body: { operationName, ...more }, as });
    const dial = { operationName: 'Dial', destination: { phoneNumber: '15001' } };
    await gws.ask({ method: 'POST', path: `/api/v2/me/devices/${D1}/calls`, body: dial, as: 'ksippo:' });

    const dialing = await told(caller);
    expect(dialing.data).toEqual({
      messageType: 'CallStateChangeMessage',
      notificationType: 'StatusChange',
      phoneNumber: '15000',
      extensions: { BusinessCall: 0 },
    });
    expect(dialing.call).toMatchObject({ state: 'Dialing' });
    const ringing = await told(called);
    expect(ringing.call).toMatchObject({ state: 'Ringing', capabilities: expect.arrayContaining(['Answer']) });
    const { id } = ringing.call;

    await operate('peer:', id, 'Answer');
    expect((await told(caller)).call).toMatchObject({ state: 'Established' });
    expect((await told(called)).call).toMatchObject({ state: 'Established' });
    await operate('ksippo:', id, 'Hold');
    expect((await told(caller)).call).toMatchObject({
      state: 'Held',
      capabilities: expect.arrayContaining(['Retrieve']),
    });
    await operate('ksippo:', id, 'UpdateUserData', { userData: { a: 'b' } });
    const data = await told(caller);
    expect(data).toMatchObject({ data: { notificationType: 'AttachedDataChanged' }, call: { userData: { a: 'b' } } });
    expect(data.data).not.toHaveProperty('extensions');
    expect(await told(called)).toMatchObject({ data: { notificationType: 'AttachedDataChanged' } });
    await operate('ksippo:', id, 'Hangup');
    expect((await told(caller)).call).toMatchObject({ state: 'Released', capabilities: [] });
    expect((await told(called)).call).toMatchObject({ state: 'Released', capabilities: [] });
    expect(await caller.pending()).toEqual([]);
    stopPhones();
  });

  it('in ext an operation that is refused, and a call that fails, tell why', async () => {
    await gws.stop();
    gws = await givenGws({ cometdHoldMs: 400, profile: 'ext' });
    const stopPhones = givenRingingPhones(gws.world);
    const client = await givenClient(gws, 'ksippo:');
    await client.subscribe('/v2/me/calls');
    const dial = { operationName: 'Dial', destination: '15001' };
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: { operationName: 'Dial' }, as: 'ksippo:' });
    const why = expect.stringContaining('destination');
    expect(await client.receive(1)).toMatchObject([
      { data: { messageType: 'EventError', errorCode: 1, errorMessage: why, operationName: 'Dial' } },
    ]);
    await gws.ask({ method: 'POST', path: '/api/v2/me/calls', body: dial, as: 'ksippo:' });
    const call = await eventually('it rings', async () => {
      const { body } = await gws.ask({ path: '/api/v2/me/calls?fields=*', as: 'peer:' });
      return (body.calls as JsonObject[])[0];
    });
    const reject = { operationName: 'Reject' };
    await gws.ask({ method: 'POST', path: `/api/v2/me/calls/${call.id}`, body: reject, as: 'peer:' });
    expect(await client.receive(3)).toMatchObject([
      { data: { call: { state: 'Dialing' } } },
      { data: { call: { state: 'Released' } } },
      { data: { messageType: 'EventError', errorMessage: 'Call failed: rejected', operationName: 'Dial' } },
    ]);
    stopPhones();
  });
});

async function firstOf(client: Bayeux): Promise<JsonObject> {
  const [message] = await client.receive(1);
  if (message === undefined) throw new Error('nothing came');
  return message;
}
