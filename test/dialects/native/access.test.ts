import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INSTALLATION } from '../../../src/model/actor-id.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { rawRequest } from '../../support/requests.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { clientOf } from './client.ts';

let served: Served;
const tokens: Record<string, string> = {};

/** Tokens as an operator makes them, on a server that lets nobody in without one. */
beforeAll(async () => {
  const open = await givenServed();
  served = open;
  const operator = clientOf(open.url);
  for (const id of ['acme', 'other']) await operator('POST', '/v1/tenants', { id, name: id });
  const make = async (name: string, tenant: string, body: JsonObject) => {
    const made = await operator('POST', `/v1/tenants/${tenant}/tokens`, body);
    expect(made.status).toBe(201);
    tokens[name] = String(made.body.token);
  };
  await make('reader', 'acme', { scopes: ['read'] });
  await make('writer', 'acme', { scopes: ['read', 'write'] });
  await make('listener', 'acme', { scopes: ['events'] });
  await make('admin', 'acme', { scopes: ['admin'], label: 'for Ann' });
  await make('useless', 'acme', {});
  await make('brief', 'acme', { scopes: ['read'], expiresAt: '2026-01-01T00:01:00Z' });
  await make('root', INSTALLATION, { scopes: ['admin'] });
});
afterAll(() => served.stop());

const as = (name: string) => clientOf(served.url, tokens[name]);

