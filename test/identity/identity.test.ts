import { describe, expect, test } from 'vitest';
import type { StoredToken } from '../../src/identity/records.ts';
import { type Desk, givenDesk } from '../support/identities.ts';

const ANN = { tenant: 'acme', user: 'ann' };
const HERE = '192.0.2.1';

async function givenAnn(desk: Desk, password = 'pw', more: { allowEmpty?: boolean; hash?: string } = {}) {
  desk.users.set('acme/ann', { enabled: true, roles: ['agent'], permissionRoles: [] });
  const hash = await desk.hasher.hash(password);
  desk.credentials.set('gws:ann', { ...ANN, version: 1, hash, allowEmpty: false, ...more });
}

const tryOf = (desk: Desk, password: string, name = 'ann', address = HERE) =>
  desk.identity.byPassword({ dialect: 'gws', name, password, address });

describe('signing in with a password', () => {
  test('gives the principal of the user with the roles he has now', async () => {
    const desk = givenDesk();
    await givenAnn(desk);
    expect(await tryOf(desk, 'pw')).toMatchObject({
      ok: true,
      principal: { by: 'user:ann', ...ANN, roles: ['agent'] },
    });
    desk.users.set('acme/ann', { enabled: true, roles: ['admin'], permissionRoles: [] });
    expect(await tryOf(desk, 'pw')).toMatchObject({ principal: { roles: ['admin'] } });
  });

  test('is checked once, and again only after the credential changed', async () => {
    const desk = givenDesk();
    await givenAnn(desk);
    await tryOf(desk, 'pw');
    await tryOf(desk, 'pw');
    expect(desk.checks()).toBe(1);

    desk.credentials.set('gws:ann', { ...ANN, version: 2, hash: await desk.hasher.hash('new'), allowEmpty: false });
    expect(await tryOf(desk, 'pw')).toEqual({ ok: false, refusal: 'badCredentials' });
    expect(await tryOf(desk, 'new')).toMatchObject({ ok: true });
    expect(desk.checks()).toBe(3);
  });

  test('many times at once is one try, and closes nothing', async () => {
    const desk = givenDesk({ perName: 3, perAddress: 5, perRepeat: 7, windowS: 900 });
    await givenAnn(desk);
    const all = await Promise.all(Array.from({ length: 20 }, () => tryOf(desk, 'pw')));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(desk.checks()).toBe(1);
  });

  test('gives the tenants of a telco to people of the installation only', async () => {
    const desk = givenDesk();
    await givenAnn(desk);
    desk.users.set('acme/ann', { enabled: true, roles: [], permissionRoles: [], telco: 'carrier' });
    desk.users.set('installation/ann', { enabled: true, roles: [], permissionRoles: [], telco: 'carrier' });
    expect(desk.identity.ofUser('acme', 'ann')).not.toHaveProperty('telco');
    expect(desk.identity.ofUser('installation', 'ann')).toMatchObject({ telco: 'carrier' });
  });

  test('of one dialect opens no other', async () => {
    const desk = givenDesk();
    await givenAnn(desk);
    const other = { dialect: 'xuc', name: 'ann', password: 'pw', address: HERE };
    expect(await desk.identity.byPassword(other)).toMatchObject({ ok: false });
  });

  test('a disabled or removed user is refused at once, however often he was let in', async () => {
    const desk = givenDesk();
    await givenAnn(desk);
    await tryOf(desk, 'pw');
    desk.users.set('acme/ann', { enabled: false, roles: [], permissionRoles: [] });
    expect(await tryOf(desk, 'pw')).toEqual({ ok: false, refusal: 'badCredentials' });
    desk.credentials.delete('gws:ann');
    expect(await tryOf(desk, 'pw')).toEqual({ ok: false, refusal: 'badCredentials' });
  });

  test('an unknown name costs a check like a known one', async () => {
    const desk = givenDesk();
    expect(await tryOf(desk, 'pw', 'nobody')).toEqual({ ok: false, refusal: 'badCredentials' });
    expect(desk.checks()).toBe(1);
  });
});

