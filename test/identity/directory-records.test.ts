/** Over the demo world, whose logins and tokens contracts/demo.md lists. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDemo } from '../../src/demo/load.ts';
import { demoWorld } from '../../src/demo/world.ts';
import { digestOf } from '../../src/model/digest.ts';
import { givenWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await givenWorld();
  await loadDemo(world.runtime, world.hasher);
});
afterAll(() => world.close());

const passwords = demoWorld.flatMap(({ tenant, passwords: list }) => list.map((one) => ({ tenant, ...one })));
const tokens = demoWorld.flatMap(({ tenant, tokens: list }) => list.map((one) => ({ tenant, ...one })));

describe('in the demo', () => {
  test.each(passwords)(
    '$name signs in to $dialect as $user of $tenant, by his password only',
    async ({ tenant, user, dialect, name, password }) => {
      const tried = { dialect, name, password, address: '192.0.2.1' };
      expect(await world.identity.byPassword(tried)).toMatchObject({ ok: true, principal: { tenant, user } });
      expect(await world.identity.byPassword({ ...tried, password: `${password}x` })).toMatchObject({ ok: false });
      if (password !== '')
        expect(await world.identity.byPassword({ ...tried, password: '' })).toMatchObject({ ok: false });
    },
  );

  test.each(tokens)('$token belongs to $tenant and permits what is listed', ({ tenant, token, permissions }) => {
    const signIn = world.identity.byToken(token);
    if (!signIn.ok) throw new Error('the token is refused');
    expect(signIn.principal.tenant).toBe(tenant);
    expect(world.identity.permissionsOf(signIn.principal)).toEqual(new Set(permissions));
  });
});

describe('a role', () => {
  test('permits what it lists, of the tenant before the installation', async () => {
    const create = (tenant: string, kind: string, id: string, attributes: object) =>
      world.record(tenant, { to: { tenant, kind, id }, event: { type: 'create', attributes: { ...attributes } } });
    await create('installation', 'role', 'shared', { name: 'shared', permissions: ['A'] });
    await create('installation', 'role', 'own', { name: 'own', permissions: ['B'] });
    await create('genesys', 'role', 'own', { name: 'own', permissions: ['C'] });
    await create('genesys', 'user', 'bo', {
      firstName: 'B',
      lastName: 'O',
      roles: [],
      permissionRoles: ['shared', 'own', 'none'],
    });
    const principal = world.identity.ofUser('genesys', 'bo');
    if (principal === undefined) throw new Error('the user is unknown');
    expect(world.identity.permissionsOf(principal)).toEqual(new Set(['A', 'C']));
  });
});

describe('a tenant that is not enabled', () => {
  const enable = (enabled: boolean) =>
    world.record('genesys', {
      to: { tenant: 'genesys', kind: 'tenant', id: 'genesys' },
      event: { type: 'change', set: { enabled } },
    });

  test('lets nobody of its own in, by whatever he is known, until it is again', async () => {
    const secret = 'of genesys';
    const attributes = { sha256: digestOf(secret), scopes: ['read'] };
    const to = { tenant: 'genesys', kind: 'token', id: 'own' };
    await world.record('genesys', { to, event: { type: 'create', attributes } });
    const [id = ''] = passwords.filter(({ tenant }) => tenant === 'genesys').map(({ user }) => user);
    const lets = async () => [
      (await world.identity.byPassword({ dialect: 'gws', name: 'ksippo', password: '', address: '192.0.2.1' })).ok,
      world.identity.byToken(secret).ok,
      world.identity.ofUser('genesys', id) !== undefined,
      world.identity.byToken('demo-telco').ok,
    ];
    expect(await lets()).toEqual([true, true, true, true]);
    await enable(false);
    expect(await lets()).toEqual([false, false, false, true]);
    await enable(true);
    expect(await lets()).toEqual([true, true, true, true]);
  });
});
