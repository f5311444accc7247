/**
 * A moment of the past, asked of every route of every dialect that is no GET: the sender means the past, and must not find
 * that he changed the present. What they answer to a GET is in each dialect's own tests.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/model/digest.ts';
import { CCS, GMS, GWS, givenAllDialects, type KnownRoute, nativeRoutes, XUC } from '../support/all-dialects.ts';
import type { Served } from '../support/served.ts';

const OPERATOR = 'll_operator-of-all-of-it';
const READ_ONLY = 'is taken by GET alone: a moment of the past can be read, not changed.';

type Headers = Record<string, string>;

let served: Served;
let then: string;

beforeAll(async () => {
  served = await givenAllDialects();
  const attributes = { sha256: digestOf(OPERATOR), scopes: ['admin'] };
  const to = { tenant: 'installation', kind: 'token', id: 'operator' };
  await served.world.record('installation', { to, event: { type: 'create', attributes } });
  then = String(served.world.runtime.live.position - 1);
});
afterAll(() => served.stop());

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const basic = (pair: string): Headers => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

async function ask({ method, path, body }: KnownRoute, headers: Headers) {
  const answer = await fetch(served.url + path.replace(':tenant', 'genesys').replace(/:\w+/g, 'x'), {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, told: text.startsWith('{') ? JSON.parse(text) : text };
}

async function xucToken(): Promise<Headers> {
  const body = { login: 'alicej', password: 'pw' };
  const { told } = await ask({ method: 'POST', path: '/xuc/api/2.0/auth/login', body }, {});
  return { 'x-auth-token': told.token };
}

const commandsOf = (routes: readonly KnownRoute[]) => routes.filter(({ method }) => method !== 'GET');

/** The document gives each operation to the one or to the other. */
const isOfTelco = ({ path, body }: KnownRoute) => path.includes('/tenants/') && body?.request !== 'dial';

interface Face {
  readonly routes: () => readonly KnownRoute[];
  readonly as: () => Headers | Promise<Headers>;
  /** What a refusal looks like that says this. */
  readonly refusal: (name: string) => unknown;
}

const FACES: Readonly<Record<string, Face>> = {
  'the native API': {
    routes: () => nativeRoutes(served),
    as: () => bearer(OPERATOR),
    refusal: (name) => ({ code: 'badParameter', detail: `${name} ${READ_ONLY}` }),
  },
  GWS: {
    routes: () => GWS,
    as: () => basic('admin:admin1'),
    refusal: (name) => ({ statusCode: 2, statusMessage: `${name} ${READ_ONLY}` }),
  },
  GMS: {
    routes: () => GMS,
    as: () => bearer(OPERATOR),
    refusal: (name) => ({ message: `${name} ${READ_ONLY}` }),
  },
  'CCS for a tenant': {
    routes: () => CCS.filter((route) => !isOfTelco(route)),
    as: () => bearer('demo-tenant'),
    refusal: () => ({ success: expect.any(Boolean), reason: 'A moment of the past can be read, not changed' }),
  },
  'CCS for a telco': {
    routes: () => CCS.filter(isOfTelco),
    as: () => bearer('demo-telco'),
    refusal: () => ({ success: false, reason: 'A moment of the past can be read, not changed' }),
  },
  XUC: {
    routes: () => [
      ...XUC.filter(({ path }) => !path.startsWith('/xuc/api/1.0/')),
      { method: 'POST', path: '/xuc/api/2.0/auth/login', body: { login: 'alicej', password: 'pw' } },
    ],
    as: xucToken,
    refusal: (name) => ({ error: expect.any(String), message: `${name} ${READ_ONLY}` }),
  },
};

describe.each(Object.entries(FACES))('a command of %s', (_, { routes, as, refusal }) => {
  test('is refused with As-Of and with as_of, and nothing is recorded', async () => {
    const headers = await as();
    const { position } = served.world.runtime.live;
    const commands = commandsOf(routes());
    expect(commands.length).toBeGreaterThan(3);
    for (const route of commands) {
      const line = `${route.method} ${route.path}`;
      const byHeader = await ask(route, { ...headers, 'as-of': then });
      expect([line, byHeader]).toEqual([line, { status: 400, told: expect.objectContaining(refusal('As-Of')) }]);
      const byQuery = await ask({ ...route, path: `${route.path}?as_of=${then}` }, headers);
      expect([line, byQuery]).toEqual([line, { status: 400, told: expect.objectContaining(refusal('as_of')) }]);
    }
    expect(served.world.runtime.live.position).toBe(position);
  });
});
