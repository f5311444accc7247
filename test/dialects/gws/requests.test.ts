import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agent } from '../../../projections/agents.ts';
import { ROUTES } from '../../../src/dialects/gws/table.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { type Gws, givenGws } from './given.ts';

describe('requests', () => {
  let gws: Gws;
  beforeAll(async () => {
    gws = await givenGws();
  });
  afterAll(() => gws.stop());

  const voice = (operationName: string, headers = {}) =>
    gws.ask({ method: 'POST', path: '/api/v2/me/channels/voice', body: { operationName }, as: 'ksippo:', headers });
  const head = () => gws.world.runtime.live.position;

  it('a read shows the moment it asks for', async () => {
    await voice('Ready');
    const then = head();
    await voice('NotReady');
    const state = async (headers: Record<string, string>) =>
      (await gws.ask({ path: '/api/v2/me/channels/voice', as: 'ksippo:', headers })).body;
    expect(await state({ 'as-of': String(then) })).toMatchObject({ channel: { userState: { state: 'Ready' } } });
    expect(await state({})).toMatchObject({ channel: { userState: { state: 'NotReady' } } });
    const future = await gws.ask({ path: '/api/v2/me', as: 'ksippo:', headers: { 'as-of': '999999' } });
    expect(future).toMatchObject({ status: 404, body: { statusCode: 6 } });
    const nonsense = await gws.ask({ path: '/api/v2/me', as: 'ksippo:', headers: { 'as-of': 'soon' } });
    expect(nonsense).toMatchObject({ status: 400, body: { statusCode: 2 } });
  });

  it('the same Idempotency-Key creates one user, and is answered the same', async () => {
    const body = { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'once', password: 'secret word' };
    const create = () =>
      gws.ask({
        method: 'POST',
        path: '/api/v2/users',
        body,
        as: 'admin:admin1',
        headers: { 'idempotency-key': 'k1' },
      });
    const first = await create();
    const before = head();
    expect((await create()).body).toEqual(first.body);
    expect(head()).toBe(before);
  });

  it('an Idempotency-Key that stands for another request is refused, and nothing is made', async () => {
    const headers = { 'idempotency-key': 'k2' };
    await voice('AuxWork', headers);
    const create = { method: 'POST', path: '/api/v2/skills', body: { name: 'Dutch' }, as: 'admin:admin1', headers };
    expect(await gws.ask(create)).toMatchObject({ status: 400, body: { statusCode: 2 } });
    const user = { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'twice', password: '' };
    expect(await gws.ask({ ...create, path: '/api/v2/users', body: user })).toMatchObject({ status: 400 });
    const skills = await gws.ask({ path: '/api/v2/skills?fields=name', as: 'admin:admin1' });
    expect(skills.text).not.toContain('Dutch');
  });

  const ADMIN = 'admin:admin1';
  const KSIPPO = '/users/63630bbebf4840d7a0bffd6312bc29ff';
  const D1 = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';
  const asked = (as: string, method: string, path: string, body?: JsonObject, headers = {}) =>
    gws.ask({ method, path: `/api/v2${path}`, as, headers, ...(body === undefined ? {} : { body }) });
  const made = async (path: string, body: JsonObject): Promise<string> =>
    String((await asked(ADMIN, 'POST', path, body)).body.id);

  it('what is sent again under its key is answered as the first time, though it is done, and records nothing', async () => {
    const names = { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT', 'ROLE_SUPERVISOR'] };
    const user = await made('/users', { ...names, userName: 'again', password: '' });
    const skill = await made('/skills', { name: 'Greek' });
    const device = await made(`/users/${user}/devices`, { phoneNumber: '15060' });
    const place = await made('/places', { name: 'Desk' });
    const state = { operationName: 'Tea', displayName: 'Tea', state: 'NotReady' };
    const settings = [{ name: 'theme', value: 'dark' }];
    const monitoring = { operationName: 'ListenIn', targetDeviceUri: `/devices/${D1}` };
    const requests: readonly (readonly [as: string, method: string, path: string, body?: JsonObject])[] = [
      [ADMIN, 'POST', '/devices', { phoneNumber: '15061' }],
      [ADMIN, 'POST', `/users/${user}/skills`, { id: skill }],
      [ADMIN, 'DELETE', `/users/${user}/skills/${skill}`],
      [ADMIN, 'DELETE', `/skills/${skill}`],
      [ADMIN, 'DELETE', `/users/${user}/features/api-voice`],
      [ADMIN, 'DELETE', `/places/${place}`],
      [ADMIN, 'DELETE', `/settings/agent-states/${await made('/settings/agent-states', state)}`],
      ['again:', 'PUT', '/me/settings/desk', { settings }],
      ['again:', 'DELETE', '/me/settings/desk'],
      ['again:', 'POST', `/me/devices/${device}`, monitoring],
      ['again:', 'POST', `/me/devices/${device}`, { operationName: 'CancelSupervisorMonitoring' }],
      ['again:', 'POST', '/me', { operationName: 'EndContactCenterSession' }],
      ['again:', 'DELETE', `/me/devices/${device}`],
      [ADMIN, 'DELETE', `/devices/${device}`],
      [ADMIN, 'PUT', `/users/${user}`, { userName: 'again.too', lastName: 'C' }],
      [ADMIN, 'DELETE', `/users/${user}`],
    ];
    for (const [nth, request] of requests.entries()) {
      const [as, method, path, body] = request;
      const send = () => asked(as, method, path, body, { 'idempotency-key': `again-${nth}` });
      const first = await send();
      expect([request, first.status]).toEqual([request, 200]);
      const before = head();
      const second = await send();
      expect([request, second.body, head()]).toEqual([request, first.body, before]);
    }
    // Without a key it is another request.
    expect(await asked(ADMIN, 'DELETE', `/skills/${skill}`)).toMatchObject({ status: 404 });
  });

  it('a password that is changed again under its key is what it was changed to', async () => {
    await made('/users', { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'pass', password: '' });
    const { headers } = await gws.ask({ path: '/api/v2/me', as: 'pass:' });
    const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const body = { operationName: 'ChangePassword', oldPassword: '', newPassword: 'long enough' };
    const change = () =>
      gws.ask({ method: 'POST', path: '/api/v2/me', body, headers: { cookie, 'idempotency-key': 'pass' } });
    expect((await change()).body).toEqual({ statusCode: 0 });
    expect((await change()).body).toEqual({ statusCode: 0 });
    expect((await gws.ask({ path: '/api/v2/me', as: 'pass:long enough' })).status).toBe(200);
  });

  it('one key has one effect, whatever it is sent with next of the same person', async () => {
    const operate = (operationName: string, more = {}) =>
      asked('ksippo:', 'POST', `/me/devices/${D1}`, { operationName, ...more }, { 'idempotency-key': 'forward' });
    const forwardTo = async () => (await asked('ksippo:', 'GET', `/me/devices/${D1}?fields=forwardTo`)).body.device;
    expect((await operate('ForwardCallsOn', { forwardTo: '15001' })).body).toEqual({ statusCode: 0 });
    expect((await operate('ForwardCallsOff')).body).toEqual({ statusCode: 0 });
    expect(await forwardTo()).toEqual({ forwardTo: '15001' });
    await asked('ksippo:', 'POST', `/me/devices/${D1}`, { operationName: 'ForwardCallsOff' });
    expect(await forwardTo()).toEqual({});
  });

  it('what is so already is answered as done, and recorded nowhere', async () => {
    const place = await made('/places', { name: 'Corner', devices: [D1] });
    const settings = { settings: [{ name: 'theme', value: 'dark' }] };
    await asked('ksippo:', 'PUT', '/me/settings/corner', settings);
    await asked(ADMIN, 'POST', `${KSIPPO}/skills`, { id: 'K1', level: '5' });
    const { user } = (await asked(ADMIN, 'GET', KSIPPO)).body as { user: JsonObject };
    const { device } = (await asked(ADMIN, 'GET', `/devices/${D1}`)).body as { device: JsonObject };
    const idle: readonly (readonly [as: string, method: string, path: string, body: JsonObject])[] = [
      [ADMIN, 'PUT', KSIPPO, {}],
      [ADMIN, 'POST', KSIPPO, {}],
      [ADMIN, 'PUT', KSIPPO, { ...user, enabled: true }],
      [ADMIN, 'PUT', '/skills/K1', { name: 'English' }],
      [ADMIN, 'PUT', `/devices/${D1}`, { phoneNumber: '15000' }],
      [ADMIN, 'PUT', `/devices/${D1}`, device],
      [ADMIN, 'PUT', `/places/${place}`, { name: 'Corner', devices: [`/devices/${D1}`] }],
      [ADMIN, 'POST', `${KSIPPO}/skills`, { id: 'K1' }],
      [ADMIN, 'PUT', `${KSIPPO}/skills/K1`, { level: '5' }],
      [ADMIN, 'POST', `${KSIPPO}/devices`, { id: D1 }],
      ['ksippo:', 'POST', '/me/devices', { phoneNumber: '15000' }],
      ['ksippo:', 'PUT', '/me/settings/corner', settings],
    ];
    const before = head();
    for (const request of idle) {
      const { status } = await asked(...request);
      expect([request, status, head()]).toEqual([request, 200, before]);
    }
  });

  it('every answer has a statusCode that is a number, and a statusMessage where it is not 0 (S002:9, 12, 21)', async () => {
    for (const { method, path } of ROUTES) {
      const body = method === 'POST' || method === 'PUT' ? {} : undefined;
      const { body: told } = await asked('peer:', method, path.replace(/:\w+/g, 'none'), body);
      const { statusCode, statusMessage, ...others } = told;
      expect([method, path, typeof statusCode]).toEqual([method, path, 'number']);
      const isError = statusCode !== 0;
      expect([method, path, typeof statusMessage]).toEqual([method, path, isError ? 'string' : 'undefined']);
      if (isError) expect([method, path, others]).toEqual([method, path, {}]);
    }
  });

  it('every uri that a list gives can be read (S002:29, 57)', async () => {
    await made('/places', { name: 'Window', devices: [D1] });
    await asked(ADMIN, 'POST', `${KSIPPO}/skills`, { id: 'K2' });
    const own = ['devices', 'skills', 'features', 'groups', 'settings'].map((name) => `${KSIPPO}/${name}`);
    const lists = ['/users', '/skills', '/devices', '/places', '/features', '/services', '/settings/agent-states'];
    for (const list of [...lists, ...own]) {
      const { uris = [] } = (await asked(ADMIN, 'GET', list)).body as { uris?: readonly string[] };
      expect([list, uris]).not.toEqual([list, []]);
      for (const uri of uris) {
        const { pathname } = new URL(uri);
        expect([uri, (await gws.ask({ path: pathname, as: ADMIN })).status]).toEqual([uri, 200]);
      }
    }
  });

  it('a program has the rights of an administrator, and is shown as one', async () => {
    const to = (kind: string) => ({ tenant: 'genesys', kind, id: 'importer' });
    const logins = [{ dialect: 'gws', name: 'importer' }];
    const attributes = { firstName: 'I', lastName: 'P', roles: ['apiuser'], logins };
    const credential = { user: 'importer', dialect: 'gws', name: 'importer', allowEmpty: true };
    await gws.world.record(
      'genesys',
      { to: to('user'), event: { type: 'create', attributes } },
      { to: to('credential'), event: { type: 'create', attributes: credential } },
    );
    expect((await asked('importer:', 'GET', '/me?fields=roles')).body.user).toEqual({ roles: ['ROLE_ADMIN'] });
    expect(await asked('importer:', 'POST', '/skills', { name: 'Danish' })).toMatchObject({ status: 200 });
  });

  it('who is renamed while he is given a password signs in by his new name', async () => {
    const person = { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'maiden', password: '' };
    const user = await made('/users', person);
    meanwhile(gws.world, () => asked(ADMIN, 'PUT', `/users/${user}`, { userName: 'married' }));
    expect(await asked(ADMIN, 'PUT', `/users/${user}`, { password: 'long enough' })).toMatchObject({ status: 200 });
    expect((await gws.ask({ path: '/api/v2/me', as: 'married:long enough' })).status).toBe(200);
  });

  it('somebody whom two make an agent at once is one, and both are told so', async () => {
    const person = { firstName: 'A', lastName: 'B', roles: ['ROLE_SUPERVISOR'], userName: 'promoted', password: '' };
    const user = await made('/users', person);
    const promote = () => asked(ADMIN, 'PUT', `/users/${user}`, { roles: ['ROLE_AGENT'] });
    meanwhile(gws.world, async () => expect(await promote()).toMatchObject({ status: 200 }));
    expect(await promote()).toMatchObject({ status: 200 });
  });

  it('an agent state that several make at once is made once', async () => {
    const body = { operationName: 'Lunch', displayName: 'Lunch', state: 'NotReady' };
    const path = '/api/v2/settings/agent-states';
    const create = () => gws.ask({ method: 'POST', path, body, as: 'admin:admin1' });
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  });

  it('history says who asked, and by which way', async () => {
    await voice('AuxWork');
    const causes: unknown[] = [];
    for await (const { transition } of gws.world.runtime.replay({ after: head() - 1, upTo: head() })) {
      causes.push(transition.data.cause);
    }
    expect(causes).toMatchObject([{ by: 'user:ksippo', via: 'gws' }]);
  });

  it('whoever works at a device that is removed is logged out', async () => {
    const made = await gws.ask({
      method: 'POST',
      path: '/api/v2/devices',
      body: { phoneNumber: '15055' },
      as: 'admin:admin1',
    });
    const to = { tenant: 'genesys', kind: 'agent', id: 'third' };
    await gws.world.record('genesys', { to, event: { type: 'signIn', line: '15055', initial: 'ready' } });
    expect(agent(gws.world.runtime.live, 'genesys', 'third')).toMatchObject({ presence: 'ready', line: '15055' });
    const path = `/api/v2/devices/${made.body.id}`;
    expect(await gws.ask({ method: 'DELETE', path, as: 'admin:admin1' })).toMatchObject({ status: 200 });
    expect(agent(gws.world.runtime.live, 'genesys', 'third')).toMatchObject({ presence: 'signedOut', line: '15002' });
  });

  it.each([
    ['a body of another type', { headers: { 'content-type': 'text/plain' }, raw: '{}' }, 415, 3],
    ['a body that is too large', { raw: `"${'x'.repeat(300_000)}"` }, 413, 3],
    ['a body nested too deeply', { raw: `${'['.repeat(64)}${']'.repeat(64)}` }, 400, 3],
    ['a body with __proto__', { raw: '{"__proto__":{"operationName":"Ready"}}' }, 400, 1],
    ['an operation that is no text', { body: { operationName: { a: 1 } } }, 400, 2],
    ['an operation of everything that is an object', { body: { operationName: 'constructor' } }, 400, 2],
    ['a useless command id', { body: { operationName: 'Ready' }, headers: { 'idempotency-key': 'a b' } }, 400, 2],
  ])('%s is refused, and nothing is recorded', async (_, asked, status, statusCode) => {
    const before = head();
    const answer = await gws.ask({ method: 'POST', path: '/api/v2/me/channels/voice', as: 'ksippo:', ...asked });
    expect(answer).toMatchObject({ status, body: { statusCode, statusMessage: expect.stringMatching(/./) } });
    expect(head()).toBe(before);
  });

  it('two people give one user skills at the same time, and both are kept', async () => {
    const user = '/api/v2/users/63630bbebf4840d7a0bffd6312bc29ff/skills';
    const give = (id: string) => gws.ask({ method: 'POST', path: user, body: { id }, as: 'admin:admin1' });
    const answers = await Promise.all([give('K1'), give('K2')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { body } = await gws.ask({ path: '/api/v2/me/skills?fields=id', as: 'ksippo:' });
    expect(body.skills).toHaveLength(2);
  });

  it('the settings of a device are read by its owner, at either address, and by an administrator', async () => {
    const device = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';
    const settings = [{ name: 'sip-contact', value: 'sip:15000@host' }];
    const to = { tenant: 'genesys', kind: 'device', id: device };
    await gws.world.runtime.submit({
      id: 'settings',
      tenant: 'genesys',
      by: 'user:admin',
      via: 'test',
      deliveries: [{ to, event: { type: 'change', set: { settings: { tserver: settings } } } }],
    });
    const read = (as: string, path: string) => gws.ask({ path: `/api/v2${path}/${device}/settings/tserver`, as });
    const told = { status: 200, body: { statusCode: 0, settings, key: 'name' } };
    expect(await read('ksippo:', '/devices')).toMatchObject(told);
    expect(await read('ksippo:', '/me/devices')).toMatchObject(told);
    expect(await read('admin:admin1', '/devices')).toMatchObject(told);
    expect(await read('peer:', '/devices')).toMatchObject({ status: 403, body: { statusCode: 5 } });
    expect(await read('peer:', '/me/devices')).toMatchObject({ status: 404, body: { statusCode: 6 } });
    const none = await gws.ask({ path: `/api/v2/me/devices/${device}/settings/none`, as: 'ksippo:' });
    expect(none).toMatchObject({ status: 404, body: { statusCode: 6 } });
  });
});