describe('the empty password', () => {
  test('opens nothing by default, not even a hash that was made of it', async () => {
    const desk = givenDesk();
    await givenAnn(desk, '');
    expect(await tryOf(desk, '')).toEqual({ ok: false, refusal: 'badCredentials' });
  });

  test('opens a credential that is marked so, which then opens to nothing else', async () => {
    const desk = givenDesk();
    desk.users.set('acme/ann', { enabled: true, roles: [], permissionRoles: [] });
    desk.credentials.set('gws:ann', { ...ANN, version: 1, allowEmpty: true });
    expect(await tryOf(desk, '')).toMatchObject({ ok: true });
    expect(await tryOf(desk, 'x')).toMatchObject({ ok: false });
  });
});

describe('guessing', () => {
  const limits = { perName: 3, perAddress: 5, perRepeat: 7, windowS: 900 };

  test('a name is closed after so many wrong guesses, also guessed in parallel from everywhere', async () => {
    const desk = givenDesk(limits);
    await givenAnn(desk);
    const guesses = Array.from({ length: 20 }, (_, n) => tryOf(desk, `guess ${n}`, 'ann', `192.0.2.${n}`));
    const refusals = (await Promise.all(guesses)).map((guess) => (guess.ok ? 'in' : guess.refusal));
    expect(refusals.filter((refusal) => refusal === 'tooManyTries')).toHaveLength(17);
    expect(desk.checks()).toBe(3);
    expect(await tryOf(desk, 'pw', 'ann', '192.0.2.99')).toMatchObject({
      refusal: 'tooManyTries',
      retryMs: expect.any(Number),
    });
  });

  test('an address is closed after so many wrong guesses at any names', async () => {
    const desk = givenDesk(limits);
    for (let n = 0; n < 5; n++) await tryOf(desk, 'guess', `name ${n}`);
    expect(await tryOf(desk, 'guess', 'name 6')).toMatchObject({ refusal: 'tooManyTries' });
    expect(await tryOf(desk, 'guess', 'name 6', '192.0.2.2')).toMatchObject({ refusal: 'badCredentials' });
  });

  test('one program with an old password closes neither its name nor its address', async () => {
    const desk = givenDesk(limits);
    await givenAnn(desk);
    for (const name of ['ann', 'nobody']) {
      const told = [];
      for (let n = 0; n < 50; n++) told.push(await tryOf(desk, 'old', name));
      expect(told.filter((one) => !one.ok && one.refusal === 'badCredentials')).toHaveLength(1 + limits.perRepeat);
      expect(told.at(-1)).toMatchObject({ refusal: 'tooManyTries' });
    }
    expect(desk.checks()).toBe(2);
    expect(await tryOf(desk, 'pw')).toMatchObject({ ok: true });
  });

  test('an old password that is right again is let in', async () => {
    const desk = givenDesk(limits);
    await givenAnn(desk);
    expect(await tryOf(desk, 'old')).toMatchObject({ refusal: 'badCredentials' });
    desk.credentials.set('gws:ann', { ...ANN, version: 2, hash: await desk.hasher.hash('old'), allowEmpty: false });
    expect(await tryOf(desk, 'old')).toMatchObject({ ok: true });
  });

  test('a name that somebody gets is checked again', async () => {
    const desk = givenDesk(limits);
    expect(await tryOf(desk, 'pw')).toMatchObject({ refusal: 'badCredentials' });
    await givenAnn(desk);
    expect(await tryOf(desk, 'pw')).toMatchObject({ ok: true });
  });

  test('guesses at one name cost its address nothing once it is closed', async () => {
    const desk = givenDesk(limits);
    await givenAnn(desk);
    for (let n = 0; n < 50; n++) await tryOf(desk, `guess ${n}`, 'robot');
    expect(await tryOf(desk, 'guess', 'robot')).toMatchObject({ refusal: 'tooManyTries' });
    expect(await tryOf(desk, 'pw')).toMatchObject({ ok: true });
  });

  test('a right password forgives the wrong ones before it', async () => {
    const desk = givenDesk(limits);
    await givenAnn(desk);
    for (let version = 1; version <= 4; version++) {
      desk.credentials.set('gws:ann', { ...ANN, version, hash: await desk.hasher.hash('pw'), allowEmpty: false });
      expect(await tryOf(desk, 'guess')).toMatchObject({ refusal: 'badCredentials' });
      expect(await tryOf(desk, 'pw')).toMatchObject({ ok: true });
    }
  });

  test('who is already known stays in while others guess at his name', async () => {
    const desk = givenDesk(limits);
    await givenAnn(desk);
    await tryOf(desk, 'pw');
    for (let n = 0; n < 9; n++) await tryOf(desk, `guess ${n}`);
    expect(await tryOf(desk, 'guess')).toMatchObject({ refusal: 'tooManyTries' });
    expect(await tryOf(desk, 'pw')).toMatchObject({ ok: true });
  });
});

