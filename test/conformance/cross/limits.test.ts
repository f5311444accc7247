/** xivo-ccs.md §1.3.1–1.3.3: what a tenant's limits count, and that they hold, through whichever door a record comes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Centre, givenCentre } from './given.ts';

const TENANT = '/tenants/c255052e-c560-4340-b73e-675eabc3aed3';
const NORTH = 'demo-telco-north';

describe('the limits of a tenant', () => {
  let centre: Centre;
  beforeEach(async () => {
    centre = await givenCentre();
  });
  afterEach(() => centre.stop());

  const counts = async () => {
    const { max_queues_count, max_agents_count, rec_extn_count, monitor_ext_count, multimedia_licenses_count } =
      await centre.ccs(`GET ${TENANT}`, undefined, NORTH);
    return [max_queues_count, max_agents_count, rec_extn_count, monitor_ext_count, multimedia_licenses_count];
  };
  const limit = (limits: object) => centre.ccs(`PUT ${TENANT}`, limits, NORTH);
  const native = (request: string, body?: object, key?: string) =>
    centre.told(request.replace(' ', ' /v1/tenants/lunchlab'), {
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test('count what the native API makes, changes and removes', async () => {
    expect(await counts()).toEqual([2, 3, 0, 0, 0]);
    await native('POST /queues', { id: 'q300', name: 'Q300', extension: '300', members: [] });
    await native('POST /extensions', { id: 'e104', number: '104', isAgent: true, recording: 'mandatory' });
    expect(await counts()).toEqual([3, 4, 1, 0, 0]);
    await native('PATCH /extensions/e104', { isAgent: false, recording: null, monitored: true, multimedia: true });
    expect(await counts()).toEqual([3, 3, 0, 1, 1]);
    await native('DELETE /extensions/e104');
    await native('DELETE /queues/q300');
    expect(await counts()).toEqual([2, 3, 0, 0, 0]);
  });

  test('hold there as they do here, and a request repeated under its key is answered as the first time', async () => {
    await limit({ max_queues: '3', max_agents: '3' });
    const queue = { id: 'q300', name: 'Q300', extension: '300', members: [] };
    const [first, again] = [await native('POST /queues', queue, 'one'), await native('POST /queues', queue, 'one')];
    expect([first.status, again.status]).toEqual([201, 201]);
    const other = { ...queue, id: 'q301', name: 'Q301', extension: '301' };
    expect(await native('POST /queues', other)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await native('POST /queues', other, 'one')).status).toBe(422);
    const extension = { id: 'e104', number: '104' };
    expect((await native('POST /extensions', { ...extension, isAgent: true })).status).toBe(409);
    expect((await native('POST /extensions', extension)).status).toBe(201);
    expect((await native('PATCH /extensions/e104', { isAgent: true })).status).toBe(409);
    expect(await counts()).toEqual([3, 3, 0, 0, 0]);
  });

  test('are not exceeded by many who ask at once, through two doors', async () => {
    await limit({ monitor_ext_limit: '2' });
    const here = ['5cca-4ff1-874e-dc1c92d6de64', '30b7-4b06-9d87-7607033e2712'].map((tail) =>
      centre.told(`PUT /6/v2/api${TENANT}/extensions/az123456-${tail}`, {
        headers: { authorization: `Bearer ${NORTH}`, 'content-type': 'application/json' },
        body: JSON.stringify({ monitor: 'true' }),
      }),
    );
    const there = ['104', '105', '106'].map((number) => native('POST /extensions', { number, monitored: true }));
    const answers = await Promise.all([...here, ...there]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(2);
    expect((await counts())[3]).toBe(2);
  });

  test('hold for the devices of GWS, each of which is an extension', async () => {
    await centre.told('PATCH /v1/tenants/genesys', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ agentsMax: 4 }),
    });
    const device = (phoneNumber: string) =>
      centre.told('POST /api/v2/devices', {
        headers: { authorization: `Basic ${btoa('admin:admin1')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ phoneNumber }),
      });
    expect((await device('16000')).status).toBe(200);
    expect(await device('16001')).toMatchObject({ status: 403, body: { statusCode: 3 } });
  });
});
