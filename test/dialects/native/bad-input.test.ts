/** Issue 2, "Bad input": a clear error in this dialect's form, nothing recorded. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rawRequest } from '../../support/requests.ts';
import { givenServed, type Served } from '../../support/served.ts';
import { type Call, clientOf } from './client.ts';

let served: Served;
let call: Call;
let position = 0;
const SKILLS = '/v1/tenants/acme/skills';

beforeAll(async () => {
  served = await givenServed();
  call = clientOf(served.url);
  await call('POST', '/v1/tenants', { id: 'acme', name: 'Acme' });
});
afterAll(() => served.stop());
beforeEach(() => {
  position = served.world.log.records.length;
});
afterEach(() => {
  expect(served.world.log.records.length).toBe(position);
});

const PROBLEM = {
  type: expect.stringMatching(/^urn:ledgerline:problem:/),
  title: expect.any(String),
  detail: expect.any(String),
};

test('every field that cannot be used is named, with what it should be', async () => {
  const user = { firstName: 1, roles: ['boss'], enabled: 'yes', nonsense: 1 };
  expect((await call('POST', '/v1/tenants/acme/users', user)).body.detail).toBe(
    'firstName: must be a string; lastName: is missing; enabled: must be a boolean; ' +
      'roles.0: must be one of agent, supervisor, admin, apiuser; there is no nonsense here',
  );
  const token = { scopes: ['read'], expiresAt: 'tomorrow' };
  expect((await call('POST', '/v1/tenants/acme/tokens', token)).body.detail).toBe(
    'expiresAt: must be a time such as 2026-11-21T10:15:00Z',
  );
  expect(
    (await call('POST', '/v1/tenants/acme/tokens', { ...token, expiresAt: '2020-01-01T00:00:00Z' })).body.detail,
  ).toBe('expiresAt is past already.');
});

test('what a record cannot be without is not taken away', async () => {
  expect(await call('PATCH', '/v1/tenants/acme/skills/x', { name: null })).toMatchObject({
    status: 400,
    body: { problems: [{ field: 'name', message: 'must be a string' }] },
  });
});

test.each(['é'.repeat(128), 'a\u0000b'])('a unique name that cannot be kept is named: %j', async (name) => {
  expect(await call('POST', '/v1/tenants/acme/presence-options', { name, kind: 'away' })).toMatchObject({
    status: 400,
    body: {
      code: 'badEvent',
      detail: `The presence option ${name} is not usable: what is unique has at most 256 bytes, and no control characters.`,
    },
  });
});

test('a name that people read is not empty, when it is given or changed', async () => {
  const nobody = { firstName: '', lastName: '', roles: [] };
  expect(await call('POST', '/v1/tenants/acme/users', nobody)).toMatchObject({
    status: 400,
    body: { problems: [{ field: 'firstName', message: 'must not be empty' }] },
  });
  for (const path of ['users/x', 'skills/x', 'queues/x']) {
    const field = path === 'users/x' ? 'firstName' : 'name';
    expect(await call('PATCH', `/v1/tenants/acme/${path}`, { [field]: '' })).toMatchObject({
      status: 400,
      body: { problems: [{ field, message: 'must not be empty' }] },
    });
  }
});

describe('a body', () => {
  const deep = `${'{"a":'.repeat(64)}1${'}'.repeat(64)}`;
  test.each([
    ['that is not JSON', '{"name":', 400, 'bodyNotJson'],
    ['that is empty', '', 400, 'badFields'],
    ['that is a list', '[]', 400, 'badFields'],
    ['64 levels deep', deep, 400, 'bodyTooComplex'],
    ['of 10 MB', `{"name":"${'x'.repeat(10_000_000)}"}`, 413, 'bodyTooLarge'],
    ['that names __proto__', '{"name":"x","__proto__":{"a":1}}', 400, 'bodyNotJson'],
    ['with a field nobody knows', '{"name":"x","admin":true}', 400, 'badFields'],
  ])('%s is refused', async (_, body, status, code) => {
    const answer = await call('POST', SKILLS, body);
    expect(answer).toMatchObject({ status, body: { ...PROBLEM, status, code } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('of another type is refused, so that no form of a foreign page can send it', async () => {
    const answer = await call('POST', SKILLS, '{"name":"x"}', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'mediaType' } });
  });
});

describe('a path', () => {
  test.each(['%00', '%E0%A4%A', '%0d%0a', '%ff', 'x'.repeat(257)])(
    'with the segment %j is refused',
    async (segment) => {
      const answer = await rawRequest(served.url, `${SKILLS}/${segment}`);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({ ...PROBLEM, code: 'badPath' });
    },
  );

  test.each(['a.b', '*', '%3E', 'a%20b', '..', '%2e%2e%2fusers'])(
    'may name the record %s, which is unknown',
    async (segment) => {
      const answer = await rawRequest(served.url, `${SKILLS}/${segment}`);
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.text)).toMatchObject({ ...PROBLEM, code: 'unknown' });
    },
  );

  test.each(['nobody', 'a.b', '*', '%3E', 'acme%20', 'ACME'])(
    'of the unknown tenant %s is not there',
    async (tenant) => {
      const answer = await rawRequest(served.url, `/v1/tenants/${tenant}/users`);
      expect(answer.status).toBe(404);
    },
  );

  test('that exists for another method says which', async () => {
    const answer = await call('PUT', SKILLS, {});
    expect(answer).toMatchObject({ status: 405, body: { code: 'noMethod' } });
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });

  test('nobody serves is a problem document too', async () => {
    for (const path of ['/v1/nonsense', '/v1', '/nonsense', '/']) {
      expect(await call('GET', path)).toMatchObject({ status: 404, body: { code: 'noRoute' } });
    }
  });
});

test('a command id that is none is refused', async () => {
  const answer = await call('POST', SKILLS, { name: 'x' }, { 'idempotency-key': 'a b' });
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'badParameter', detail: expect.stringContaining('Idempotency-Key') },
  });
});

test('Object.prototype is what it was', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
});