describe('bearer tokens', () => {
  const token = (more: Partial<StoredToken>): StoredToken => {
    return { tenant: 'acme', id: 't1', permissions: [], scopes: ['read'], ...more };
  };

  test('give what they were made for, and nothing when nobody made them', () => {
    const desk = givenDesk();
    desk.tokens.set('secret', token({ extension: 'x1' }));
    expect(desk.identity.byToken('secret')).toMatchObject({
      ok: true,
      principal: { by: 'token:t1', tenant: 'acme', scopes: new Set(['read']), extension: 'x1' },
    });
    expect(desk.identity.byToken('other')).toEqual({ ok: false, refusal: 'badCredentials' });
  });

  test('end at their time by the domain clock, and at once when revoked', () => {
    const desk = givenDesk();
    desk.tokens.set('secret', token({ expiresAt: 1000 }));
    desk.now = 999;
    expect(desk.identity.byToken('secret')).toMatchObject({ ok: true });
    desk.now = 1000;
    expect(desk.identity.byToken('secret')).toMatchObject({ ok: false });
    desk.now = 0;
    desk.tokens.delete('secret');
    expect(desk.identity.byToken('secret')).toMatchObject({ ok: false });
  });

  test('of a user act as the user, as long as he is enabled', () => {
    const desk = givenDesk();
    desk.tokens.set('secret', token({ user: 'ann' }));
    expect(desk.identity.byToken('secret')).toMatchObject({ ok: false });
    desk.users.set('acme/ann', { enabled: true, roles: ['agent'], permissionRoles: [] });
    expect(desk.identity.byToken('secret')).toMatchObject({ principal: { by: 'user:ann', roles: ['agent'] } });
  });

  test('see the tenants of a telco when they are the installation’s, and no others do', () => {
    const desk = givenDesk();
    desk.tokens.set('own', token({ tenant: 'installation', telco: 'carrier' }));
    desk.tokens.set('foreign', token({ telco: 'carrier' }));
    expect(desk.identity.byToken('own')).toMatchObject({ principal: { telco: 'carrier' } });
    expect(desk.identity.byToken('foreign')).not.toHaveProperty('principal.telco');
  });

  test('permit what they list and what the roles of their user permit now', () => {
    const desk = givenDesk();
    desk.users.set('acme/ann', { enabled: true, roles: [], permissionRoles: ['calls'] });
    desk.permissions.set('acme/calls', ['Calls View']);
    desk.tokens.set('secret', token({ user: 'ann', permissions: ['API'] }));
    const signIn = desk.identity.byToken('secret');
    if (!signIn.ok) throw new Error('the token is refused');
    expect(desk.identity.permissionsOf(signIn.principal)).toEqual(new Set(['API', 'Calls View']));
    desk.permissions.delete('acme/calls');
    expect(desk.identity.permissionsOf(signIn.principal)).toEqual(new Set(['API']));
  });
});