describe('a bearer token', () => {
  test.each([
    ['reader', 'GET', '/v1/tenants/acme/users', 200],
    ['reader', 'POST', '/v1/tenants/acme/agents/x/setReady', 403],
    ['reader', 'POST', '/v1/tenants/acme/users', 403],
    ['reader', 'GET', '/v1/events', 403],
    ['reader', 'GET', '/v1/tenants/acme/tokens', 403],
    ['writer', 'POST', '/v1/tenants/acme/agents/x/setReady', 404],
    ['writer', 'POST', '/v1/tenants/acme/users', 403],
    ['listener', 'GET', '/v1/tenants/acme/users', 403],
    ['useless', 'GET', '/v1/tenants/acme/users', 403],
    ['admin', 'GET', '/v1/tenants/acme/tokens', 200],
    ['admin', 'POST', '/v1/tenants', 403],
    ['admin', 'POST', '/v1/clock/advance', 403],
    ['root', 'GET', '/v1/tenants/other/users', 200],
  ])('of a %s answers %s %s with %d', async (name, method, path, status) => {
    const bodies: Record<string, JsonObject> = {
      '/v1/tenants': { id: 'third', name: 'third' },
      '/v1/clock/advance': { ms: 1 },
    };
    const answer = await as(name)(method, path, method === 'GET' ? undefined : (bodies[path] ?? {}));
    expect(answer.status).toBe(status);
  });

  test('sees of other tenants exactly what it sees of tenants that do not exist', async () => {
    for (const path of [
      '',
      '/users',
      '/users/u',
      '/actors?kind=user',
      '/actors/user/u',
      '/actors/user/u/history',
      '/tokens',
    ]) {
      const foreign = await as('admin')('GET', `/v1/tenants/other${path}`);
      const missing = await as('admin')('GET', `/v1/tenants/nobody${path}`);
      expect(foreign.status).toBe(404);
      expect(JSON.stringify(foreign.body).replaceAll('other', 'nobody')).toBe(JSON.stringify(missing.body));
    }
    expect((await as('reader')('GET', '/v1/tenants')).body.items).toMatchObject([{ id: 'acme' }]);
  });

  test('of one tenant opens no other tenant of a telco, and makes nothing that would', async () => {
    const { world } = served;
    for (const tenant of ['acme', 'other']) {
      const to = { tenant, kind: 'tenant', id: tenant };
      await world.record(tenant, { to, event: { type: 'change', set: { telco: 'carrier' } } });
    }
    const eyes = { telco: 'carrier', permissions: ['API', 'Tenants View'] };
    const person = { firstName: 'A', lastName: 'B', roles: [] };
    for (const who of ['admin', 'root']) {
      const refused = await as(who)('POST', '/v1/tenants/acme/tokens', eyes);
      expect(refused).toMatchObject({ status: 400, body: { problems: [{ field: 'telco' }] } });
      const asUser = await as(who)('POST', '/v1/tenants/acme/users', { ...person, telco: 'carrier' });
      expect(asUser).toMatchObject({ status: 400, body: { problems: [{ field: 'telco' }] } });
    }
    await as('admin')('POST', '/v1/tenants/acme/users', { ...person, id: 'eve' });
    expect(await as('admin')('PATCH', '/v1/tenants/acme/users/eve', { telco: 'carrier' })).toMatchObject({
      status: 400,
    });
    expect(await as('admin')('PATCH', '/v1/tenants/acme/users/eve', { telco: null })).toMatchObject({ status: 200 });
    expect(await as('root')('POST', `/v1/tenants/${INSTALLATION}/tokens`, eyes)).toMatchObject({ status: 201 });
  });

  test.each([
    ['agentsMax', 99_999],
    ['elsewhere', null],
    ['telco', 'carrier'],
    ['aliases', [{ dialect: 'ccs', id: 'of another' }]],
  ])('of a tenant leaves its %s to the installation', async (name, value) => {
    const patch = { [name]: value, timezone: 'Europe/Paris' };
    const refused = await as('admin')('PATCH', '/v1/tenants/acme', patch);
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining(name) } });
    expect(await as('admin')('PATCH', '/v1/tenants/acme', { timezone: 'Europe/Paris' })).toMatchObject({ status: 200 });
    expect(await as('root')('PATCH', '/v1/tenants/acme', patch)).toMatchObject({ status: 200 });
  });

  test('is listed without its secret and its hash', async () => {
    const list = await as('admin')('GET', '/v1/tenants/acme/tokens');
    const text = JSON.stringify(list.body);
    expect(list.body.items).toContainEqual(expect.objectContaining({ label: 'for Ann', scopes: ['admin'] }));
    expect(text).not.toContain('sha256');
    expect(text).not.toContain(tokens.admin);
  });

  test('is refused the moment it is revoked', async () => {
    const made = await as('admin')('POST', '/v1/tenants/acme/tokens', { scopes: ['read'] });
    const call = clientOf(served.url, String(made.body.token));
    expect(await call('GET', '/v1/tenants/acme')).toMatchObject({ status: 200 });
    expect(await as('admin')('DELETE', `/v1/tenants/acme/tokens/${made.body.id}`)).toMatchObject({ status: 200 });
    expect(await call('GET', '/v1/tenants/acme')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  test('shows its secret once, also to a repeated request', async () => {
    const key = { 'idempotency-key': 'one-token' };
    const first = await as('admin')('POST', '/v1/tenants/acme/tokens', {}, key);
    const second = await as('admin')('POST', '/v1/tenants/acme/tokens', {}, key);
    expect(first.body.token).toMatch(/^ll_/);
    expect(second.body).toMatchObject({ id: first.body.id });
    expect(second.body).not.toHaveProperty('token');
  });

  test('ends when the domain clock says so', async () => {
    expect(await as('brief')('GET', '/v1/tenants/acme')).toMatchObject({ status: 200 });
    await served.world.advance(60_000);
    expect(await as('brief')('GET', '/v1/tenants/acme')).toMatchObject({ status: 401 });
  });

  test('that is wrong is refused also where none is needed', async () => {
    const wrong = await clientOf(served.url, 'll_wrong')('GET', '/v1/tenants');
    expect(wrong).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(wrong.headers.get('www-authenticate')).toContain('Bearer');
    expect(wrong.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('without a token', () => {
  test('this machine is let in, and nobody who only pretends to be', async () => {
    const host = new URL(served.url).host;
    const status = async (headers: Record<string, string>) =>
      (await rawRequest(served.url, '/v1/tenants', { headers: { host, ...headers } })).status;
    expect(await status({})).toBe(200);
    expect(await status({ origin: served.url })).toBe(200);
    expect(await status({ origin: 'https://evil.example' })).toBe(401);
    expect(await status({ host: 'rebound.example' })).toBe(401);
    expect(await status({ 'x-forwarded-for': '203.0.113.7' })).toBe(401);
  });

  // Who opens it is asked for a token (event-sockets.test.ts).
  const SOCKET = '/v1/events/ws';

  test('nobody is let in unless the server is told so, on any route', async () => {
    const closed = await givenServed({ openOnLoopback: false });
    try {
      const call = clientOf(closed.url);
      for (const [path, operations] of Object.entries(closed.native.openapi().paths as Record<string, JsonObject>)) {
        for (const method of Object.keys(operations)) {
          const answer = await call(
            method.toUpperCase(),
            path.replace(/\{\w+\}/g, 'x'),
            method === 'get' ? undefined : {},
          );
          expect([method, path, answer.status]).toEqual([method, path, path === SOCKET ? 426 : 401]);
        }
      }
    } finally {
      await closed.stop();
    }
  });
});
