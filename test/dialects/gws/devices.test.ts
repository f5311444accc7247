import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agent } from '../../../projections/agents.ts';
import { entry } from '../../../projections/directory.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { type Gws, givenGws, URI_BASE } from './given.ts';

describe('an extension without a device', () => {
  let gws: Gws;
  beforeEach(async () => {
    gws = await givenGws();
    const actor = (kind: string) => ({ tenant: 'genesys', kind, id: 'ann' });
    const ann = { firstName: 'Ann', lastName: 'Archer', roles: ['agent'], agent: 'ann', extensions: ['ann'] };
    await gws.world.record(
      'genesys',
      { to: actor('agent'), event: { type: 'create', line: '200' } },
      { to: actor('user'), event: { type: 'create', attributes: ann } },
      { to: actor('extension'), event: { type: 'create', attributes: { number: '200', user: 'ann', isAgent: true } } },
    );
  });
  afterEach(() => gws.stop());

  const asked = (method: string, path: string, body?: object) =>
    gws.ask({ method, path: `/api/v2${path}`, as: 'admin:admin1', ...(body === undefined ? {} : { body }) });

  it('is a device of its owner, which can be read where its uri says', async () => {
    const { body } = await asked('GET', '/users/ann/devices');
    expect(body.uris).toEqual([expect.stringMatching(/\/devices\/ann$/)]);
    expect(await asked('GET', '/devices/ann')).toMatchObject({ body: { device: { id: 'ann', phoneNumber: '200' } } });
    const all = await asked('GET', '/devices');
    expect(all.body.uris).toEqual(expect.arrayContaining(body.uris as string[]));
    expect(all.body.uris).toHaveLength(4);
  });

  it('is not changed, removed or given away as one', async () => {
    const refused = { status: 403, body: { statusCode: 3 } };
    expect(await asked('PUT', '/devices/ann', { description: 'x' })).toMatchObject(refused);
    expect(await asked('DELETE', '/devices/ann')).toMatchObject(refused);
    expect(await asked('DELETE', '/users/ann/devices/ann')).toMatchObject(refused);
    const ksippo = '63630bbebf4840d7a0bffd6312bc29ff';
    expect(await asked('POST', `/users/${ksippo}/devices`, { uri: '/devices/ann' })).toMatchObject(refused);
    expect(await asked('POST', '/places', { name: 'desk', devices: ['/devices/ann'] })).toMatchObject(refused);
  });

  it('beside which a device says what nobody sets here (§1.3)', async () => {
    const device = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';
    const to = { tenant: 'genesys', kind: 'device', id: device };
    await gws.world.record('genesys', {
      to,
      event: { type: 'change', set: { active: false, voiceEnvironment: 've' } },
    });
    const { body } = await asked('GET', `/devices/${device}?fields=deviceState,voiceEnvironmentUri`);
    const voiceEnvironmentUri = `${URI_BASE}/voice-environments/ve`;
    expect(body.device).toEqual({ deviceState: 'Inactive', voiceEnvironmentUri });
  });

  it('is none once it is nobody’s', async () => {
    const device = '7542eb95-8f1c-4b90-bb2a-1b34578a4627';
    expect(await asked('DELETE', `/devices/${device}`)).toMatchObject({ status: 200 });
    expect((await asked('GET', '/devices?fields=phoneNumber')).body.devices).not.toContainEqual({
      phoneNumber: '15000',
    });
    expect(await asked('GET', '/devices/15000')).toMatchObject({ status: 404 });
  });

  it('gets its device as its owner’s, and goes with it to another', async () => {
    const { body } = await asked('POST', '/devices', { phoneNumber: '200' });
    const numbers = async (user: string) =>
      (await asked('GET', `/users/${user}/devices?fields=id,phoneNumber`)).body.devices;
    expect(await numbers('ann')).toEqual([{ id: body.id, phoneNumber: '200' }]);
    await asked('POST', '/users/peer/devices', { id: body.id });
    expect(await numbers('ann')).toEqual([]);
    expect(await numbers('peer')).toContainEqual({ id: body.id, phoneNumber: '200' });
  });
});

