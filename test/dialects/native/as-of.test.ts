import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

let served: Served;
let call: Call;
const ACME = '/v1/tenants/acme';

beforeAll(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  expect(await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' })).toMatchObject({ status: 201 });
});
afterAll(() => served.stop());

test('every GET takes As-Of or refuses it: none answers with the present instead', async () => {
  const { paths } = (await call('GET', '/openapi.json')).body;
  const read = Object.entries(paths as Record<string, JsonObject>).filter(([, operations]) => 'get' in operations);
  expect(read.length).toBeGreaterThan(50);
  const answers = await Promise.all(
    read.map(async ([path]) => {
      const asked = path.replace('{tenant}', 'acme').replace(/\{\w+\}/g, 'x');
      return { path, code: (await call('GET', asked, undefined, { 'as-of': '9999999' })).body.code };
    }),
  );
  const present = answers.filter(({ code }) => code === 'badParameter').map(({ path }) => path);
  expect(answers.filter(({ code }) => code !== 'badParameter' && code !== 'momentUnavailable')).toEqual([
    { path: '/v1/events/ws', code: 'upgrade' },
  ]);
  expect(present).toEqual(['/v1/events']);
});

test('tokens and credentials are listed as they were', async () => {
  await call('POST', `${ACME}/users`, { id: 'ann', firstName: 'Ann', lastName: 'Archer', roles: [] });
  const before = { 'as-of': `${served.world.runtime.live.position}` };
  await call('POST', `${ACME}/tokens`, { label: 'new' });
  await call('POST', `${ACME}/users/ann/credentials`, { dialect: 'gws', name: 'ann', password: 'secret-word' });
  for (const path of [`${ACME}/tokens`, `${ACME}/users/ann/credentials`]) {
    expect((await call('GET', path)).body.items).toHaveLength(1);
    expect(await call('GET', path, undefined, before)).toMatchObject({ status: 200, body: { items: [] } });
  }
});
