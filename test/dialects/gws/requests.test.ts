import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agent } from '../../../projections/agents.ts';
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
