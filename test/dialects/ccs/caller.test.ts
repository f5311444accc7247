import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GivenCcs, givenCcs } from './given.ts';

let ccs: GivenCcs;
beforeEach(async () => {
  ccs = await givenCcs();
  const { hasher, record } = ccs.world;
  const of = (kind: string, id: string) => ({ tenant: 'ccslab15', kind, id });
  const login = { dialect: 'ccs', name: '114@ccslab15' };
  const credential = { user: 'rnath', ...login, hash: await hasher.hash('secret') };
  await record(
    'ccslab15',
    {
      to: of('role', 'viewer'),
      event: { type: 'create', attributes: { name: 'Viewer', permissions: ['API', 'Tenants View'] } },
    },
    { to: of('user', 'rnath'), event: { type: 'change', set: { permissionRoles: ['viewer'], logins: [login] } } },
    { to: of('credential', 'ccs.114'), event: { type: 'create', attributes: credential } },
  );
});
afterEach(() => ccs.stop());

const as = (name: string, password: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` },
});

describe('extension, tenant and password', () => {
  test('sign a tenant-level user in, with the permissions of his roles', async () => {
    expect((await ccs.ask('GET /extensions', as('114@ccslab15', 'secret'))).status).toBe(200);
    expect((await ccs.ask('GET /acds', as('114@ccslab15', 'secret'))).status).toBe(401);
  });

  test('are refused when they are wrong, and after too many tries for a while', async () => {
    for (let tries = 0; tries < 10; tries++) {
      const { status, body } = await ccs.ask('GET /extensions', as('114@ccslab15', `wrong ${tries}`));
      expect([status, body]).toEqual([401, { status: 401, reason: 'Unauthorized' }]);
    }
    const { status, headers, body } = await ccs.ask('GET /extensions', as('114@ccslab15', 'secret'));
    expect([status, body]).toEqual([401, { status: 401, reason: 'Unauthorized' }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

test('a role that another dialect made is not listed here', async () => {
  const { body } = await ccs.get('/tenants/327241fd-1234-46fe-9276-cc65dac6feae/roles', 'demo-telco');
  expect(body.total).toBe('2');
});