describe('a device that several want at once', () => {
  let gws: Gws;
  beforeEach(async () => {
    gws = await givenGws();
  });
  afterEach(() => gws.stop());

  const PEOPLE = ['ksippo:', 'peer:', 'third:'];
  /** The device that peer has from the beginning. */
  const PEERS = '7542eb95-8f1c-4b90-bb2a-1b34578a4601';
  const made = async (path: string, body: object): Promise<string> =>
    String((await gws.ask({ method: 'POST', path: `/api/v2${path}`, body, as: 'admin:admin1' })).body.id);
  const atOnce = (path: string, body: object) =>
    Promise.all(PEOPLE.map((as) => gws.ask({ method: 'POST', path: `/api/v2${path}`, body, as })));
  const owners = async (id: string): Promise<readonly string[]> => {
    const asked = PEOPLE.map((as) => gws.ask({ path: `/api/v2/me/devices/${id}`, as }));
    const told = await Promise.all(asked);
    return PEOPLE.filter((_, index) => told[index]?.status === 200);
  };

  it('is the last one’s alone', async () => {
    const id = await made('/devices', { phoneNumber: '4000' });
    const answers = await atOnce('/me/devices', { phoneNumber: '4000' });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await owners(id)).toHaveLength(1);
  });

  it('is lent by its place to one', async () => {
    const id = await made('/devices', { phoneNumber: '4000' });
    await made('/places', { name: 'Desk', devices: [id] });
    const start = { operationName: 'StartContactCenterSession', channels: ['voice'], place: 'Desk' };
    const answers = await atOnce('/me', start);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect(await owners(id)).toHaveLength(1);
  });

  const takes = (as: string, phoneNumber: string) =>
    gws.ask({ method: 'POST', path: '/api/v2/me/devices', body: { phoneNumber }, as });

  it('goes from whoever took it meanwhile when it is removed', async () => {
    const id = await made('/devices', { phoneNumber: '4000' });
    await gws.ask({ method: 'DELETE', path: `/api/v2/me/devices/${PEERS}`, as: 'peer:' });
    meanwhile(gws.world, () => takes('peer:', '4000'));
    const removed = await gws.ask({ method: 'DELETE', path: `/api/v2/devices/${id}`, as: 'admin:admin1' });
    expect(removed.status).toBe(200);
    const { runtime } = gws.world;
    expect(agent(runtime.live, 'genesys', 'peer')?.context.phone.homeLine).toBeNull();
    expect(entry(runtime.live, { tenant: 'genesys', kind: 'user', id: 'peer' })?.attributes.devices).toEqual([]);
  });

  it('is nobody’s when it was given meanwhile to a user who is removed', async () => {
    const names = { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'gone', password: '' };
    const user = await made('/users', names);
    const id = await made('/devices', { phoneNumber: '4000' });
    meanwhile(gws.world, () => made(`/users/${user}/devices`, { phoneNumber: '4000' }));
    const removed = await gws.ask({ method: 'DELETE', path: `/api/v2/users/${user}`, as: 'admin:admin1' });
    expect(removed.status).toBe(200);
    const { live } = gws.world.runtime;
    for (const kind of ['device', 'extension'] as const)
      expect(entry(live, { tenant: 'genesys', kind, id })?.attributes).not.toHaveProperty('user');
  });

  it('is kept by whoever took it meanwhile from a user who is removed', async () => {
    const names = { firstName: 'A', lastName: 'B', roles: ['ROLE_AGENT'], userName: 'gone', password: '' };
    const user = await made('/users', names);
    const id = await made(`/users/${user}/devices`, { phoneNumber: '4000' });
    meanwhile(gws.world, () => takes('peer:', '4000'));
    const removed = await gws.ask({ method: 'DELETE', path: `/api/v2/users/${user}`, as: 'admin:admin1' });
    expect(removed.status).toBe(200);
    const { live } = gws.world.runtime;
    expect(entry(live, { tenant: 'genesys', kind: 'device', id })?.attributes.user).toBe('peer');
    expect(entry(live, { tenant: 'genesys', kind: 'extension', id })?.attributes.user).toBe('peer');
  });
});
