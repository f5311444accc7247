import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ANSWERED, CALL, type GivenCcs, givenCcs, OFFERED, WAITS } from './given.ts';

const LUNCH = 'demo-tenant-lunch';
const Q210 = 'az123456-f645-47b6-bd71-e9f493ff8ac9';

let ccs: GivenCcs;
beforeEach(async () => {
  ccs = await givenCcs();
});
afterEach(() => ccs.stop());

const create = async (plural: string, body: object): Promise<Response> =>
  fetch(`${ccs.url}/v1/tenants/lunchlab/${plural}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const alias = (id: string) => [{ dialect: 'ccs', id }];
const inFront = async (leadsTo: string) => {
  await create('conditional-routes', {
    id: 'hours',
    name: 'Hours',
    extension: '390',
    leadsTo,
    aliases: alias('az-cr'),
  });
  await create('vrqs', { id: 'v', name: 'VRQ1', extension: '391', leadsTo: '390', aliases: alias('az-vrq') });
};
const control = async (request: string, target: string) => {
  const { status, body } = await ccs.post(`/calls/${CALL}`, LUNCH, { request, target });
  return [status, body.reason];
};
const liveCall = async () => (await ccs.get(`/calls/${CALL}`, LUNCH)).body;

describe('conditional routes and virtual queues', () => {
  test('are listed after the queues, each to who may view its kind', async () => {
    await inFront('210');
    const names = async (token: string) =>
      (await ccs.get('/acds', token)).body.items[0].map((acd: { name: string }) => acd.name);
    expect(await names(LUNCH)).toEqual(['Q200', 'Q210', 'OB1', 'Hours', 'VRQ1']);
    const only = { 'Conditional Routes View': ['Hours'], 'VRQs View': ['VRQ1'] };
    for (const [permission, found] of Object.entries(only)) {
      const made = await create('tokens', { permissions: ['API', permission] });
      const { token } = (await made.json()) as { token: string };
      expect(await names(token)).toEqual(found);
    }
    const { body } = await ccs.get('/acds', LUNCH);
    expect(body.total).toBe(5);
    expect(body.items[0][3]).toEqual({
      uuid: 'az-cr',
      type: 'conditional_routes',
      tenant_id: 'c255052e-c560-4340-b73e-675eabc3aed3',
      name: 'Hours',
      extension: '390',
      alternate_extensions: [],
    });
  });

  test('have numbers that nothing else of their tenant has', async () => {
    expect((await create('vrqs', { name: 'Taken', extension: '210' })).status).toBe(409);
    expect((await create('vrqs', { name: 'Taken', extension: '391', alternateExtensions: ['101'] })).status).toBe(409);
  });

  test('send a waiting call on to where they lead in the end', async () => {
    await inFront('210');
    await ccs.call('lunchlab', CALL, ...WAITS);
    expect(await control('wait_redirect', 'az-vrq')).toEqual([200, undefined]);
    expect((await liveCall()).queue.uuid).toBe(Q210);
  });

  test('go by their own name where a caller dialled them, wherever he is sent', async () => {
    await inFront('200');
    const queue = { queue: 'q200', name: 'Q200' };
    const caller = { leg: 'caller', number: '501' };
    await ccs.call('lunchlab', CALL, { type: 'arrive', direction: 'inbound', to: '391', caller, queue });
    expect(await liveCall()).toMatchObject({ called_name: 'VRQ1', queue: { name: 'Q200' } });
    await control('wait_redirect', Q210);
    expect(await liveCall()).toMatchObject({ called_number: '391', called_name: 'VRQ1', queue: { name: 'Q210' } });
  });

  test('take a waiting call by their extension', async () => {
    await inFront('102');
    await ccs.call('lunchlab', CALL, ...OFFERED);
    expect(await control('wait_redirect', 'az-cr')).toEqual([400, 'Queue not found']);
    expect(await control('wait_transfer', '391')).toEqual([200, undefined]);
    expect(await liveCall()).toMatchObject({ wait_state: 'dialing', queue_position: 0 });
  });

  test('that lead in a circle, or nowhere, take none', async () => {
    await inFront('391');
    await create('vrqs', { name: 'Nowhere', extension: '392' });
    await ccs.call('lunchlab', CALL, ...WAITS);
    for (const target of ['390', '391', '392'])
      expect(await control('wait_transfer', target)).toEqual([400, 'Invalid target']);
  });
});

describe('a queue', () => {
  test('gives a call its name where its number was dialled, and not because the call waits there', async () => {
    await ccs.call('lunchlab', CALL, ...WAITS);
    expect(await liveCall()).toMatchObject({ called_number: '200', called_name: 'Q200', queue: { name: 'Q200' } });
    await control('wait_redirect', Q210);
    expect(await liveCall()).toMatchObject({ called_number: '200', called_name: 'Q200', queue: { name: 'Q210' } });
  });

  test('does not name a call to a person that was sent on to it', async () => {
    const queue = { queue: 'q210', name: 'Q210' };
    await ccs.call('lunchlab', CALL, ...ANSWERED, { type: 'blindTransfer', leg: 'ann', queue });
    expect(await liveCall()).toMatchObject({ called_number: '101', called_name: '', queue: { name: 'Q210' } });
  });
});

describe('what has no id of this dialect', () => {
  test('goes by the one it is listed with, whatever that is made of', async () => {
    const to = { tenant: 'new_centre', kind: 'tenant', id: 'new_centre' };
    const attributes = { name: 'New', telco: 'northline' };
    await ccs.world.record('new_centre', { to, event: { type: 'create', attributes } });
    const listed = (await ccs.get('/tenants', 'demo-telco-north')).body.items.at(-1);
    expect(listed.uuid).toBe('new_centre');
    expect((await ccs.get(`/tenants/${listed.uuid}`, 'demo-telco-north')).body).toMatchObject({ name: 'New' });

    await create('queues', { id: 'après-vente', name: 'Après-vente', extension: '299', members: [] });
    const acd = (await ccs.get('/acds', LUNCH)).body.items[0].find(
      ({ name }: { name: string }) => name === 'Après-vente',
    );
    await ccs.call('lunchlab', CALL, ...WAITS);
    expect(await control('wait_redirect', acd.uuid)).toEqual([200, undefined]);
    expect(await liveCall()).toMatchObject({ queue: { uuid: 'après-vente', name: 'Après-vente' } });
  });
});
